"""Blur by halving: pictures at falling resolution, and canvases to add them up on.

Level k has pixels 2**k wide. Going one level down and up again blurs by the kernel
[1 3 3 1] / 8 twice, which after k levels amounts to a Gaussian of variance (4**k - 1) / 2 pixels
squared. A stamp added on level k therefore appears blurred by that much, at a cost that falls
with the blur; the pyramid of Burt and Adelson (1983), used backwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatImage = NDArray[np.float32]

LEVELS = 8
"""How many levels there are; the coarsest blurs by 90 pixels."""

VARIANCES_PX2: tuple[float, ...] = tuple((4.0**level - 1) / 2 for level in range(LEVELS))
"""The blur of each level, as a variance in pixels squared."""

_MARGIN = 2


@dataclass(frozen=True, slots=True)
class Stamp:
    """A small picture and where it belongs.

    Attributes:
        top, left: Where its first pixel lies, in pixels of its own level.
        pixels: Shape (height, width).
    """

    top: int
    left: int
    pixels: FloatImage


def pyramid(stamp: Stamp, levels: int = LEVELS) -> tuple[Stamp, ...]:
    """The stamp at every level, sharp one first.

    Nothing is lost at the edges: each level is as much wider as its blur needs.
    """
    stamps = [stamp]
    for _ in range(levels - 1):
        stamps.append(_halved(stamps[-1]))
    return tuple(stamps)


def blur_shares(variance_px2: float) -> tuple[tuple[int, float], ...]:
    """Which two levels to mix, and in which shares, for a blur of that variance.

    Args:
        variance_px2: The wished blur; 0 is sharp. More than the coarsest level has is cut to it.

    Returns:
        Pairs of (level, share); the shares add up to 1, those of nothing are left out.
    """
    for upper in range(1, LEVELS):
        if variance_px2 < VARIANCES_PX2[upper]:
            lower = VARIANCES_PX2[upper - 1]
            share = (max(variance_px2, 0.0) - lower) / (VARIANCES_PX2[upper] - lower)
            return ((upper - 1, 1 - share), (upper, share)) if share else ((upper - 1, 1.0),)
    return ((LEVELS - 1, 1.0),)


class Canvas:
    """A window of an endless plane that stamps of any level are added up on.

    Keeps its memory, so that a canvas used again costs no allocation. Not for several threads.
    """

    def __init__(self, height: int, width: int) -> None:
        """Make room.

        Args:
            height: Of the window, in pixels.
            width: Of the window, in pixels.
        """
        self._shape = (height, width)
        coarsest = 2 ** (LEVELS - 1)
        # One more than needed: the window may begin anywhere within a coarsest pixel.
        rows = -(-height // coarsest) + 1
        columns = -(-width // coarsest) + 1
        self._levels: list[FloatImage] = [
            np.zeros(
                (rows * coarsest // 2**k + 2 * _MARGIN, columns * coarsest // 2**k + 2 * _MARGIN),
                dtype=np.float32,
            )
            for k in range(LEVELS)
        ]
        self._used = [False] * LEVELS
        self._scratch = np.zeros(0, dtype=np.float32)
        self.move_to(0, 0)

    def move_to(self, top: int, left: int) -> None:
        """Empty the canvas and put its window elsewhere, in whole pixels."""
        coarsest = 2 ** (LEVELS - 1)
        self._top, self._left = top, left
        self._first_row = top // coarsest
        self._first_column = left // coarsest
        for level, image in enumerate(self._levels):
            if self._used[level]:
                image.fill(0)
        self._used = [False] * LEVELS

    def add(self, stamp: Stamp, level: int, weight: float) -> None:
        """Add a stamp of that level, as far as it lies within the window."""
        image = self._levels[level]
        scale = 2 ** (LEVELS - 1 - level)
        top = stamp.top - self._first_row * scale + _MARGIN
        left = stamp.left - self._first_column * scale + _MARGIN
        height, width = stamp.pixels.shape
        rows = slice(max(top, 0), min(top + height, image.shape[0]))
        columns = slice(max(left, 0), min(left + width, image.shape[1]))
        if rows.start >= rows.stop or columns.start >= columns.stop:
            return
        part = stamp.pixels[
            rows.start - top : rows.stop - top, columns.start - left : columns.stop - left
        ]
        target = image[rows, columns]
        target += np.multiply(part, np.float32(weight), out=self._room(part.shape))
        self._used[level] = True

    def picture(self) -> FloatImage:
        """All that was added, each level blurred as it should be; shape (height, width).

        Uses up what was added: call `move_to` before adding more. The result is the caller's.
        """
        for level in range(LEVELS - 1, 0, -1):
            if self._used[level]:
                self._add_doubled(level)
        coarsest = 2 ** (LEVELS - 1)
        row = self._top - self._first_row * coarsest + _MARGIN
        column = self._left - self._first_column * coarsest + _MARGIN
        height, width = self._shape
        return self._levels[0][row : row + height, column : column + width].copy()

    def _room(self, shape: Sequence[int]) -> FloatImage:
        """Memory to calculate in."""
        size = int(shape[0]) * int(shape[1])
        if self._scratch.size < size:
            self._scratch = np.empty(size, dtype=np.float32)
        return self._scratch[:size].reshape(shape)

    def _add_doubled(self, level: int) -> None:
        """Add a level to the next finer one, at twice its size."""
        coarse, fine = self._levels[level], self._levels[level - 1]
        rows = fine.shape[0] // 2
        quarter = coarse * np.float32(0.25)
        near = coarse[1 : 1 + rows] * np.float32(0.75)
        tall = self._room((2 * rows, coarse.shape[1]))
        np.add(near, quarter[0:rows], out=tall[0::2])
        np.add(near, quarter[2 : 2 + rows], out=tall[1::2])
        columns = fine.shape[1] // 2
        inner = tall[:, 1 : 1 + columns] * np.float32(0.75)
        tall *= np.float32(0.25)
        fine[:, 0::2] += inner
        fine[:, 0::2] += tall[:, 0:columns]
        fine[:, 1::2] += inner
        fine[:, 1::2] += tall[:, 2 : 2 + columns]
        self._used[level - 1] = True


def _halved(stamp: Stamp) -> Stamp:
    """The stamp one level coarser."""
    rows, top = _half_axis(stamp.pixels, stamp.top)
    columns, left = _half_axis(rows.T, stamp.left)
    return Stamp(top=top, left=left, pixels=np.ascontiguousarray(columns.T))


def _half_axis(pixels: FloatImage, first: int) -> tuple[FloatImage, int]:
    """Halve the first axis; returns the pixels and where they begin now."""
    begin = first - first % 2
    end = first + pixels.shape[0]
    end += end % 2
    padded = np.zeros((end - begin + 8, pixels.shape[1]), dtype=np.float32)
    padded[4 + first - begin : 4 + first - begin + pixels.shape[0]] = pixels
    count = (end - begin) // 2 + 2
    # Output j lies between fine pixels 2j and 2j + 1; the first output is one before the stamp.
    outer = padded[1 : 1 + 2 * count : 2] + padded[4 : 4 + 2 * count : 2]
    inner = padded[2 : 2 + 2 * count : 2] + padded[3 : 3 + 2 * count : 2]
    return (outer + 3 * inner) / np.float32(8), begin // 2 - 1
