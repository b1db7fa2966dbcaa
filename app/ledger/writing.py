"""Values as they are written into the ledger's columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from app.actions.log import message_of
from app.ledger.known_values import KnownValues
from app.run_facts import Problem
from app.run_records import RecordedBlob
from things.events import Reading

LONGEST_JSON = 4 * 2**20
"""An input or output that takes more characters than this is left out, and that is said."""

LONGEST_MESSAGE = 10_000
LONGEST_WORDS = 1_000_000


def micros(moment: datetime) -> int:
    """A time in whole microseconds since 1970, UTC."""
    return round(moment.timestamp() * 1_000_000)


def json_text(value: Any) -> str:
    """A value as JSON; what JSON cannot say is null or text."""
    try:
        return to_json(value, inf_nan_mode="null", fallback=str).decode()
    except (PydanticSerializationError, ValueError):
        # Half a character, such as a file system may give, has no place in UTF-8.
        return to_json(_clean(value), inf_nan_mode="null", fallback=str).decode()


def plain(text: str) -> str:
    """A text that every database takes: no halves of characters, no NUL."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def value_text(value: Any, blobs: Sequence[RecordedBlob]) -> str:
    """An input or output as JSON, with `{"media_type": ...}` in place of its blobs."""
    for blob in blobs:
        value = _replaced(value, blob.path, {"media_type": blob.media_type})
    text = json_text(value)
    if len(text) <= LONGEST_JSON:
        return text
    return json_text({"left_out": f"{len(text)} characters of JSON"})


def blobs_text(blobs: Sequence[RecordedBlob]) -> str:
    """Blobs as a list of objects; '[]' for none."""
    if not blobs:
        return "[]"
    return json_text(
        [
            {
                "path": blob.path,
                "media_type": blob.media_type,
                "name": blob.name,
                "size": blob.size,
                "shape": blob.shape,
                "sha256": blob.sha256,
                "pixels_sha256": blob.pixels_sha256,
            }
            for blob in blobs
        ]
    )


def problem_text(problem: Problem | None) -> str:
    """A problem as an object; '' for none."""
    if problem is None:
        return ""
    return json_text(
        {
            "title": problem.title,
            "detail": problem.detail,
            "type": problem.type,
            "status": problem.status,
        }
    )


def log_text(records: Sequence[Any]) -> str:
    """Log records as rows of level, message, microseconds, file name and line; '[]' for none."""
    if not records:
        return "[]"
    return json_text(
        [
            (
                record.levelname,
                message_of(record)[:LONGEST_MESSAGE],
                round(record.created * 1_000_000),
                record.filename,
                record.lineno,
            )
            for record in records
        ]
    )


def searched(value: Any, text: str) -> Sequence[str]:
    """What finds a value: its JSON, and its texts as they are where JSON writes them otherwise."""
    return [text, *_texts(value)] if "\\" in text else [text]


def words_of(*texts: str) -> str:
    """What a search looks through: texts in lower case, one a line."""
    return plain("\n".join(text for text in texts if text)[:LONGEST_WORDS].casefold())


class ValuesWriter:
    """Writes known values as JSON: `{thing: {property: [value, microseconds]}}`.

    Most of a Thing's values are the same from one run to the next; their text is kept.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[Mapping[str, Reading], str]] = {}

    def all(self, values: KnownValues) -> str:
        """All values."""
        return "{" + ",".join(self._thing(name, readings) for name, readings in values) + "}"

    def changed(self, values: KnownValues, before: KnownValues) -> str:
        """Only those that were read or set since; '{}' where none was."""
        earlier = dict(before)
        parts = []
        for name, readings in values:
            known = earlier.get(name, {})
            if readings == known:
                continue
            parts.append(
                _written(
                    name,
                    {key: value for key, value in readings.items() if known.get(key) is not value},
                )
            )
        return "{" + ",".join(parts) + "}"

    def _thing(self, name: str, readings: Mapping[str, Reading]) -> str:
        kept = self._kept.get(name)
        if kept is not None and kept[0] == readings:
            return kept[1]
        text = _written(name, readings)
        self._kept[name] = (readings, text)
        return text


def _written(name: str, readings: Mapping[str, Reading]) -> str:
    values = {key: (reading.value, micros(reading.at)) for key, reading in readings.items()}
    return f"{json_text(name)}:{json_text(values)}"


def _replaced(value: Any, path: tuple[str | int, ...], by: Any) -> Any:
    """A JSON value with something else at a place; the given one is not changed."""
    if not path:
        return by
    key = path[0]
    if isinstance(value, dict):
        return {**value, key: _replaced(value.get(key), path[1:], by)}
    if isinstance(value, list) and isinstance(key, int):
        return [
            _replaced(item, path[1:], by) if index == key else item
            for index, item in enumerate(value)
        ]
    return value


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for item in (*value, *value.values()) for text in _texts(item)]
    if isinstance(value, (list, tuple)):
        return [text for item in value for text in _texts(item)]
    return []


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {_clean(key): _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    return value
