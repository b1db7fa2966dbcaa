"""The value axes of a plot: one for each unit, each from the lowest to the highest in sight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from ui.plots.series import Series, Trace

_MARGIN: Final = 0.08
"""What is left free above and below, as a share of the range."""

_FLAT: Final = 0.01
"""A line that never changes is given so much of its value as a range."""


@dataclass(frozen=True, slots=True, eq=False)
class Scale:
    """A value axis.

    Attributes:
        name: Under which the operator's choice of a range is kept.
        series: The lines it is for.
        low: The value at the bottom.
        high: The value at the top, above it.
        fixed: Whether the operator chose the range.
    """

    name: str
    series: tuple[Series, ...]
    low: float
    high: float
    fixed: bool = False

    @property
    def unit(self) -> str:
        """May be ''."""
        return self.series[0].what.unit

    @property
    def options(self) -> tuple[str, ...]:
        """The words at the marks of a switch or a choice; () for numbers."""
        return tuple(text for _, text in self.series[0].what.options)


def axis_name(series: Series, *, own: bool) -> str:
    """Which axis a line belongs to: that of its unit, or its own.

    Args:
        series: The line.
        own: Whether every line has an axis of its own. A switch or a choice always has.
    """
    if own or series.what.options:
        return series.key.to_text()
    return f"in {series.what.unit}"


def scales(
    drawn: Sequence[tuple[Series, Trace]], fixed: dict[str, tuple[float, float]], *, own: bool
) -> list[Scale]:
    """The axes of the lines in sight.

    Args:
        drawn: The lines, with what is in sight of them.
        fixed: Ranges the operator chose, by the names of their axes.
        own: Whether every line has an axis of its own.
    """
    groups: dict[str, list[tuple[Series, Trace]]] = {}
    for series, trace in drawn:
        groups.setdefault(axis_name(series, own=own), []).append((series, trace))
    return [_scale(name, lines, fixed.get(name)) for name, lines in groups.items()]


def _scale(
    name: str, lines: list[tuple[Series, Trace]], fixed: tuple[float, float] | None
) -> Scale:
    members = tuple(series for series, _ in lines)
    if fixed is not None:
        return Scale(name, members, *fixed, fixed=True)
    options = members[0].what.options
    if options:
        return Scale(name, members, -0.25, len(options) - 0.75)
    found = [each for _, trace in lines for each in _ends(trace)]
    if not found:
        return Scale(name, members, 0.0, 1.0)
    low, high = min(found), max(found)
    middle = max(abs(low), abs(high))
    if high - low <= 1e-12 * middle or high == low:
        half = _FLAT * middle or 0.5
        return Scale(name, members, low - half, high + half)
    room = _MARGIN * (high - low)
    return Scale(name, members, low - room, high + room)


def _ends(trace: Trace) -> list[float]:
    finite = trace.values[np.isfinite(trace.values)]
    return [float(finite.min()), float(finite.max())] if finite.size else []
