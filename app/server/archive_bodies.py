"""What is sent to the archive as JSON: objects whose fields are known, of known types."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, Final
from uuid import UUID

from starlette.requests import Request

from app.run_facts import Stamp
from app.server.answers import Faulty, fault
from app.server.bodies import NOTHING, json_body

MOST_IDS: Final = 10_000

Check = Callable[[Any], Any]


async def fields_of(request: Request, limit_bytes: int, known: Mapping[str, Check]) -> Any:
    """The fields of a body; none where there is no body.

    Args:
        request: The request.
        limit_bytes: The longest body that is read.
        known: Reads the value of each field that there may be; raises ValueError.

    Raises:
        Faulty: It is no object, has a field that is not known, or a value of another type.
    """
    given = await json_body(request.scope, request.receive, limit_bytes)
    if given is NOTHING:
        return {}
    if not isinstance(given, dict):
        raise Faulty([fault("model_attributes_type", "Input should be a valid object", None)])
    found: dict[str, Any] = {}
    faults: list[dict[str, Any]] = []
    for name, value in given.items():
        if name not in known:
            message = f"Not known; there is {', '.join(known)}"
            faults.append(fault("extra_forbidden", message, value, (name,)))
            continue
        try:
            found[name] = known[name](value)
        except ValueError as error:
            faults.append(fault("value_error", str(error), value, (name,)))
    if faults:
        raise Faulty(faults)
    return found


def text(value: Any) -> str:
    """A text.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(value, str):
        raise ValueError("Input should be a valid string")
    return value


def texts(value: Any) -> list[str]:
    """A list of texts.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise ValueError("Input should be a list of strings")
    return value


def an_object(value: Any) -> dict[str, Any]:
    """An object.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(value, dict):
        raise ValueError("Input should be a valid object")
    return value


def a_stamp(value: Any) -> Stamp:
    """Operator, sample and session; what is not named is empty.

    Raises:
        ValueError: It is something else.
    """
    known = [field.name for field in fields(Stamp)]
    fits = isinstance(value, dict) and all(
        name in known and isinstance(said, str) for name, said in value.items()
    )
    if not fits:
        raise ValueError(f"Input should be an object of strings: {', '.join(known)}")
    return Stamp(**value)


def an_id(value: Any) -> UUID:
    """A UUID.

    Raises:
        ValueError: It is none.
    """
    try:
        return UUID(text(value))
    except ValueError:
        raise ValueError("Input should be a valid UUID") from None


def ids(value: Any) -> list[UUID]:
    """A list of UUIDs, at least one.

    Raises:
        ValueError: It is none, or too long.
    """
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_IDS:
        raise ValueError(f"Input should be a list of 1 to {MOST_IDS} ids")
    return [an_id(each) for each in value]


def a_path(value: Any) -> tuple[str | int, ...]:
    """Where a blob stands in an output: names and numbers.

    Raises:
        ValueError: It is something else.
    """
    fits = isinstance(value, list) and all(
        isinstance(part, (str, int)) and not isinstance(part, bool) for part in value
    )
    if not fits:
        raise ValueError("Input should be a list of names and numbers")
    return tuple(value)


def settings(value: Any) -> list[tuple[str, str]] | None:
    """Settings by Thing and name, or null for all.

    Raises:
        ValueError: It is something else.
    """
    if value is None:
        return None
    fits = isinstance(value, list) and all(
        isinstance(each, list) and len(each) == 2 and all(isinstance(part, str) for part in each)
        for each in value
    )
    if not fits:
        raise ValueError('Input should be a list such as [["camera", "exposure"]]')
    return [(each[0], each[1]) for each in value]
