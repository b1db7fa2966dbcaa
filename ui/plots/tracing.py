"""From samples to lines in pixels, fast: numpy all the way, no point is touched in Python."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QPolygonF
from shiboken6 import Shiboken

from ui.plots.ring import Row
from ui.plots.series import Trace

DENSE: Final = 3
"""With more points than this to a column of pixels, a column is drawn as one stroke."""

_FAR: Final = 1e5
"""Pixels beyond this are as good as there; Qt's own arithmetic ends at 2^23."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How times and values become pixels.

    Attributes:
        area: Where to draw, in pixels.
        begun_s: The time at the left edge.
        end_s: The time at the right edge.
        low: The value at the bottom.
        high: The value at the top.
    """

    area: QRectF
    begun_s: float
    end_s: float
    low: float
    high: float

    def across(self, times: Row) -> Row:
        """Times as pixels from the left."""
        scale = self.area.width() / (self.end_s - self.begun_s)
        return np.clip(self.area.left() + (times - self.begun_s) * scale, -_FAR, _FAR)

    def down(self, values: Row) -> Row:
        """Values as pixels from the top."""
        scale = self.area.height() / (self.high - self.low)
        return np.clip(self.area.bottom() - (values - self.low) * scale, -_FAR, _FAR)


def lines(trace: Trace, frame: Frame, *, in_steps: bool) -> list[QPolygonF]:
    """The unbroken pieces of a line, in pixels.

    Args:
        trace: What is known.
        frame: How it becomes pixels.
        in_steps: Whether a value stays until the next one, instead of moving towards it.
    """
    if not trace.times.size:
        return []
    x, y = frame.across(trace.times), frame.down(trace.values)
    x, y = _bends(x, y)
    if x.size > DENSE * max(1.0, frame.area.width()):
        x, y = columns(x, y)
    made = []
    for first, last in _unbroken(y):
        part_x, part_y = x[first:last], y[first:last]
        if in_steps:
            part_x, part_y = np.repeat(part_x, 2)[1:], np.repeat(part_y, 2)[:-1]
        made.append(polygon(part_x, part_y))
    return made


def _bends(x: Row, y: Row) -> tuple[Row, Row]:
    """A line without the points in the middle of a level piece."""
    level = np.zeros(y.size, dtype=bool)
    level[1:-1] = (y[1:-1] == y[:-2]) & (y[1:-1] == y[2:])
    return x[~level], y[~level]


def columns(x: Row, y: Row) -> tuple[Row, Row]:
    """A line with at most four points to a column of pixels: first, lowest, highest, last.

    Args:
        x: Pixels from the left, in order, shape (n,).
        y: Pixels from the top, shape (n,); NaN breaks the line there.
    """
    column = np.floor(x)
    broken = np.isnan(y)
    # A break is a column of its own, so that both its sides keep their points.
    edge = np.flatnonzero((np.diff(column) != 0) | broken[1:] | broken[:-1]) + 1
    starts = np.concatenate(([0], edge))
    ends = np.concatenate((edge, [x.size])) - 1
    high, low = np.fmax.reduceat(y, starts), np.fmin.reduceat(y, starts)
    middle = (x[starts] + x[ends]) / 2
    four_x = np.stack((x[starts], middle, middle, x[ends]), axis=1).ravel()
    four_y = np.stack((y[starts], low, high, y[ends]), axis=1).ravel()
    keep = np.ones(four_x.size, dtype=bool)
    keep[1:] = (np.diff(four_x) != 0) | (np.diff(four_y) != 0)
    return four_x[keep], four_y[keep]


def polygon(x: Row, y: Row) -> QPolygonF:
    """Points as Qt draws them, without making an object of each."""
    made = QPolygonF()
    if x.size:
        made.resize(x.size)
        memory = np.frombuffer(_memory_of(made, x.size * 16), dtype=np.float64).reshape(-1, 2)
        memory[:, 0] = x
        memory[:, 1] = y
    return made


def _memory_of(made: QPolygonF, nbytes: int) -> memoryview:
    """The memory of a polygon's points, two doubles each; valid as long as it is not resized."""
    # Its stub knows neither the size nor that it is a buffer.
    void: Any = Shiboken.VoidPtr
    return memoryview(void(made.data(), nbytes, True))


def _unbroken(y: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Where the pieces between NaNs begin and end."""
    known = np.concatenate(([False], ~np.isnan(y), [False]))
    change = np.flatnonzero(known[1:] != known[:-1])
    return list(zip(change[::2].tolist(), change[1::2].tolist(), strict=True))
