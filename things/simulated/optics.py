"""What falls on the camera's sensor: the slide, out of focus where it is, darker at the corners.

Defocus: light from a point `dz` out of focus arrives as a disc of radius `dz * tan(asin(NA))`;
its standard deviation along one axis is half the radius (a uniform disc). A constant share of the
light is scattered wide, which is the haze between the cells.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from things.simulated.cells import PIXEL_UM
from things.simulated.pyramid import VARIANCES_PX2, Canvas, FloatImage, blur_shares
from things.simulated.specimen import Slide

NUMERICAL_APERTURE = 0.5
"""Of the objective, in air."""

HAZE = 0.12
"""The share of light that is scattered wide."""

BACKGROUND = 0.008
"""Light where there is no cell; 1 is about a nucleus."""

_HAZE_LEVEL = 6
_HAZE_REACH_UM = 2 * PIXEL_UM * math.sqrt(VARIANCES_PX2[_HAZE_LEVEL])
_Z_STEP_UM = 0.1
_SPREAD = math.tan(math.asin(NUMERICAL_APERTURE)) / 2
_WIDEST_UM = 2 * PIXEL_UM * math.sqrt(VARIANCES_PX2[-1])
MARGIN_UM = 130.0
"""Cells farther from the window than this throw no light into it."""


class Microscope:
    """A slide seen through an objective by a sensor of fixed size.

    Remembers the last picture, so that looking again at the same place costs nothing. Not for
    several threads: whoever looks holds a lock.
    """

    def __init__(self, slide: Slide, height: int, width: int) -> None:
        """Look at a slide.

        Args:
            slide: What to look at.
            height: Of the sensor, in pixels.
            width: Of the sensor, in pixels.
        """
        self._slide = slide
        self._height, self._width = height, width
        self._canvas = Canvas(height, width)
        self._vignette = _vignette(height, width)
        self._seen: tuple[tuple[int, int, int], FloatImage] | None = None

    def look(self, x_mm: float, y_mm: float, z_mm: float) -> FloatImage:
        """The light on the sensor with the lamp full on.

        Args:
            x_mm: The point of the slide in the middle of the picture, in millimetres.
            y_mm: Likewise; it grows downwards in the picture.
            z_mm: Height of the focal plane, in millimetres.

        Returns:
            Shape (height, width), axes (y, x); 1 is about a nucleus. Not to be written to.
        """
        left = round(x_mm * 1000 / PIXEL_UM) - self._width // 2
        top = round(y_mm * 1000 / PIXEL_UM) - self._height // 2
        plane = round(z_mm * 1000 / _Z_STEP_UM)
        where = (left, top, plane)
        if self._seen is None or self._seen[0] != where:
            image = self._draw(left, top, plane * _Z_STEP_UM)
            image.flags.writeable = False
            self._seen = (where, image)
        return self._seen[1]

    def focus_um(self, x_mm: float, y_mm: float) -> float:
        """Where the slide's surface is in focus, in micrometres of z."""
        return self._slide.surface_um(x_mm * 1000, y_mm * 1000)

    def _draw(self, left: int, top: int, z_um: float) -> FloatImage:
        """Add up all cells that throw light into the window."""
        self._canvas.move_to(top, left)
        window = _Window.of_pixels(left, top, self._width, self._height)
        for place, cell in self._slide.cells(*window.grown(MARGIN_UM)):
            surface_um = self._slide.surface_um(cell.x_um, cell.y_um)
            spread_um = _SPREAD * abs(z_um - surface_um - cell.height_um)
            reach_um = cell.reach_um + max(_HAZE_REACH_UM, min(2.5 * spread_um, _WIDEST_UM))
            if not window.touches(cell.x_um, cell.y_um, reach_um):
                continue
            stamps = self._slide.picture(place)
            for level, share in blur_shares((spread_um / PIXEL_UM) ** 2):
                self._canvas.add(stamps[level], level, share * (1 - HAZE))
            self._canvas.add(stamps[_HAZE_LEVEL], _HAZE_LEVEL, HAZE)
        image = self._canvas.picture()
        image += np.float32(BACKGROUND)
        image *= self._vignette
        return image


@dataclass(frozen=True, slots=True)
class _Window:
    """A rectangle of the slide, in micrometres."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of_pixels(cls, left: int, top: int, width: int, height: int) -> _Window:
        return cls(
            left * PIXEL_UM, top * PIXEL_UM, (left + width) * PIXEL_UM, (top + height) * PIXEL_UM
        )

    def grown(self, by: float) -> tuple[float, float, float, float]:
        return (self.left - by, self.top - by, self.right + by, self.bottom + by)

    def touches(self, x: float, y: float, reach: float) -> bool:
        return (
            self.left - reach < x < self.right + reach
            and self.top - reach < y < self.bottom + reach
        )


def _vignette(height: int, width: int) -> FloatImage:
    """Light falling off from 1 in the middle, after the fourth power of the cosine."""
    row = (np.arange(height, dtype=np.float32) - (height - 1) / 2) / (width / 2)
    column = (np.arange(width, dtype=np.float32) - (width - 1) / 2) / (width / 2)
    # The lamp's spot stands a little off the axis, as it always does.
    distance2 = (row[:, None] - 0.04) ** 2 + (column[None, :] + 0.06) ** 2
    return (1 / (1 + 0.22 * distance2) ** 2).astype(np.float32)
