"""Which part of a picture is seen, how large: zoom, pan, fit."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

MOST = 64.0
"""Largest zoom: one pixel of the picture on 64 of the screen."""


@dataclass(frozen=True, slots=True)
class View:
    """A window on a picture. Distances on the screen are in physical pixels.

    Attributes:
        width: Of the window.
        height: Of the window.
        picture_width: In pixels of the picture.
        picture_height: In pixels of the picture.
        zoom: Pixels on the screen for each pixel of the picture.
        centre_x: Which place of the picture is in the middle; 0 is the left edge of its first
            column.
        centre_y: As `centre_x`, from the top.
        fitted: Whether the zoom follows the window.
    """

    width: int
    height: int
    picture_width: int
    picture_height: int
    zoom: float = 1.0
    centre_x: float = 0.0
    centre_y: float = 0.0
    fitted: bool = True

    @property
    def left(self) -> float:
        """The place of the picture at the window's left edge."""
        return self.centre_x - self.width / 2 / self.zoom

    @property
    def top(self) -> float:
        """The place of the picture at the window's upper edge."""
        return self.centre_y - self.height / 2 / self.zoom

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """A place on the screen as a place of the picture."""
        return self.left + x / self.zoom, self.top + y / self.zoom

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """A place of the picture as a place on the screen."""
        return (x - self.left) * self.zoom, (y - self.top) * self.zoom

    def on_copy(self, step: int) -> View:
        """The same window on a copy of which each pixel is `step` x `step` of the picture."""
        return replace(
            self,
            picture_width=self.picture_width // step,
            picture_height=self.picture_height // step,
            zoom=self.zoom * step,
            centre_x=self.centre_x / step,
            centre_y=self.centre_y / step,
        )

    def fit(self) -> View:
        """The whole picture, as large as it goes, and kept so when the window changes."""
        if not (self.width and self.height and self.picture_width and self.picture_height):
            return replace(self, fitted=True)
        return replace(
            self,
            zoom=self._fitting(),
            centre_x=self.picture_width / 2,
            centre_y=self.picture_height / 2,
            fitted=True,
        )

    def resized(self, width: int, height: int) -> View:
        """The window has another size; what was in its middle stays there."""
        changed = replace(self, width=width, height=height)
        return changed.fit() if self.fitted else changed._kept_in_sight()

    def for_picture(self, width: int, height: int) -> View:
        """Another picture: the same part of it, or all of it where its size is another."""
        if (width, height) == (self.picture_width, self.picture_height):
            return self
        return replace(self, picture_width=width, picture_height=height).fit()

    def alike(self, other: View) -> View:
        """The same part of this picture as another view shows of its own, as far as it fits."""
        if other.fitted or not (other.picture_width and other.picture_height and other.width):
            return self.fit()
        across = self.picture_width / other.picture_width
        return replace(
            self,
            # As many pixels more as the window is larger: the same part fills it.
            zoom=min(MOST, other.zoom * self.width / other.width / max(across, 1e-9)),
            centre_x=other.centre_x * across,
            centre_y=other.centre_y * self.picture_height / other.picture_height,
            fitted=False,
        )._kept_in_sight()

    def zoomed(self, factor: float, x: float | None = None, y: float | None = None) -> View:
        """Closer or farther; what is at (x, y) of the window stays there, by default its middle."""
        x = self.width / 2 if x is None else x
        y = self.height / 2 if y is None else y
        least = min(1.0, self._fitting()) / 4
        zoom = min(MOST, max(least, self.zoom * factor))
        place_x, place_y = self.to_picture(x, y)
        return replace(
            self,
            zoom=zoom,
            centre_x=place_x - (x - self.width / 2) / zoom,
            centre_y=place_y - (y - self.height / 2) / zoom,
            fitted=False,
        )._kept_in_sight()

    def actual_size(self) -> View:
        """One pixel of the picture on one of the screen."""
        return self.zoomed(1.0 / self.zoom)

    def panned(self, right: float, down: float) -> View:
        """The picture moved on the screen by that much."""
        return replace(
            self,
            centre_x=self.centre_x - right / self.zoom,
            centre_y=self.centre_y - down / self.zoom,
            fitted=False,
        )._kept_in_sight()

    def _fitting(self) -> float:
        if not (self.width and self.height and self.picture_width and self.picture_height):
            return 1.0
        return min(MOST, self.width / self.picture_width, self.height / self.picture_height)

    def _kept_in_sight(self) -> View:
        """The middle of the window never leaves the picture."""
        return replace(
            self,
            centre_x=_between(self.centre_x, 0, self.picture_width),
            centre_y=_between(self.centre_y, 0, self.picture_height),
        )


def next_zoom(zoom: float, closer: bool) -> float:
    """The next of the usual zooms: powers of the square root of two."""
    step = math.log2(zoom) * 2
    number = math.floor(step + 1 + 1e-6) if closer else math.ceil(step - 1 - 1e-6)
    return float(2.0 ** (number / 2))


def _between(value: float, low: float, high: float) -> float:
    return min(high, max(low, value))
