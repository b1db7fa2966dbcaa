"""What people may write on runs: one line of a field, or a note of several."""

from __future__ import annotations

import unicodedata

from things.errors import ValueRefusedError

LONGEST_LINE = 200
LONGEST_NOTE = 10_000

_NO_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, halves of characters, and ends of lines and paragraphs."""


def one_line(name: str, text: str) -> str:
    """A field of one line, without the spaces around it.

    Args:
        name: What the field is called, for the refusal.
        text: At most `LONGEST_LINE` characters.

    Raises:
        ValueRefusedError: It is longer, or holds a control character.
    """
    return _checked(name, text, LONGEST_LINE, frozenset())


def note_text(text: str) -> str:
    """A note, without the empty lines around it.

    Args:
        text: At most `LONGEST_NOTE` characters; lines and tabs are fine.

    Raises:
        ValueRefusedError: It is longer, or holds another control character.
    """
    return _checked("note", text.replace("\r\n", "\n"), LONGEST_NOTE, frozenset("\n\t"))


def _checked(name: str, text: str, longest: int, allowed: frozenset[str]) -> str:
    found = text.strip()
    if len(found) > longest:
        raise ValueRefusedError(name, f"should have at most {longest} characters, not {len(found)}")
    for letter in found:
        if letter not in allowed and unicodedata.category(letter) in _NO_TEXT:
            raise ValueRefusedError(name, f"holds the control character U+{ord(letter):04X}")
    return found
