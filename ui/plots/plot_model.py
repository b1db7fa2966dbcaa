"""What is plotted: which lines, in which colours, and what was heard of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from ui.plots.plottable import Plottable, SeriesKey, plottables
from ui.plots.series import Series

Describe = Callable[[str], tuple[str, Mapping[str, Any]]]
"""Title and description of a Thing by its name; the description is {} while there is none."""


class PlotModel(QObject):
    """The lines of a plot. All members belong to the Qt thread.

    Attributes:
        version: Grows with every value that is heard and with every change of the lines.
    """

    changed = Signal()
    """Lines came or went, or one looks another way."""

    def __init__(
        self,
        describe: Describe,
        clock: Callable[[], float] = time.time,
        parent: QObject | None = None,
    ) -> None:
        """An empty plot.

        Args:
            describe: Looks a Thing up.
            clock: Tells the time, in seconds since 1970.
            parent: The owner.
        """
        super().__init__(parent)
        self.version = 0
        self._describe = describe
        self._clock = clock
        self._series: dict[SeriesKey, Series] = {}
        self._of: dict[tuple[str, str], list[Series]] = {}
        self._awaited: list[SeriesKey] = []

    @property
    def series(self) -> list[Series]:
        """The lines, in the order they were added."""
        return list(self._series.values())

    @property
    def keys(self) -> list[SeriesKey]:
        """What is plotted, with what will be when its Thing has come."""
        return [*self._series, *self._awaited]

    @property
    def now_s(self) -> float:
        """Now, in seconds since 1970."""
        return self._clock()

    @property
    def first_s(self) -> float | None:
        """When the oldest value was that is remembered; None where there is none."""
        firsts = [each.first_s for each in self._series.values() if each.first_s is not None]
        return min(firsts, default=None)

    def of(self, thing: str, name: str) -> list[Series]:
        """The lines of a property."""
        return self._of.get((thing, name), [])

    def offered(self, thing: str) -> list[Plottable]:
        """Everything of a Thing that can be plotted."""
        return plottables(thing, self._describe(thing)[1])

    def add(self, key: SeriesKey) -> Series | None:
        """Plot a number; one that is plotted already is shown again.

        Returns:
            The line; None while its Thing is not there, or where it has no such number.
        """
        known = self._series.get(key)
        if known is not None:
            self.set_shown(key, True)
            return known
        title, description = self._describe(key.thing)
        what = next((each for each in plottables(key.thing, description) if each.key == key), None)
        if what is None:
            if not description and key not in self._awaited:
                self._awaited.append(key)
            return None
        if key in self._awaited:
            self._awaited.remove(key)
        made = self._series[key] = Series(what, title, self._free_slot())
        self._of.setdefault((key.thing, key.property), []).append(made)
        self._tell()
        return made

    def remove(self, key: SeriesKey) -> None:
        """Plot a number no more and forget its values."""
        if key in self._awaited:
            self._awaited.remove(key)
        gone = self._series.pop(key, None)
        if gone is None:
            return
        left = self._of[key.thing, key.property]
        left.remove(gone)
        if not left:
            del self._of[key.thing, key.property]
        self._tell()

    def remove_all(self) -> None:
        """An empty plot."""
        self._awaited.clear()
        self._series.clear()
        self._of.clear()
        self._tell()

    def restore(self, keys: Iterable[SeriesKey]) -> None:
        """Plot what was remembered; what is of a Thing that has not come yet waits for it."""
        for key in keys:
            self.add(key)

    def look_again(self, thing: str) -> None:
        """A Thing has come: plot what was waiting for it."""
        for key in [each for each in self._awaited if each.thing == thing]:
            self._awaited.remove(key)
            self.add(key)

    def set_shown(self, key: SeriesKey, shown: bool) -> None:
        """Draw a line or leave it out."""
        if self._series[key].shown is not shown:
            self._series[key].shown = shown
            self._tell()

    def forget_values(self) -> None:
        """Begin anew with the same lines."""
        for each in self._series.values():
            each.clear(self._clock())
        self._tell()

    # What is heard.

    def take(self, thing: str, name: str, at_s: float, value: Any) -> None:
        """A property was read or written; `at_s` in seconds since 1970."""
        for each in self.of(thing, name):
            each.take(at_s, value)
            self.version += 1

    def lose(self, thing: str, name: str, at_s: float, reason: str) -> None:
        """A property could not be read."""
        for each in self.of(thing, name):
            each.lose(at_s, reason)
            self.version += 1

    def lose_thing(self, thing: str, at_s: float, reason: str) -> None:
        """A Thing went away."""
        for each in self._series.values():
            if each.key.thing == thing:
                each.lose(at_s, reason)
                self.version += 1

    def _free_slot(self) -> int:
        taken = {each.slot for each in self._series.values()}
        return next(slot for slot in range(len(taken) + 1) if slot not in taken)

    def _tell(self) -> None:
        self.version += 1
        self.changed.emit()
