"""Names, tags, notes and metadata as they go into the catalogue, and what is refused of them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from things.errors import ValueRefusedError

LONGEST_NAME = 1_000
LONGEST_EXTENSION = 20
LONGEST_TAG = 100
MOST_TAGS = 100
LONGEST_NOTES = 100_000
LONGEST_META = 256 * 1024
DEEPEST_META = 32

LONGEST_TYPE = 200
UNKNOWN_TYPE = "application/octet-stream"

_EXTENSION = re.compile(r"[A-Za-z0-9_+-]+(\.[A-Za-z0-9_+-]+)*")
# RFC 9110 section 8.3.1; a driver may say of a blob that it is of any kind, by '*'.
_MEDIA_TYPE = re.compile(r"[!#$&^_.+*\w-]{1,64}/[!#$&^_.+*\w-]{1,64}[ \t]*(;[ -~]*)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})


def shown_name(name: str) -> str:
    """A name as the catalogue keeps it: any text of one line. It is never made a path.

    Control characters, ends of lines and halves of characters become U+FFFD.

    Raises:
        ValueRefusedError: It is longer than `LONGEST_NAME` characters.
    """
    _refuse_other("name", name)
    if len(name) > LONGEST_NAME:
        raise ValueRefusedError(
            "name", f"should have at most {LONGEST_NAME} characters, not {len(name)}"
        )
    return _one_line(name)


def checked_extension(extension: str) -> str:
    """An extension without its leading dot, such as 'ome.tif'.

    Raises:
        ValueRefusedError: It is too long, or holds more than letters, digits and dots.
    """
    _refuse_other("extension", extension)
    found = extension.removeprefix(".")
    if found and (len(found) > LONGEST_EXTENSION or not _EXTENSION.fullmatch(found)):
        raise ValueRefusedError(
            "extension", f"letters and digits, at most {LONGEST_EXTENSION}, were expected"
        )
    return found


def checked_media_type(media_type: str) -> str:
    """A media type in small letters, such as 'image/png' or 'text/plain; charset=utf-8'.

    It is sent in a header when the file is read, so nothing else may be in it.

    Raises:
        ValueRefusedError: It is none, or too long.
    """
    _refuse_other("media_type", media_type)
    found = media_type.strip().casefold()
    if found and (len(found) > LONGEST_TYPE or not _MEDIA_TYPE.fullmatch(found)):
        raise ValueRefusedError("media_type", "one such as 'image/png' was expected")
    return found


def sendable_media_type(media_type: str) -> str:
    """What is said of a content: its media type, or that nothing is known, where it is none.

    A driver may call its blobs what it likes, and so could clients of older programs.
    """
    try:
        return checked_media_type(media_type) or UNKNOWN_TYPE
    except ValueRefusedError:
        return UNKNOWN_TYPE


def checked_tags(tags: Iterable[str]) -> dict[str, str]:
    """Tags by what they are without regard to case, in their order; empty ones are left out.

    Raises:
        ValueRefusedError: There are too many, or one is too long.
    """
    found: dict[str, str] = {}
    if isinstance(tags, str) or not isinstance(tags, Iterable):
        raise ValueRefusedError("tags", "a list of texts was expected")
    for tag in tags:
        _refuse_other("tags", tag)
        text = _one_line(tag).strip()
        if len(text) > LONGEST_TAG:
            raise ValueRefusedError("tags", f"a tag has at most {LONGEST_TAG} characters")
        if text:
            found.setdefault(folded(text), text)
    if len(found) > MOST_TAGS:
        raise ValueRefusedError("tags", f"a file has at most {MOST_TAGS} tags")
    return found


def folded(text: str) -> str:
    """A text without regard to case."""
    return unicodedata.normalize("NFKC", text).casefold()


def checked_notes(notes: str) -> str:
    """Notes as they are kept.

    Raises:
        ValueRefusedError: They are too long.
    """
    _refuse_other("notes", notes)
    if len(notes) > LONGEST_NOTES:
        raise ValueRefusedError("notes", f"should have at most {LONGEST_NOTES} characters")
    return plain(notes.replace("\r\n", "\n"))


def meta_text(meta: Mapping[str, Any] | None) -> str:
    """Free metadata as JSON.

    Raises:
        ValueRefusedError: It is no JSON object, too deep or too long.
    """
    if meta is None:
        return "{}"
    if not isinstance(meta, Mapping):
        raise ValueRefusedError("meta", "an object was expected")
    _refuse_deep(meta, DEEPEST_META)
    try:
        text = json.dumps(_plain_all(meta), allow_nan=False, ensure_ascii=False)
    except (TypeError, ValueError) as error:
        raise ValueRefusedError("meta", f"cannot be written as JSON: {error}") from None
    if len(text) > LONGEST_META:
        raise ValueRefusedError("meta", f"should take at most {LONGEST_META} characters")
    return text


def json_text(value: Any) -> str:
    """Any value as JSON; what JSON cannot say is null or text."""
    try:
        return to_json(value, inf_nan_mode="null", fallback=str).decode()
    except (PydanticSerializationError, ValueError):
        return json.dumps(_plain_all(value), default=str)


def plain(text: str) -> str:
    """A text that every database takes: no halves of characters, no NUL."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def micros(moment: datetime) -> int:
    """A time in whole microseconds since 1970, UTC."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment(us: int) -> datetime:
    """The time of so many microseconds since 1970, UTC."""
    return _EPOCH + timedelta(microseconds=us)


def _one_line(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        "\ufffd" if unicodedata.category(letter) in _HIDDEN else letter for letter in text
    )


def _refuse_other(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise ValueRefusedError(name, f"text was expected, not {type(value).__name__}")


def _refuse_deep(value: Any, left: int) -> None:
    if left == 0:
        raise ValueRefusedError("meta", f"is nested deeper than {DEEPEST_META}")
    if isinstance(value, Mapping):
        for item in value.values():
            _refuse_deep(item, left - 1)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _refuse_deep(item, left - 1)


def _plain_all(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return {plain(str(key)): _plain_all(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain_all(item) for item in value]
    return value
