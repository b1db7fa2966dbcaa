"""The query parameters of `GET /invocations`, read by their names.

Unlike in the older lists nothing is passed over: a parameter that is not known, that is given
twice, or that cannot be understood is refused, so that nobody takes a list for a filtered one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, TypeAdapter, ValidationError
from starlette.datastructures import QueryParams

from app.run_facts import OriginKind
from app.run_records import LARGEST_PAGE, RunQuery, RunState
from app.server.answers import Faulty, fault
from app.words import LONGEST_LINE

E = TypeVar("E", bound=Enum)

_TIME: Final[TypeAdapter[Any]] = TypeAdapter(AwareDatetime)


def run_query(given: QueryParams) -> RunQuery:
    """Read the query parameters.

    Raises:
        Faulty: One is not known, is given twice, or has a value that it cannot have.
    """
    found: dict[str, Any] = {}
    for name, text in given.multi_items():
        if name not in _READ:
            raise refused(name, f"Not known; there is {', '.join(sorted(_READ))}", text)
        if name in found:
            raise refused(name, "Input should be given once", text)
        try:
            found[name] = _READ[name](text)
        except ValueError as error:
            raise refused(name, str(error), text) from None
    return RunQuery(**found)


def refused(name: str, message: str, given: object) -> Faulty:
    """What is answered where a parameter does not fit."""
    return Faulty([fault("value_error", message, given, (name,))], ("query",))


def _words(text: str) -> str:
    if len(text) > LONGEST_LINE:
        raise ValueError(f"Input should have at most {LONGEST_LINE} characters")
    return text


def _one_of(kind: type[E]) -> Callable[[str], E]:
    def read(text: str) -> E:
        try:
            return kind(text)
        except ValueError:
            known = ", ".join(str(each.value) for each in kind)
            raise ValueError(f"Input should be one of {known}") from None

    return read


def _time(text: str) -> Any:
    try:
        return _TIME.validate_python(text)
    except ValidationError:
        raise ValueError("Input should be a time with its zone, as 2026-03-01T18:00:00Z") from None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise ValueError("Input should be a valid UUID") from None


def _yes_or_no(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("Input should be true or false")
    return text == "true"


def _limit(text: str) -> int:
    digits = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST_PAGE))
    if not digits or not 1 <= int(text) <= LARGEST_PAGE:
        raise ValueError(f"Input should be a whole number from 1 to {LARGEST_PAGE}")
    return int(text)


_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "thing": _words,
    "action": _words,
    "state": _one_of(RunState),
    "origin": _one_of(OriginKind),
    "who": _words,
    "since": _time,
    "until": _time,
    "text": _words,
    "parent": _id,
    "roots": _yes_or_no,
    "limit": _limit,
    "after": _words,
    "total": _yes_or_no,
}
