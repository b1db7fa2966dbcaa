"""From counts to colours: the visible part of a picture, reduced to the screen and coloured.

Nothing here needs Qt or a running program; it runs in worker threads. A picture larger than the
screen is averaged down first and coloured afterwards, so the work follows the size of the window
and not that of the detector.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ui.viewer.colour_maps import ColourMap
from ui.viewer.levels import Levels
from ui.viewer.view import View

BAND: Final = 64
"""Rows that are coloured at a time."""


@dataclass(frozen=True, slots=True)
class Colouring:
    """How counts become colours.

    Attributes:
        levels: The counts shown darkest and brightest.
        colours: For grey pictures; a colour picture keeps its own.
        full_scale: Pixels from here up are marked, where it is known and `mark` is set.
        mark: Whether saturated pixels get the map's mark colour.
    """

    levels: Levels
    colours: ColourMap
    full_scale: float | None = None
    mark: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """Pixels to put on the screen.

    Attributes:
        pixels: (h, w) uint32, 0xAARRGGBB, contiguous.
        x: Where they go: the left edge, in pixels of the screen from the window's left.
        y: From the window's top.
        width: How wide they are on the screen; equal to w unless they must still be scaled.
        height: How high.
    """

    pixels: NDArray[np.uint32]
    x: int
    y: int
    width: int
    height: int


def render(plane: NDArray[Any], view: View, colouring: Colouring) -> Rendered | None:
    """Render what the view shows of a picture.

    Args:
        plane: (h, w) or (h, w, 3) of any real kind of number.
        view: Its picture size is that of `plane`.
        colouring: Levels and colours.

    Returns:
        What to draw, or None where the view shows nothing of the picture.
    """
    height, width = plane.shape[:2]
    left = max(0, math.floor(view.left))
    top = max(0, math.floor(view.top))
    right = min(width, math.ceil(view.left + view.width / view.zoom))
    bottom = min(height, math.ceil(view.top + view.height / view.zoom))
    if right <= left or bottom <= top:
        return None
    step = step_of(view)
    # On multiples of the step, so that the same pixels are averaged wherever the view is moved.
    left, top = left - left % step, top - top % step
    pixels = coloured(plane[top:bottom, left:right], colouring, step)
    x, y = (round(place) for place in view.to_screen(left, top))
    end_x, end_y = (
        round(place)
        for place in view.to_screen(left + step * pixels.shape[1], top + step * pixels.shape[0])
    )
    if view.zoom <= 1:
        return Rendered(pixels, x, y, max(1, end_x - x), max(1, end_y - y))
    return _enlarged(pixels, view, left, top)


def step_of(view: View) -> int:
    """How many pixels of the picture, across and down, become one before it is coloured."""
    return max(1, math.floor(1 / view.zoom + 1e-6))


def reduced(plane: NDArray[Any], step: int) -> NDArray[Any]:
    """Average blocks of `step` x `step` pixels, of larger blocks four pixels spread over them.

    Returns:
        The means, of integers rounded down; what is left over at the right and lower edge is
        dropped, unless nothing would remain.
    """
    rows, columns = plane.shape[0] // step, plane.shape[1] // step
    if step == 1 or not rows or not columns:
        return plane[::step, ::step]
    block = plane[: rows * step, : columns * step]
    half = step // 2
    if plane.dtype.kind == "f":
        # Of the largest numbers the sum is infinite, and of opposite infinities none at all.
        with np.errstate(over="ignore", invalid="ignore"):
            upper = block[0::step] + block[half::step]
            return np.asarray((upper[:, 0::step] + upper[:, half::step]) * plane.dtype.type(0.25))
    wide = np.uint16 if plane.dtype.itemsize == 1 else np.uint32
    sums = np.add(block[0::step], block[half::step], dtype=wide)
    means = sums[:, 0::step] + sums[:, half::step]
    means >>= 2
    return np.asarray(means)


def coloured(plane: NDArray[Any], colouring: Colouring, step: int = 1) -> NDArray[np.uint32]:
    """Reduce and colour a picture.

    It goes band by band: the numbers between two operations then stay in the processor's cache,
    which halves the time.

    Args:
        plane: (h, w) or (h, w, 3).
        colouring: Levels and colours.
        step: As for `reduced`.

    Returns:
        0xAARRGGBB, contiguous.
    """
    paint = _painter(plane, colouring)
    rows = max(1, plane.shape[0] // step)
    columns = max(1, plane.shape[1] // step)
    pixels = np.empty((rows, columns), np.uint32)
    for first in range(0, rows, BAND):
        last = min(rows, first + BAND)
        paint(reduced(plane[first * step : last * step], step)[:, :columns], pixels[first:last])
    return pixels


_Paint = Callable[[NDArray[Any], NDArray[np.uint32]], object]
"""Colours a band of counts into the band beside it."""


def _painter(plane: NDArray[Any], colouring: Colouring) -> _Paint:
    if plane.ndim == 3:
        parts = _part_table(plane.dtype, colouring.levels)
        return lambda band, pixels: _paint_colours(band, parts, pixels)
    if plane.dtype.kind == "u" and plane.dtype.itemsize <= 2:
        table = colour_table(plane.dtype, colouring)
        return lambda band, pixels: np.take(table, band, mode="clip", out=pixels)
    return lambda band, pixels: _paint_numbers(band, colouring, pixels)


def colour_table(dtype: np.dtype[Any], colouring: Colouring) -> NDArray[np.uint32]:
    """The colour of every count that 8 or 16 bits can hold: (256,) or (65536,)."""
    counts = np.arange(np.iinfo(dtype).max + 1, dtype=np.float32)
    table = colouring.colours.colours[_places(counts, colouring.levels)]
    if colouring.mark and colouring.full_scale is not None:
        table[counts >= colouring.full_scale] = colouring.colours.mark
    return table


def _places(counts: NDArray[np.float32], levels: Levels) -> NDArray[np.uint8]:
    """Where counts stand between the levels, 0..255."""
    # Where 32 bits would not hold the range or its inverse, 64 do; they take twice as long.
    span = levels.high - levels.low
    kind: type[np.floating[Any]] = np.float32 if 1e-30 < span < 1e30 else np.float64
    # Cut first: infinite and very large numbers would overflow on the way.
    places = np.clip(counts.astype(kind, copy=False), kind(levels.low), kind(levels.high))
    places -= kind(levels.low)
    places *= kind(255.999 / span)
    np.clip(places, 0, 255, out=places)
    return np.asarray(places, dtype=np.uint8)


def _paint_numbers(band: NDArray[Any], colouring: Colouring, pixels: NDArray[np.uint32]) -> None:
    """Colour numbers that are no small integers; what is not a number is shown darkest."""
    counts = np.nan_to_num(band.astype(np.float32), nan=colouring.levels.low)
    np.take(colouring.colours.colours, _places(counts, colouring.levels), out=pixels, mode="clip")
    if colouring.mark and colouring.full_scale is not None:
        pixels[counts >= colouring.full_scale] = colouring.colours.mark


def _part_table(dtype: np.dtype[Any], levels: Levels) -> NDArray[np.uint8] | None:
    """How bright a part of a colour is shown; None where 8 bits are shown as they are."""
    if dtype == np.uint8 and levels == Levels(0, 255):
        return None
    top = np.iinfo(dtype).max if dtype.kind == "u" else 65535
    return _places(np.arange(top + 1, dtype=np.float32), levels)


def _paint_colours(
    band: NDArray[Any], table: NDArray[np.uint8] | None, pixels: NDArray[np.uint32]
) -> None:
    parts = band if table is None else np.take(table, band.astype(np.intp), mode="clip")
    # 0xAARRGGBB in the byte order of this machine, as Qt's 32-bit formats are.
    octets = pixels.view(np.uint8).reshape(*pixels.shape, 4)
    order = (2, 1, 0, 3) if sys.byteorder == "little" else (1, 2, 3, 0)
    for part in range(3):
        octets[..., order[part]] = parts[..., part]
    octets[..., order[3]] = 255


def _enlarged(pixels: NDArray[np.uint32], view: View, left: int, top: int) -> Rendered:
    """Every pixel as a crisp square, cut to the window."""
    x = max(0, round((left - view.left) * view.zoom))
    y = max(0, round((top - view.top) * view.zoom))
    end_x = min(view.width, round((left + pixels.shape[1] - view.left) * view.zoom))
    end_y = min(view.height, round((top + pixels.shape[0] - view.top) * view.zoom))
    width, height = max(1, end_x - x), max(1, end_y - y)
    columns = ((np.arange(x, x + width) + 0.5) / view.zoom + view.left - left).astype(np.intp)
    rows = ((np.arange(y, y + height) + 0.5) / view.zoom + view.top - top).astype(np.intp)
    np.clip(columns, 0, pixels.shape[1] - 1, out=columns)
    np.clip(rows, 0, pixels.shape[0] - 1, out=rows)
    larger = np.take(np.take(pixels, columns, axis=1), rows, axis=0)
    return Rendered(larger, x, y, width, height)
