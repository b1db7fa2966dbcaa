"""What can be drawn on a picture to measure it: a rectangle with statistics, a line with a profile.

Places are in pixels of the picture, 0 at the left and upper edge; pixel n reaches from n to n + 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ui.viewer.levels import sampled

EXACT: Final = 1_000_000
"""Statistics of more pixels than this are taken from an even sample of as many."""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle, its corners in any order while it is dragged."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def corners(self) -> tuple[tuple[float, float], ...]:
        """The four corners."""
        return (
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
            (self.left, self.bottom),
        )

    def pixels(self, width: int, height: int) -> tuple[slice, slice]:
        """The rows and columns of a picture it covers; empty where it lies outside."""
        xs = sorted(min(width, max(0, round(x))) for x in (self.left, self.right))
        ys = sorted(min(height, max(0, round(y))) for y in (self.top, self.bottom))
        return slice(*ys), slice(*xs)

    def grabbed(
        self, x: float, y: float, reach: float
    ) -> Callable[[float, float], Rectangle] | None:
        """Take hold of a corner, or of the whole inside it.

        Args:
            x: Where.
            y: Where.
            reach: How near a corner is near enough.

        Returns:
            The rectangle for each place it is dragged to; None where there is nothing to hold.
        """
        names = (("left", "top"), ("right", "top"), ("right", "bottom"), ("left", "bottom"))
        for (across, down), corner in zip(names, self.corners, strict=True):
            if math.dist(corner, (x, y)) <= reach:
                return lambda to_x, to_y: replace(self, **{across: to_x, down: to_y})
        low_x, high_x = sorted((self.left, self.right))
        low_y, high_y = sorted((self.top, self.bottom))
        if low_x <= x <= high_x and low_y <= y <= high_y:
            return lambda to_x, to_y: self._moved(to_x - x, to_y - y)
        return None

    def _moved(self, right: float, down: float) -> Rectangle:
        return Rectangle(self.left + right, self.top + down, self.right + right, self.bottom + down)


@dataclass(frozen=True, slots=True)
class Line:
    """A straight line between two places."""

    from_x: float
    from_y: float
    to_x: float
    to_y: float

    @property
    def ends(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Its two ends."""
        return (self.from_x, self.from_y), (self.to_x, self.to_y)

    @property
    def length(self) -> float:
        """In pixels."""
        return math.dist(*self.ends)

    def grabbed(self, x: float, y: float, reach: float) -> Callable[[float, float], Line] | None:
        """Take hold of an end, or of the whole; as `Rectangle.grabbed`."""
        start, end = self.ends
        if math.dist(start, (x, y)) <= reach:
            return lambda to_x, to_y: Line(to_x, to_y, *end)
        if math.dist(end, (x, y)) <= reach:
            return lambda to_x, to_y: Line(*start, to_x, to_y)
        if self._distance(x, y) <= reach:
            return lambda to_x, to_y: self._moved(to_x - x, to_y - y)
        return None

    def _distance(self, x: float, y: float) -> float:
        across, down = self.to_x - self.from_x, self.to_y - self.from_y
        square = across**2 + down**2
        along = ((x - self.from_x) * across + (y - self.from_y) * down) / square if square else 0
        along = min(1.0, max(0.0, along))
        return math.dist((x, y), (self.from_x + along * across, self.from_y + along * down))

    def _moved(self, right: float, down: float) -> Line:
        return Line(self.from_x + right, self.from_y + down, self.to_x + right, self.to_y + down)


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a rectangle holds, in counts; of a colour picture the mean of the three colours.

    Attributes:
        mean: The mean.
        deviation: The standard deviation.
        lowest: The smallest value.
        highest: The largest value.
        width: Of the rectangle, in pixels.
        height: Of the rectangle, in pixels.
    """

    mean: float
    deviation: float
    lowest: float
    highest: float
    width: int
    height: int


def statistics(plane: NDArray[Any], rectangle: Rectangle) -> Statistics | None:
    """What a rectangle of a picture holds, or None where it covers no pixel."""
    part = plane[rectangle.pixels(plane.shape[1], plane.shape[0])]
    if not part.size:
        return None
    values = sampled(part, EXACT).astype(np.float64)
    return Statistics(
        mean=float(values.mean()),
        deviation=float(values.std()),
        lowest=float(values.min()),
        highest=float(values.max()),
        width=part.shape[1],
        height=part.shape[0],
    )


def profile(plane: NDArray[Any], line: Line) -> NDArray[np.float64]:
    """The values under a line, one for each pixel of its length, from its start to its end.

    Returns:
        (n,) in counts; of a colour picture the mean of the three colours; not a number outside.
    """
    count = max(2, round(line.length) + 1)
    columns = np.floor(np.linspace(line.from_x, line.to_x, count)).astype(np.intp)
    rows = np.floor(np.linspace(line.from_y, line.to_y, count)).astype(np.intp)
    inside = (columns >= 0) & (columns < plane.shape[1]) & (rows >= 0) & (rows < plane.shape[0])
    values = np.full(count, np.nan)
    found = plane[rows[inside], columns[inside]].astype(np.float64)
    values[inside] = found.mean(axis=1) if found.ndim == 2 else found
    return values
