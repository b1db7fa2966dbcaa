"""One drawing of a plot, in slices, so that many long lines keep nobody waiting."""

from __future__ import annotations

import time
from collections import deque
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPixmap

from ui.plots.painting import paint_background, paint_line
from ui.plots.picture import PlotPicture
from ui.theme import Theme

SLICE_S: Final = 0.006
"""How long drawing may keep the Qt thread at a stretch."""


class Drawing:
    """Draws a plot that was laid out, line by line.

    Attributes:
        picture: What is drawn.
        layer: Where; whole when all lines are on it.
        took_ms: How long it took so far, without the pauses.
    """

    def __init__(self, picture: PlotPicture, theme: Theme, size: QSize, ratio: float) -> None:
        """Begin a drawing.

        Args:
            picture: What to draw.
            theme: Where the colours come from.
            size: Of the plot, in device-independent pixels.
            ratio: Device pixels in each of them.
        """
        self.picture = picture
        self.layer = QPixmap(size * ratio)
        self.layer.setDevicePixelRatio(ratio)
        self.layer.fill(Qt.GlobalColor.transparent)
        self.took_ms = 0.0
        self._theme = theme
        self._begun = False
        self._left = deque(picture.lines)

    def go_on(self) -> bool:
        """Draw for a few milliseconds, a line at least; True when all is drawn."""
        return self._draw(SLICE_S)

    def finish(self) -> None:
        """Draw all that is left."""
        self._draw(float("inf"))

    def _draw(self, slice_s: float) -> bool:
        began_s = time.perf_counter()
        painter = QPainter(self.layer)
        if not self._begun:
            self._begun = True
            paint_background(painter, self.picture, self._theme)
        while self._left:
            paint_line(painter, self.picture, self._left.popleft(), self._theme)
            if time.perf_counter() - began_s >= slice_s:
                break
        painter.end()
        self.took_ms += 1000 * (time.perf_counter() - began_s)
        return not self._left
