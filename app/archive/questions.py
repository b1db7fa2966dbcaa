"""Questions to the catalogue: checked, and in its own terms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.archive.errors import FileQueryError
from app.archive.facets import wanted_facets
from app.archive.records import LARGEST_PAGE, FileQuery
from app.archive.store import SHA256
from app.archive.texts import micros
from app.archive.words import words_in
from app.setting_keys import MOST_PARTS, setting_key

LONGEST_TEXT: Final = 200
MOST_WORDS: Final = 20
MOST_CONDITIONS: Final = 100
"""So many tags, values of the metadata, and settings each: a database takes no end of them."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query that makes sense.

    Attributes:
        state: In which state.
        words: Each is the beginning of a word of the file.
        facets: The file has them all; that of its state is among them.
        settings: Keys of what it was made with.
        since_us, until_us: Made at or after, and before; microseconds since 1970.
        after: The number that the page before ended with.
        oldest_first: Which way round.
        limit: How many files at most.
    """

    state: str | None
    words: Sequence[str]
    facets: Sequence[str]
    settings: Sequence[int]
    since_us: int | None
    until_us: int | None
    after: int | None
    oldest_first: bool
    limit: int

    @property
    def is_plain(self) -> bool:
        """Whether nothing is asked but the state, if that."""
        asked = (self.words, self.settings, self.since_us, self.until_us)
        return not any(asked) and len(self.facets) == (self.state is not None)


def question_of(query: FileQuery) -> Question:
    """A query, checked.

    Raises:
        FileQueryError: It cannot be understood.
    """
    if not 1 <= query.limit <= LARGEST_PAGE:
        raise FileQueryError("limit", f"a number from 1 to {LARGEST_PAGE} was expected")
    if len(query.text) > LONGEST_TEXT:
        raise FileQueryError("text", f"at most {LONGEST_TEXT} characters were expected")
    words = tuple(dict.fromkeys(words_in(query.text)))
    if len(words) > MOST_WORDS:
        raise FileQueryError("text", f"at most {MOST_WORDS} words were expected")
    for name in ("tags", "meta", "settings"):
        if len(getattr(query, name)) > MOST_CONDITIONS:
            raise FileQueryError(name, f"at most {MOST_CONDITIONS} were expected")
    if query.sha256 is not None and not SHA256.fullmatch(query.sha256):
        raise FileQueryError("sha256", "64 digits of a SHA-256 were expected")
    return Question(
        state=None if query.state is None else query.state.value,
        words=words,
        facets=tuple(dict.fromkeys(wanted_facets(query))),
        settings=sorted({_setting(key, value) for key, value in query.settings.items()}),
        since_us=_us("since", query.since),
        until_us=_us("until", query.until),
        after=None if query.after is None else _cursor(query.after),
        oldest_first=query.oldest_first,
        limit=query.limit,
    )


def _us(name: str, at: datetime | None) -> int | None:
    if at is None:
        return None
    if at.tzinfo is None:
        raise FileQueryError(name, "a time with its zone was expected")
    return micros(at)


def _setting(where: str, value: Any) -> int:
    thing, dot, name = where.partition(".")
    if not (thing and dot and name):
        raise FileQueryError("settings", "a Thing and a property, as 'camera.gain', were expected")
    key = setting_key(thing, name, value)
    if key is None:
        raise FileQueryError("settings", f"a value of at most {MOST_PARTS} parts was expected")
    return key


def _cursor(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) <= 18):
        raise FileQueryError("after", "the 'next' of a page was expected")
    return int(given)
