"""The query parameters of `GET /archive`, read by their names.

As for `/invocations` nothing is passed over. `tag` may be repeated: a file has all of them. A value
of the metadata is asked for by `meta.` and its key: `meta.lens=10x`, `meta.stage.z=3`. It is a
number, true, false or null where it reads like one; in quotes it is text. A value that a property
had is asked for by `setting.`, Thing and property: `setting.camera.exposure=25`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.datastructures import QueryParams

from app.archive.records import LARGEST_PAGE, FileQuery, FileState
from app.file_wire import ANY_STATE
from app.server.query_values import (
    id_of,
    moment,
    one_of,
    read_value,
    refused,
    whole_number,
    words,
    yes_or_no,
)

META: Final = "meta."
SETTING: Final = "setting."


def file_query(given: QueryParams) -> FileQuery:
    """Read the query parameters.

    Raises:
        Faulty: One is not known, is given twice, or has a value that it cannot have.
    """
    found: dict[str, Any] = {}
    tags: list[str] = []
    meta: dict[str, str | int | float | bool | None] = {}
    settings: dict[str, Any] = {}
    for name, text in given.multi_items():
        try:
            if name == "tag":
                tags.append(words(text))
            elif name.startswith(META) and len(name) > len(META):
                meta[words(name.removeprefix(META))] = single(words(text))
            elif name.startswith(SETTING) and len(name) > len(SETTING):
                settings[words(name.removeprefix(SETTING))] = any_value(words(text))
            else:
                read_value(found, name, text, _READ, KNOWN)
        except ValueError as error:
            raise refused(name, str(error), text) from None
    return FileQuery(tags=tuple(tags), meta=meta, settings=settings, **found)


def single(text: str) -> str | int | float | bool | None:
    """A single value as it stands in an address."""
    try:
        value = json.loads(text, parse_constant=lambda constant: text)
    except ValueError:
        return text
    return value if value is None or isinstance(value, (str, int, float)) else text


def any_value(text: str) -> Any:
    """A value as it stands in an address; lists and objects too."""
    try:
        return json.loads(text, parse_constant=lambda constant: text)
    except ValueError:
        return text


def _state(text: str) -> FileState | None:
    if text == ANY_STATE:
        return None
    try:
        return one_of(FileState)(text)
    except ValueError as error:
        raise ValueError(f"{error}, {ANY_STATE}") from None


_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "text": words,
    "since": moment,
    "until": moment,
    "thing": words,
    "action": words,
    "sample": words,
    "session": words,
    "operator": words,
    "media_type": words,
    "run": id_of,
    "sha256": words,
    "state": _state,
    "limit": whole_number(1, LARGEST_PAGE),
    "after": words,
    "oldest_first": yes_or_no,
    "total": yes_or_no,
}

KNOWN: Final = tuple(sorted([*_READ, "tag", "meta.KEY", "setting.THING.PROPERTY"]))
"""The names of all parameters."""
