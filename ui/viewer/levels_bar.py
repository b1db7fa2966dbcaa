"""The histogram on its side, with a colour bar and a handle at each level."""

from __future__ import annotations

import enum
from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.theme import TextSize, Theme, blend
from ui.viewer.colour_maps import GREY, ColourMap
from ui.viewer.levels import Histogram, Levels
from ui.viewer.wording import counts

_BAR_LEFT: Final = 6
_BAR_WIDTH: Final = 8
_PLOT_LEFT: Final = 20
_ABOVE: Final = 10
_BELOW: Final = 20
_REACH: Final = 9


class Handle(enum.Enum):
    """Which of the two levels."""

    LOW = "low"
    HIGH = "high"


class LevelsBar(QWidget):
    """Counts from the bottom up, how often they occur to the right, logarithmically.

    Drag a handle, or choose one by the arrow keys left and right and move it by up and down.

    Attributes:
        changed: The operator moved a level; the new `Levels`.
    """

    changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._histogram: Histogram | None = None
        self._levels: Levels | None = None
        self._colours = GREY
        self._whole = True
        self._locked = False
        self._active = Handle.HIGH
        self._dragged: Handle | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self._say()

    @property
    def levels(self) -> Levels | None:
        """The levels shown."""
        return self._levels

    @property
    def dragging(self) -> bool:
        """Whether a handle is held."""
        return self._dragged is not None

    def show_levels(self, levels: Levels | None, colours: ColourMap, whole: bool) -> None:
        """Show levels; without telling anybody.

        Args:
            levels: None where there is no picture.
            colours: For the bar.
            whole: Whether levels are whole counts.
        """
        if (levels, colours, whole) != (self._levels, self._colours, self._whole):
            self._levels, self._colours, self._whole = levels, colours, whole
            self._say()
            self.update()

    def show_histogram(self, histogram: Histogram | None) -> None:
        """Show how often which counts occur."""
        self._histogram = histogram
        self.update()

    def set_locked(self, locked: bool) -> None:
        """Whether the handles stay where they are."""
        self._locked = locked
        self.update()

    def handle_place(self, handle: Handle) -> QPointF:
        """Where a handle can be taken hold of."""
        value = 0.0
        if self._levels is not None:
            value = self._levels.high if handle is Handle.HIGH else self._levels.low
        return QPointF(_PLOT_LEFT + 30, self._y_of(value))

    @override
    def sizeHint(self) -> QSize:
        return QSize(116, 240)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(116, 80)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._locked or self._levels is None:
            return
        self._dragged = self._handle_at(event.position())
        if self._dragged is not None:
            self._active = self._dragged
            self.update()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged is not None:
            self._move(self._dragged, self._value_at(event.position().y()))
            return
        over = not self._locked and self._handle_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.SizeVerCursor if over else Qt.CursorShape.ArrowCursor)

    @override
    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._dragged = None

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._active = Handle.LOW if key == Qt.Key.Key_Left else Handle.HIGH
            self._say()
            self.update()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._levels and not self._locked:
            low, high = self._range()
            step = (high - low) / (
                20 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 200
            )
            step = max(1.0, round(step)) if self._whole else step
            now = self._levels.high if self._active is Handle.HIGH else self._levels.low
            self._move(self._active, now + (step if key == Qt.Key.Key_Up else -step))
        else:
            super().keyPressEvent(event)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = self._theme.colours
        bar = QRectF(_BAR_LEFT, _ABOVE, _BAR_WIDTH, self._span())
        painter.drawImage(bar, self._bar_image())
        painter.setPen(colours.field_border)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)
        if self._levels is None:
            return
        low_y, high_y = self._y_of(self._levels.low), self._y_of(self._levels.high)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = self._plot_shape()
        within = blend(colours.island, colours.secondary, 0.6)
        painter.fillPath(shape, colours.line)
        painter.save()
        painter.setClipRect(QRectF(_PLOT_LEFT, high_y, self.width(), low_y - high_y))
        painter.fillPath(shape, within)
        painter.restore()
        self._paint_handle(painter, Handle.HIGH, high_y, self._levels.high)
        self._paint_handle(painter, Handle.LOW, low_y, self._levels.low)

    def _paint_handle(self, painter: QPainter, handle: Handle, y: float, value: float) -> None:
        colours = self._theme.colours
        colour = colours.disabled if self._locked else colours.accent
        strong = self.hasFocus() and handle is self._active
        painter.setPen(QPen(colour, 2.5 if strong else 1.5))
        painter.drawLine(QPointF(_BAR_LEFT, y), QPointF(self.width() - 8, y))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPolygon(QPolygonF([QPointF(0, y - 5), QPointF(7, y), QPointF(0, y + 5)]))
        painter.setFont(self._theme.font(TextSize.SMALL, strong=strong))
        painter.setPen(colours.text)
        above = (handle is Handle.HIGH and y > 18) or y > self.height() - 18
        room = QRectF(_PLOT_LEFT, y - 17 if above else y + 1, self.width() - _PLOT_LEFT - 10, 16)
        painter.drawText(
            room,
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            counts(value, self._whole),
        )

    def _plot_shape(self) -> QPainterPath:
        """The outline of the histogram; each bin is a step."""
        path = QPainterPath()
        if self._histogram is None or not self._histogram.counts.any():
            return path
        logarithms = np.log1p(self._histogram.counts.astype(float))
        # The fullest bin is often the background alone; the fifth fullest gives the scale.
        most = max(float(np.sort(logarithms)[-5]), 1e-9)
        lengths = np.minimum(logarithms / most, 1.08) * (self.width() - _PLOT_LEFT - 16)
        low, high = self._histogram.low, self._histogram.high
        bins = len(lengths)
        path.moveTo(_PLOT_LEFT, self._y_of(low))
        for number, reach in enumerate(lengths):
            path.lineTo(_PLOT_LEFT + reach, self._y_of(low + (high - low) * number / bins))
            path.lineTo(_PLOT_LEFT + reach, self._y_of(low + (high - low) * (number + 1) / bins))
        path.lineTo(_PLOT_LEFT, self._y_of(high))
        path.closeSubpath()
        return path

    def _bar_image(self) -> QImage:
        """One column of pixels: the colour of each count from top to bottom."""
        height = max(2, round(self._span()))
        low, high = self._range()
        values = np.linspace(high, low, height)
        if self._levels is None:
            places = np.linspace(255, 0, height)
        else:
            width = self._levels.high - self._levels.low
            places = np.clip((values - self._levels.low) / width * 255, 0, 255)
        pixels = np.ascontiguousarray(self._colours.colours[places.astype(np.intp)])
        return QImage(pixels.data, 1, height, 4, QImage.Format.Format_RGB32).copy()

    def _move(self, handle: Handle, value: float) -> None:
        if self._levels is None:
            return
        low, high = self._range()
        least = 1.0 if self._whole else (high - low) / 1000
        value = float(round(value)) if self._whole else value
        value = min(high, max(low, value))
        if handle is Handle.HIGH:
            levels = Levels(self._levels.low, max(value, self._levels.low + least))
        else:
            levels = Levels(min(value, self._levels.high - least), self._levels.high)
        if levels != self._levels:
            self._levels = levels
            self._say()
            self.update()
            self.changed.emit(levels)

    def _handle_at(self, place: QPointF) -> Handle | None:
        """The nearer handle within reach; of two at one place the one that can still move."""
        if self._levels is None:
            return None
        from_high = abs(place.y() - self._y_of(self._levels.high))
        from_low = abs(place.y() - self._y_of(self._levels.low))
        if min(from_high, from_low) > _REACH:
            return None
        if abs(from_high - from_low) < 1:
            return Handle.HIGH if place.y() <= self._y_of(self._levels.high) else Handle.LOW
        return Handle.HIGH if from_high < from_low else Handle.LOW

    def _range(self) -> tuple[float, float]:
        if self._histogram is not None:
            return self._histogram.low, self._histogram.high
        return (0.0, 1.0) if self._levels is None else (self._levels.low, self._levels.high)

    def _span(self) -> float:
        return max(1.0, self.height() - _ABOVE - _BELOW)

    def _y_of(self, value: float) -> float:
        low, high = self._range()
        share = (value - low) / (high - low) if high > low else 0.0
        return _ABOVE + self._span() * (1 - min(1.0, max(0.0, share)))

    def _value_at(self, y: float) -> float:
        low, high = self._range()
        return low + (high - low) * (1 - (y - _ABOVE) / self._span())

    def _say(self) -> None:
        """For screen readers."""
        self.setAccessibleName(self.tr("Levels"))
        if self._levels is not None:
            low, high = (counts(v, self._whole) for v in (self._levels.low, self._levels.high))
            self.setAccessibleDescription(
                self.tr("Darkest at {low}, brightest at {high}").format(low=low, high=high)
            )
