"""What a file is beside its words, as words that nobody can type: its facets.

A database finds files by many words in one go, however frequent each of them is, and it finds by
values in columns one after another. So every value that is asked for exactly is made a word too.
It begins with '_', which no word of a text does; the rest is a hash of the value.
"""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import Any, Final

from app.archive.errors import FileQueryError
from app.archive.records import FileQuery
from app.archive.texts import folded, plain
from app.archive.words import written

_DIGEST_BYTES: Final = 8

STATE: Final = "s"
TAG: Final = "g"
META: Final = "v"
SHA256: Final = "h"
RUN: Final = "r"
TYPE: Final = "y"
KIND: Final = "k"
_COLUMNS: Final = (
    ("t", "thing"),
    ("a", "action"),
    ("m", "sample"),
    ("e", "session"),
    ("o", "operator"),
)
ANY_TYPE: Final = "*/*"


def facet(kind: str, *values: str) -> str:
    """A value as a word.

    Args:
        kind: Which of the constants here; values of different kinds never meet.
        *values: Of a pair, such as key and value, both.
    """
    text = "\0".join(values).encode("utf-8", "surrogatepass")
    digest = blake2b(text, digest_size=_DIGEST_BYTES).digest()
    return f"_{kind}{b32encode(digest).decode().rstrip('=').lower()}"


def facets_of(
    row: Mapping[str, Any], tags: Iterable[str], values: Iterable[tuple[str, str]]
) -> str:
    """All facets of a file, with spaces between them.

    Args:
        row: As in the catalogue.
        tags: Without regard to case.
        values: Of its metadata, as `app.archive.words.values_in` gives them.
    """
    found = [facet(STATE, row["state"])]
    found += [facet(kind, row[column]) for kind, column in _COLUMNS]
    found += [facet(kind, value) for kind, value in _of_type(row["media_type"])]
    if row["sha256"] is not None:
        found.append(facet(SHA256, row["sha256"]))
    if row["run"] is not None:
        found.append(facet(RUN, row["run"].hex))
    found += [facet(TAG, tag) for tag in tags]
    found += [facet(META, key, value) for key, value in sorted(values)]
    return " ".join(found)


def wanted_facets(query: FileQuery) -> list[str]:
    """The facets that a file must have to fit.

    Raises:
        FileQueryError: The media type cannot be understood.
    """
    found = [] if query.state is None else [facet(STATE, query.state.value)]
    for kind, name in _COLUMNS:
        value: str | None = getattr(query, name)
        if value is not None:
            found.append(facet(kind, plain(value)))
    if query.media_type is not None:
        found += _wanted_type(query.media_type)
    if query.sha256 is not None:
        found.append(facet(SHA256, query.sha256))
    if query.run is not None:
        found.append(facet(RUN, query.run.hex))
    found += [facet(TAG, plain(folded(tag))) for tag in query.tags]
    found += [facet(META, plain(key), plain(written(value))) for key, value in query.meta.items()]
    return found


def _of_type(media_type: str) -> Iterator[tuple[str, str]]:
    """What a media type is asked for by: 'image', 'image/png', all of it with its parameters."""
    whole = media_type.strip().casefold()
    kind, slash, _ = whole.partition("/")
    if slash:
        yield KIND, kind
    yield TYPE, whole
    for at, letter in enumerate(whole):
        if letter == ";":
            yield TYPE, whole[:at]


def _wanted_type(wanted: str) -> list[str]:
    media_type = plain(wanted).strip().casefold()
    if media_type == ANY_TYPE:
        return []  # all files have one
    kind, slash, what = media_type.partition("/")
    if not slash or not kind or not what or "*" in kind:
        raise FileQueryError("media_type", "such as 'image/png' or 'image/*' was expected")
    return [facet(KIND, kind)] if what == "*" else [facet(TYPE, media_type)]
