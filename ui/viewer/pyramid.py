"""Smaller copies of a very large picture, so that looking at all of it is as quick as at a part.

Without them every step of a zoom walks through the memory of the whole picture (of 400 megapixels
three times as long as through its copies, and much longer where that memory has to be fetched), and
sees four pixels of each block only. The copies are made once, off the Qt thread, and take a
fifteenth of the picture's own memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ui.viewer.rendering import reduced

LARGE: Final = 16_000_000
"""Pixels from which on a picture gets smaller copies."""

STEP: Final = 4
"""Each copy has a quarter of the width and height of the one before."""

_SMALL: Final = 1_000_000
_ROWS: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class Copy:
    """A smaller copy.

    Attributes:
        plane: (h, w) or (h, w, 3).
        step: So many pixels of the picture, across and down, are one of the copy.
    """

    plane: NDArray[Any]
    step: int


Pyramid = tuple[Copy, ...]
"""Copies, the largest first; () for a picture that needs none."""


def build(plane: NDArray[Any]) -> Pyramid:
    """All copies of a picture; 400 megapixels take part of a second. For worker threads."""
    copies: list[Copy] = []
    step = 1
    while plane.shape[0] * plane.shape[1] > _SMALL and min(plane.shape[:2]) >= STEP:
        plane = _smaller(plane)
        step *= STEP
        copies.append(Copy(plane, step))
    return tuple(copies)


def best(pyramid: Pyramid, step: int) -> Copy | None:
    """The smallest copy that still has a pixel for every `step` of the picture."""
    fitting = [copy for copy in pyramid if copy.step <= step]
    return fitting[-1] if fitting else None


def _smaller(plane: NDArray[Any]) -> NDArray[Any]:
    """A band at a time, so that nothing as large as the picture is held beside it."""
    rows, columns = plane.shape[0] // STEP, plane.shape[1] // STEP
    small = np.empty((rows, columns, *plane.shape[2:]), plane.dtype)
    for first in range(0, rows, _ROWS):
        last = min(rows, first + _ROWS)
        band = plane[first * STEP : last * STEP, : columns * STEP]
        # Floats are averaged in their own kind, integers rounded down to it.
        small[first:last] = reduced(band, STEP)
    return small
