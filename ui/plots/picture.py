"""A plot laid out at one moment: which lines, over which axes, at which pixels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFontMetricsF

from ui.models.numbers import NumberStyle
from ui.plots.scales import Scale, scales
from ui.plots.series import Series, Trace
from ui.plots.ticks import tick_text, value_step, value_ticks
from ui.plots.tracing import Frame

LEFT: Final = 12.0
RIGHT: Final = 14.0
TOP: Final = 6.0
FOOT: Final = 20.0
"""Free pixels around the lines; the times stand in the foot."""

_UNITS: Final = 15.0
"""Height of the line in which units stand over their axes, where there are several."""

_BESIDE: Final = 12.0
"""Between the numbers of an axis and what is to the right of them."""

_TICK_PITCH: Final = 30.0
_LEAST_SHARE: Final = 0.55
"""Axes take so much of the width that this is left for the lines; further ones are not drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """A value axis and where it is drawn.

    Attributes:
        scale: Its range and its lines.
        column: Its numbers and their unit; None where there is no room for it.
        marks: The value and the text of each mark.
    """

    scale: Scale
    column: QRectF | None
    marks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A line and how it becomes pixels."""

    series: Series
    trace: Trace
    frame: Frame

    def point(self, at_s: float, value: float) -> QPointF:
        """A value of it in pixels."""
        x = self.frame.across(np.array([at_s]))[0]
        return QPointF(float(x), float(self.frame.down(np.array([value]))[0]))


@dataclass(frozen=True, slots=True, eq=False)
class PlotPicture:
    """What is to be painted.

    Attributes:
        area: Where the lines are.
        begun_s: The time at its left edge.
        end_s: The time at its right edge.
        now_s: When it was laid out.
        axes: The value axes, the first one leftmost.
        lines: The lines.
    """

    area: QRectF
    begun_s: float
    end_s: float
    now_s: float
    axes: tuple[Axis, ...]
    lines: tuple[Line, ...]

    @property
    def span_s(self) -> float:
        """How much time is in sight."""
        return self.end_s - self.begun_s

    def time_at(self, x: float) -> float:
        """The time at a pixel."""
        return self.begun_s + (x - self.area.left()) / self.area.width() * self.span_s

    def axis_at(self, place: QPointF) -> Axis | None:
        """The axis whose numbers are at a place."""
        found = (each for each in self.axes if each.column is not None)
        return next((each for each in found if each.column and each.column.contains(place)), None)

    def unknown(self) -> list[tuple[float, float]]:
        """The times in which nothing was known of any of the lines."""
        common: list[tuple[float, float]] | None = None
        for line in self.lines:
            mine = line.trace.gaps
            common = list(mine) if common is None else _both(common, mine)
        return common or []


def lay_out(
    series: Sequence[Series],
    room: QSizeF,
    ends_s: tuple[float, float],
    now_s: float,
    fixed: Mapping[str, tuple[float, float]],
    metrics: QFontMetricsF,
    style: NumberStyle,
    *,
    own: bool = False,
) -> PlotPicture:
    """Lay a plot out.

    Args:
        series: What is drawn.
        room: How large it is, in pixels.
        ends_s: The time at its left and at its right edge.
        now_s: Now.
        fixed: Ranges the operator chose, by the names of their axes.
        metrics: Of the font of the marks.
        style: How numbers are written.
        own: Whether every line has an axis of its own.
    """
    begun_s, end_s = ends_s
    coarsest_s = (end_s - begun_s) / max(1.0, room.width())
    drawn = [(each, each.trace(begun_s, end_s, now_s, coarsest_s)) for each in series]
    found = scales(
        [(each, _in_sight(trace, begun_s, end_s)) for each, trace in drawn], dict(fixed), own=own
    )
    top = TOP + (_UNITS if len(found) > 1 else 0.0)
    height = max(10.0, room.height() - top - FOOT)
    axes: list[Axis] = []
    left = LEFT
    for scale in found:
        marks = marks_of(scale, height, style)
        words = [text for _, text in marks] + ([scale.unit] if len(found) > 1 else [])
        width = max((metrics.horizontalAdvance(text) for text in words), default=0.0)
        fits = not axes or left + width + _BESIDE <= (1 - _LEAST_SHARE) * room.width()
        column = QRectF(left, TOP, width, room.height() - TOP - FOOT) if fits else None
        if fits:
            left += width + _BESIDE
        axes.append(Axis(scale, column, marks))
    area = QRectF(left, top, max(10.0, room.width() - left - RIGHT), height)
    frames = {
        each.key: Frame(area, begun_s, end_s, scale.low, scale.high)
        for scale in found
        for each in scale.series
    }
    lines = tuple(Line(each, trace, frames[each.key]) for each, trace in drawn)
    return PlotPicture(area, begun_s, end_s, now_s, tuple(axes), lines)


def marks_of(scale: Scale, height: float, style: NumberStyle) -> tuple[tuple[float, str], ...]:
    """The marks of an axis of so many pixels: values and what stands beside them."""
    if scale.options:
        every = max(1, math.ceil(14.0 * len(scale.options) / max(height, 1.0)))
        return tuple((float(i), text) for i, text in enumerate(scale.options) if i % every == 0)
    most = max(2, int(height / _TICK_PITCH))
    step = value_step(scale.low, scale.high, most)
    return tuple(
        (value, tick_text(value, step, style)) for value in value_ticks(scale.low, scale.high, most)
    )


def _in_sight(trace: Trace, begun_s: float, end_s: float) -> Trace:
    """A trace without its points just outside, unless a line from there is all there is to see."""
    first = int(np.searchsorted(trace.times, begun_s, "left"))
    last = int(np.searchsorted(trace.times, end_s, "right"))
    if not np.isfinite(trace.values[first:last]).any():
        return trace
    return Trace(trace.times[first:last], trace.values[first:last], trace.gaps)


def _both(
    left: Sequence[tuple[float, float]], right: Sequence[tuple[float, float]]
) -> list[tuple[float, float]]:
    """The times that are in both of two lists of times."""
    shared = ((max(a, c), min(b, d)) for a, b in left for c, d in right)
    return [(begun, end) for begun, end in shared if begun < end]
