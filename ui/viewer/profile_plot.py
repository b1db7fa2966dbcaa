"""The values under a line that is drawn on a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.theme import Size, TextSize, Theme
from ui.viewer.wording import counts, number

HEIGHT = 104


class ProfilePlot(QWidget):
    """A curve: distance along the line to the right, value upwards.

    Attributes:
        pointed: The mouse is over this sample (an index), or nowhere (-1).
    """

    pointed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._values: NDArray[np.float64] = np.empty(0)
        self._length_px = 0.0
        self._pixel_size_um: float | None = None
        self._whole = True
        self._under_mouse = -1
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Values along the line"))
        self.hide()

    def show_profile(
        self,
        values: NDArray[np.float64],
        length_px: float,
        pixel_size_um: float | None,
        whole: bool,
    ) -> None:
        """Show values.

        Args:
            values: (n,), evenly spaced from the line's start to its end.
            length_px: Of the line.
            pixel_size_um: Where it is known, distances are shown in micrometres.
            whole: Whether values are whole counts.
        """
        self._values = values
        self._length_px = length_px
        self._pixel_size_um = pixel_size_um
        self._whole = whole
        self.show()
        self.update()

    @property
    def values(self) -> NDArray[np.float64]:
        """What is shown."""
        return self._values

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        room = self._room()
        share = (event.position().x() - room.left()) / room.width()
        last = len(self._values) - 1
        self._under_mouse = round(share * last) if 0 <= share <= 1 else -1
        self.pointed.emit(self._under_mouse)
        self.update()

    @override
    def leaveEvent(self, event: object) -> None:
        self._under_mouse = -1
        self.pointed.emit(-1)
        self.update()

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = self._theme.colours
        room = self._room()
        painter.setPen(QPen(colours.line, 1))
        painter.drawLine(room.bottomLeft(), room.bottomRight())
        finite = self._values[np.isfinite(self._values)]
        if len(self._values) < 2 or not finite.size:
            return
        low, high = float(finite.min()), float(finite.max())
        span = high - low if high > low else 1.0
        self._paint_labels(painter, room, low, high)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.accent, 1.5))
        painter.drawPolyline(self._curve(room, low, span))
        if 0 <= self._under_mouse < len(self._values):
            self._paint_mouse(painter, room, low, span)

    def _curve(self, room: QRectF, low: float, span: float) -> QPolygonF:
        last = len(self._values) - 1
        # Not more points than pixels twice over: a line across a large picture has thousands.
        step = max(1, last // (2 * max(1, round(room.width()))))
        return QPolygonF(
            [
                QPointF(
                    room.left() + room.width() * place / last,
                    room.bottom() - room.height() * (float(self._values[place]) - low) / span,
                )
                for place in range(0, last + 1, step)
                if np.isfinite(self._values[place])
            ]
        )

    def _paint_labels(self, painter: QPainter, room: QRectF, low: float, high: float) -> None:
        painter.setFont(self._theme.font(TextSize.SMALL))
        painter.setPen(self._theme.colours.secondary)
        beside = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, y in ((high, room.top()), (low, room.bottom())):
            place = QRectF(0, y - 8, room.left() - 6, 16)
            painter.drawText(place, beside, counts(value, self._whole))
        below = QRectF(room.left(), room.bottom() + 2, room.width(), 16)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, self._distance(1.0))

    def _paint_mouse(self, painter: QPainter, room: QRectF, low: float, span: float) -> None:
        value = float(self._values[self._under_mouse])
        share = self._under_mouse / (len(self._values) - 1)
        x = room.left() + room.width() * share
        painter.setPen(QPen(self._theme.colours.field_border, 1))
        painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
        if not np.isfinite(value):
            return
        y = room.bottom() - room.height() * (value - low) / span
        painter.setBrush(self._theme.colours.accent)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawEllipse(QPointF(x, y), 3, 3)
        painter.setPen(self._theme.colours.text)
        text = f"{counts(value, self._whole)}  ({self._distance(share)})"
        below = QRectF(x - 90, room.bottom() + 2, 180, 16)
        below.moveLeft(min(max(below.left(), room.left() + 20), room.right() - 240))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)

    def _distance(self, share: float) -> str:
        if self._pixel_size_um is None:
            return f"{number(share * self._length_px, 0)} px"
        return f"{number(share * self._length_px * self._pixel_size_um, 1)} µm"

    def _room(self) -> QRectF:
        return QRectF(64, 12, max(1, self.width() - 64 - Size.PADDING), HEIGHT - 34)
