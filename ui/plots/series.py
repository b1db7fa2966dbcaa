"""One line of a plot: what was heard of a number, and when nothing was known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from PySide6.QtCore import QCoreApplication

from ui.models.numbers import PLAIN, UNKNOWN, NumberStyle, format_number, unit_suffix
from ui.plots.gaps import Gaps
from ui.plots.plottable import Plottable, SeriesKey
from ui.plots.ring import Ring, Row

translate = QCoreApplication.translate

PATIENCE: Final = 1.5
"""After so many clock periods without a change the value counts as one that has stayed."""


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What is to be drawn of a line.

    Attributes:
        times: (n,), seconds since 1970, in order.
        values: (n,); NaN where the line is broken.
        gaps: Beginning and end of each time in which nothing was known.
    """

    times: Row
    values: Row
    gaps: tuple[tuple[float, float], ...]


class Series:
    """A number over time.

    Attributes:
        what: What it shows.
        thing_title: What its Thing is called.
        slot: Which colour of the palette it has.
        shown: Whether it is drawn; it goes on recording all the same.
        reason: Why its value is not known now, in words; '' where it is known.
        heard_s: When its value was last known to be true, whether it changed or not.
    """

    def __init__(
        self, what: Plottable, thing_title: str, slot: int = 0, period_s: float = 1.0
    ) -> None:
        """Begin with nothing known.

        Args:
            what: What it shows.
            thing_title: What its Thing is called.
            slot: Which colour of the palette it has.
            period_s: How often it is asked for where the bench does not do so by itself.
        """
        self.what = what
        self.thing_title = thing_title
        self.slot = slot
        self.shown = True
        self.reason = ""
        self.heard_s: float | None = None
        self._period_s = what.poll_s or period_s
        self._ring = Ring()
        self._gaps = Gaps()
        self._value: float | None = None

    @property
    def key(self) -> SeriesKey:
        """Which number it is."""
        return self.what.key

    @property
    def title(self) -> str:
        """What to call it, without its Thing."""
        return self.what.title

    @property
    def whole_title(self) -> str:
        """What to call it among other Things."""
        return f"{self.thing_title}: {self.what.title}"

    @property
    def value(self) -> float | None:
        """The newest value; None while it is not known."""
        return None if self._gaps.is_open else self._value

    @property
    def count(self) -> int:
        """How many samples were heard of."""
        return self._ring.count

    @property
    def nbytes(self) -> int:
        """Memory in use for samples."""
        return self._ring.nbytes

    @property
    def first_s(self) -> float | None:
        """When it was first known, of what is remembered."""
        return self._ring.first_s

    def take(self, at_s: float, value: Any) -> None:
        """A value was read or written.

        Args:
            at_s: When, in seconds since 1970.
            value: Of the whole property, in JSON form.
        """
        number = self.what.number_in(value)
        if number is None or not np.isfinite(number):
            self.lose(at_s, translate("Series", "there is no number"))
            return
        known_s = self._ring.last_s
        stayed = known_s is not None and at_s - known_s > PATIENCE * self._period_s
        if stayed and not self.what.in_steps and not self._gaps.is_open and self._value is not None:
            # It did not creep to the new value all the time: it stayed, then it changed.
            self._ring.append(at_s - self._period_s, self._value)
        self._gaps.end(at_s)
        self._ring.append(at_s, number)
        self._value, self.reason, self.heard_s = number, "", at_s

    def lose(self, at_s: float, reason: str = "") -> None:
        """From now on nothing is known of it.

        Args:
            at_s: Since when.
            reason: Why, in words.
        """
        self.reason = reason or translate("Series", "not heard of")
        self._gaps.begin(at_s)

    def clear(self, at_s: float) -> None:
        """Forget what was; what is true now begins anew.

        Args:
            at_s: Now.
        """
        self._ring.clear()
        self._gaps.clear()
        if self.value is not None:
            self._ring.append(at_s, self.value)

    def trace(self, from_s: float, to_s: float, now_s: float, coarsest_s: float = 0.0) -> Trace:
        """What to draw of a time.

        Args:
            from_s: Beginning, in seconds since 1970.
            to_s: End.
            now_s: Now: a value that is known reaches until then.
            coarsest_s: How much time may be thinned to its lowest, highest and last value.
        """
        times, values = self._ring.between(from_s, to_s, coarsest_s)
        if self.value is not None and times.size and times[-1] == self._ring.last_s:
            times = np.append(times, max(now_s, float(times[-1])))
            values = np.append(values, self.value)
        gaps = tuple(self._gaps.between(from_s, to_s))
        for begun_s, _ in gaps:
            place = int(np.searchsorted(times, begun_s, "right"))
            if place:
                held = values[place - 1]
                times = np.insert(times, place, (begun_s, begun_s))
                values = np.insert(values, place, (held, np.nan))
        return Trace(times, values, gaps)

    def samples(self) -> tuple[Row, Row]:
        """All samples that are remembered: times and values."""
        return self._ring.between(-np.inf, np.inf)

    def at(self, at_s: float, now_s: float) -> float | None:
        """The value at a moment: the nearest sample, or the one before where it goes in steps.

        Args:
            at_s: The moment.
            now_s: Now: nothing is known of the future.
        """
        if at_s > now_s or any(
            begun <= at_s < end for begun, end in self._gaps.between(at_s, at_s)
        ):
            return None
        times, values = self._ring.between(at_s, at_s)
        before = int(np.searchsorted(times, at_s, "right")) - 1
        if before < 0:
            return None
        after = before + 1
        nearer = after < times.size and times[after] - at_s < at_s - times[before]
        broken = nearer and any(self._gaps.between(at_s, float(times[after])))
        take_next = nearer and not self.what.in_steps and not broken
        return float(values[after if take_next else before])

    def text(self, value: float | None, style: NumberStyle = PLAIN) -> str:
        """A value of it in words, with its unit."""
        if value is None:
            return UNKNOWN
        if self.what.options:
            place = round(value)
            known = 0 <= place < len(self.what.options)
            return self.what.options[place][1] if known else UNKNOWN
        schema = self.what.schema
        whole = schema.kind.value == "integer" and float(value).is_integer()
        number = format_number(int(value) if whole else value, schema, style)
        return f"{number}{unit_suffix(schema.unit)}"
