"""What files are called: a pattern that people choose, filled in for each file.

`{date}-{sample}-{action}-{n}` becomes `2026-11-21-brain_3-snap-007`. What is empty is left out
together with the mark before it.
"""

from __future__ import annotations

import re
import string
import threading
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from things.errors import ValueRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_PATTERN = "{date}-{sample}-{action}-{n}"
FIELDS = ("date", "time", "sample", "session", "operator", "thing", "action", "output", "n")
DIGITS = 3
LONGEST_PART = 80

_MARKS = "-_. "


class NamePattern:
    """A pattern for names.

    Args:
        text: With fields in braces: date, time, sample, session, operator, thing, action, output
            (where in an output a blob stood) and n, which counts files that are called alike.

    Raises:
        ValueRefusedError: It names another field, or none at all.
    """

    def __init__(self, text: str = DEFAULT_PATTERN) -> None:
        self.text = text
        try:
            self._parts = [
                (mark, name) for mark, name, _, _ in string.Formatter().parse(text) if mark or name
            ]
            given = [part for part in string.Formatter().parse(text) if part[1] is not None]
        except ValueError as error:
            raise ValueRefusedError("name_pattern", f"cannot be understood: {error}") from None
        for _, name, spec, conversion in given:
            if name not in FIELDS or spec or conversion:
                known = ", ".join(f"{{{each}}}" for each in FIELDS)
                raise ValueRefusedError(
                    "name_pattern", f"{{{name}}} is no field; there are {known}"
                )
        if not given:
            raise ValueRefusedError("name_pattern", "at least one field in braces was expected")

    def filled(self, fields: Mapping[str, str]) -> tuple[str, str]:
        """A name before and after its number; the number is put between them.

        Args:
            fields: All but 'n'.

        Returns:
            Both sides; the second is '' where the pattern ends with its number, or has none.
        """
        before, after, counted = "", "", False
        for mark, name in self._parts:
            if name is None:
                piece = mark
            elif name == "n":
                if not counted:
                    before, counted = before + mark, True
                continue
            else:
                value = _part(fields.get(name, ""))
                piece = mark + value if value else _without_end_mark(mark)
            if counted:
                after += piece
            else:
                before += piece
        if not counted:
            return before.strip(_MARKS), ""
        return before.lstrip(_MARKS), after

    @property
    def counts(self) -> bool:
        """Whether it has a number of its own."""
        return any(name == "n" for _, name in self._parts)


class NameMaker:
    """Makes names by a pattern, each once. May be used from any thread.

    Args:
        pattern: How they look.
        highest: Says the highest number of the names that begin and end so; asked once for each.
    """

    def __init__(self, pattern: NamePattern, highest: Callable[[str, str], int]) -> None:
        self.pattern = pattern
        self._highest = highest
        self._lock = threading.Lock()
        self._last: dict[tuple[str, str], int] = {}

    def name(self, fields: Mapping[str, str]) -> str:
        """The next name.

        Args:
            fields: What goes into the pattern, all but 'n'.
        """
        return self._made(fields, taken=True)

    def coming(self, fields: Mapping[str, str]) -> str:
        """What the next name would be; it stays free."""
        return self._made(fields, taken=False)

    def _made(self, fields: Mapping[str, str], *, taken: bool) -> str:
        before, after = self.pattern.filled(fields)
        if not self.pattern.counts:
            return before or "file"
        with self._lock:
            key = (before, after)
            if key not in self._last and len(self._last) >= _REMEMBERED:
                self._last.clear()
            number = self._last.get(key)
            if number is None:
                number = self._highest(before, after)
            self._last[key] = number + taken
        return f"{before}{number + 1:0{DIGITS}d}{after}"


class NamesGiven:
    """Names for files that are given none, by one pattern or another. From any thread.

    Args:
        pattern: How they look where nobody says.
        highest: As for `NameMaker`.
    """

    def __init__(self, pattern: NamePattern, highest: Callable[[str, str], int]) -> None:
        self._pattern = pattern
        self._highest = highest
        self._lock = threading.Lock()
        self._makers: dict[str, NameMaker] = {}

    def next(self, fields: Mapping[str, str], pattern: str = "") -> str:
        """The next name; each once.

        Args:
            fields: What goes into the pattern, as `fields_of` makes it.
            pattern: How it looks; as ever where ''.

        Raises:
            ValueRefusedError: The pattern cannot be understood.
        """
        return self._maker(pattern).name(fields)

    def coming(self, fields: Mapping[str, str]) -> str:
        """What the next name would be where nobody says how it looks; it stays free."""
        return self._maker("").coming(fields)

    def _maker(self, pattern: str) -> NameMaker:
        with self._lock:
            maker = self._makers.get(pattern)
            if maker is None:
                own = NamePattern(pattern) if pattern else self._pattern
                maker = self._makers[pattern] = NameMaker(own, self._highest)
            return maker


_REMEMBERED = 1_000


def fields_of(
    made_at: datetime, thing: str, action: str, stamp: Mapping[str, str], output: str
) -> dict[str, str]:
    """What a pattern is filled with.

    Args:
        made_at: When, with zone; shown in the time of this computer.
        thing: Of which Thing.
        action: By which action.
        stamp: 'sample', 'session' and 'operator'.
        output: Where in its output it stood, as text.
    """
    local = made_at.astimezone()
    return {
        "date": f"{local:%Y-%m-%d}",
        "time": f"{local:%H%M%S}",
        "thing": thing,
        "action": action,
        "output": output,
        **stamp,
    }


def number_in(name: str, before: str, after: str) -> int:
    """The number in a name that was made so; 0 where it was not."""
    if not (name.startswith(before) and name.endswith(after)):
        return 0
    middle = name[len(before) : len(name) - len(after)]
    return int(middle) if re.fullmatch(r"[0-9]{1,9}", middle, re.ASCII) else 0


def _part(value: str) -> str:
    """A value as part of a name: one word for those who type it."""
    return re.sub(r"[\s/\\:]+", "_", value.strip())[:LONGEST_PART]


def _without_end_mark(mark: str) -> str:
    return mark[:-1] if mark and mark[-1] in _MARKS else mark
