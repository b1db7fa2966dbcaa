"""Words and values as the catalogue searches them: the same on every database.

Databases differ in what they take for a letter and where they think that a word ends. So words
are taken apart here, and every letter beyond ASCII is written as its number: what a database sees
are runs of a-z and 0-9.
"""

from __future__ import annotations

import hashlib
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST_WORD = 60
LONGEST_WORDS = 200_000
"""More letters of a file are not searched."""

LONGEST_VALUE = 200
MOST_VALUES = 1_000
"""More values of a file's metadata are not searched."""

_WORD = re.compile(r"[^\W_]+|[^\w\s\x00-\x7f]")
"""Letters and digits; and each sign beyond ASCII, of which `words_in` takes symbols only."""

_LARGEST_EXACT = 2**53


def words_in(text: str) -> list[str]:
    """The words of a text, in the order they stand, without regard to case.

    'Grün-10X' is two words, and a symbol such as an emoji or '→' is one. Each is letters and
    digits of ASCII.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [
        _ascii(word[:LONGEST_WORD])
        for word in _WORD.findall(folded)
        if word[0].isalnum() or unicodedata.category(word[0]).startswith("S")
    ]


def searched(*texts: str) -> str:
    """What a search looks through: each word of some texts once, with spaces between them."""
    found: dict[str, None] = {}
    room = LONGEST_WORDS
    for text in texts:
        for word in words_in(text[:LONGEST_WORDS]):
            if word in found:
                continue
            room -= len(word) + 1
            if room < 0:
                return " ".join(found)
            found[word] = None
    return " ".join(found)


def values_in(meta: Mapping[str, Any]) -> set[tuple[str, str]]:
    """Single values of metadata by dotted keys; every item of a list counts under its key."""
    found: set[tuple[str, str]] = set()
    for key, value in _single("", meta):
        if len(found) == MOST_VALUES:
            break
        found.add((key, written(value)))
    return found


def written(value: str | int | float | bool | None) -> str:
    """A single value so that equal ones are written the same: 3 and 3.0 are."""
    match value:
        case None:
            return "z"
        case bool():
            return f"b{int(value)}"
        case str():
            if len(value) <= LONGEST_VALUE:
                return f"s{value}"
            digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
            return f"h{digest}"
        case float():
            if not math.isfinite(value) or not value.is_integer():
                return f"n{value!r}"
    whole = int(value)
    if abs(whole) <= _LARGEST_EXACT:
        return f"n{float(whole)!r}"
    digits = f"{whole:x}"  # decimal digits of a huge number take for ever
    return f"x{hashlib.sha256(digits.encode()).hexdigest()}"


def texts_in(value: Any) -> Iterator[str]:
    """All keys and single values of metadata as texts, for the search."""
    for key, single in _single("", value):
        yield key
        if isinstance(single, str):
            yield single
        elif isinstance(single, (int, float)) and not isinstance(single, bool):
            yield repr(single) if isinstance(single, float) else f"{single:d}"[:LONGEST_WORD]


def _single(key: str, value: Any) -> Iterator[tuple[str, str | int | float | bool | None]]:
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield from _single(f"{key}.{name}" if key else str(name), item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _single(key, item)
    elif value is None or isinstance(value, (str, int, float)):
        yield key, value


def _ascii(word: str) -> str:
    if word.isascii():
        return word
    return "".join(letter if letter.isascii() else f"u{ord(letter):06x}" for letter in word)
