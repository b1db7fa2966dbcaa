"""Values of query parameters, read so that what cannot be understood is refused in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Any, Final, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from app.server.answers import Faulty, fault
from app.words import LONGEST_LINE

E = TypeVar("E", bound=Enum)

_TIME: Final[TypeAdapter[Any]] = TypeAdapter(AwareDatetime)


def refused(name: str, message: str, given: object) -> Faulty:
    """What is answered where a parameter does not fit."""
    return Faulty([fault("value_error", message, given, (name,))], ("query",))


def read_value(
    found: dict[str, Any],
    name: str,
    text: str,
    readers: Mapping[str, Callable[[str], Any]],
    known: Sequence[str],
) -> None:
    """Read one parameter; nothing is passed over, so that nobody takes a list for a filtered one.

    Args:
        found: What was read so far; the value comes in under its name.
        name: Of the parameter.
        text: As it was given.
        readers: By name; they raise ValueError with a sentence.
        known: What is said to be known, where this is not.

    Raises:
        Faulty: It is not known, is given twice, or has a value that it cannot have.
    """
    if name not in readers:
        raise refused(name, f"Not known; there is {', '.join(known)}", text)
    if name in found:
        raise refused(name, "Input should be given once", text)
    try:
        found[name] = readers[name](text)
    except ValueError as error:
        raise refused(name, str(error), text) from None


def words(text: str) -> str:
    """Text of a bounded length.

    Raises:
        ValueError: It is too long.
    """
    if len(text) > LONGEST_LINE:
        raise ValueError(f"Input should have at most {LONGEST_LINE} characters")
    return text


def one_of(kind: type[E]) -> Callable[[str], E]:
    """Reads a member of an enum by its value.

    Args:
        kind: The enum.
    """

    def read(text: str) -> E:
        try:
            return kind(text)
        except ValueError:
            known = ", ".join(str(each.value) for each in kind)
            raise ValueError(f"Input should be one of {known}") from None

    return read


def moment(text: str) -> Any:
    """A time with its zone.

    Raises:
        ValueError: It is none.
    """
    try:
        return _TIME.validate_python(text)
    except ValidationError:
        raise ValueError("Input should be a time with its zone, as 2026-03-01T18:00:00Z") from None


def id_of(text: str) -> UUID:
    """A UUID.

    Raises:
        ValueError: It is none.
    """
    try:
        return UUID(text)
    except ValueError:
        raise ValueError("Input should be a valid UUID") from None


def yes_or_no(text: str) -> bool:
    """'true' or 'false'.

    Raises:
        ValueError: It is neither.
    """
    if text not in ("true", "false"):
        raise ValueError("Input should be true or false")
    return text == "true"


def whole_number(smallest: int, largest: int) -> Callable[[str], int]:
    """Reads a whole number within bounds.

    Args:
        smallest: The least it may be, not below 0.
        largest: The most.
    """

    def read(text: str) -> int:
        digits = text.isascii() and text.isdigit() and len(text) <= len(str(largest))
        if not digits or not smallest <= int(text) <= largest:
            raise ValueError(f"Input should be a whole number from {smallest} to {largest}")
        return int(text)

    return read
