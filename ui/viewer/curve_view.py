"""Draws the curves of a file: axes, lines, a legend, and the values under the mouse."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.theme import Size, TextSize, Theme
from ui.viewer.curves import Curve, Curves, extent, thinned, tick_words, ticks
from ui.viewer.wording import counts

_LEGEND: Final = 22
_BELOW: Final = 36
_LIGHT: Final = ("", "C2570C", "0E8A86", "A3297A", "6B5B3E", "2E9BD6")
_DARK: Final = ("", "F2A65A", "3EC6B6", "F08CC8", "C2AE86", "A5E1FF")


class CurveView(QWidget):
    """Curves over one axis; the mouse reads them.

    Attributes:
        curves: What is drawn.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._mouse: float | None = None
        self.curves = Curves(())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Curves"))

    def show_curves(self, curves: Curves) -> None:
        """Draw these."""
        self.curves = curves
        self._mouse = None
        names = ", ".join(curve.title for curve in curves.lines)
        self.setAccessibleDescription(
            self.tr("{names} over {axis}").format(names=names, axis=curves.axis)
        )
        self.update()

    def readout(self, x: float) -> list[tuple[str, str]]:
        """Name and value of the axis and of every line, at the sample nearest to `x`."""
        if not self.curves.lines:
            return []
        xs = self.curves.lines[0].x
        place = int(np.argmin(np.abs(xs - x)))
        said = [(self.curves.axis, counts(float(xs[place]), False))]
        return said + [
            (curve.title, counts(float(curve.y[place]), False)) for curve in self.curves.lines
        ]

    @override
    def sizeHint(self) -> QSize:
        return QSize(480, 220)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(160, 110)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._mouse = event.position().x()
        self.update()

    @override
    def leaveEvent(self, event: object) -> None:
        self._mouse = None
        self.update()

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colours.field)
        painter.setFont(self._theme.font(TextSize.SMALL))
        across = extent([curve.x for curve in self.curves.lines])
        down = extent([curve.y for curve in self.curves.lines])
        if across is None or down is None:
            return
        metrics = QFontMetricsF(painter.font())
        room = self._room(metrics, down)
        self._paint_axes(painter, room, across, down)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, curve in enumerate(self.curves.lines):
            painter.setPen(QPen(self._colour(number), 1.5))
            for piece in _pieces(curve, room, across, down):
                painter.drawPolyline(piece)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        x = None
        if self._mouse is not None and room.left() <= self._mouse <= room.right():
            x = across[0] + (self._mouse - room.left()) / room.width() * (across[1] - across[0])
            painter.setPen(QPen(self._theme.colours.field_border, 1))
            painter.drawLine(QPointF(self._mouse, room.top()), QPointF(self._mouse, room.bottom()))
        self._paint_legend(painter, room, x)

    def _room(self, metrics: QFontMetricsF, down: tuple[float, float]) -> QRectF:
        words = tick_words(ticks(*down, max(2, self.height() // 36)))
        widest = max((metrics.horizontalAdvance(word) for word in words), default=0.0)
        left = widest + 2 * Size.GRID
        width = self.width() - left - 2 * Size.PADDING
        return QRectF(left, _LEGEND + 8, max(8, width), max(8, self.height() - _LEGEND - _BELOW))

    def _paint_axes(
        self,
        painter: QPainter,
        room: QRectF,
        across: tuple[float, float],
        down: tuple[float, float],
    ) -> None:
        colours = self._theme.colours
        painter.setPen(QPen(colours.line, 1))
        values = ticks(*down, max(2, self.height() // 36))
        for value, word in zip(values, tick_words(values), strict=True):
            y = room.bottom() - (value - down[0]) / (down[1] - down[0]) * room.height()
            painter.setPen(QPen(colours.line, 1))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            painter.setPen(colours.secondary)
            beside = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(0, y - 8, room.left() - Size.GRID, 16), beside, word)
        values = ticks(*across, max(2, int(room.width() / 90)))
        for value, word in zip(values, tick_words(values), strict=True):
            x = room.left() + (value - across[0]) / (across[1] - across[0]) * room.width()
            painter.setPen(QPen(colours.line, 1))
            painter.drawLine(QPointF(x, room.bottom()), QPointF(x, room.bottom() + 4))
            painter.setPen(colours.secondary)
            below = QRectF(x - 45, room.bottom() + 5, 90, 16)
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter, word)

    def _paint_legend(self, painter: QPainter, room: QRectF, x: float | None) -> None:
        """Names, and under the mouse values; what has no room is left out."""
        colours = self._theme.colours
        metrics = QFontMetricsF(painter.font())
        left = room.left()
        values = dict(enumerate(self.readout(x))) if x is not None else {}
        entries: list[tuple[int | None, str]] = []
        if x is not None:
            entries.append((None, self.curves.axis))
        entries += [(number, curve.title) for number, curve in enumerate(self.curves.lines)]
        for number, title in entries:
            place = 0 if number is None else number + 1
            word = f"{title}  {values[place][1]}" if place in values else title
            width = metrics.horizontalAdvance(word)
            if left + width + 22 > self.width() - Size.GRID:
                break
            if number is not None:
                painter.fillRect(QRectF(left, _LEGEND / 2 + 3, 14, 3), self._colour(number))
                left += 20
            painter.setPen(colours.text)
            area = QRectF(left, 4, width + 2, _LEGEND - 4)
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, word)
            left += width + 18
        if self.curves.left_out and x is None:
            painter.setPen(colours.secondary)
            word = self.tr("{count} more").format(count=self.curves.left_out)
            if left + metrics.horizontalAdvance(word) < self.width() - Size.GRID:
                area = QRectF(left, 4, 120, _LEGEND - 4)
                painter.drawText(area, Qt.AlignmentFlag.AlignVCenter, word)

    def _colour(self, number: int) -> QColor:
        name = (_DARK if self._theme.dark else _LIGHT)[number % len(_LIGHT)]
        return QColor(f"#{name}") if name else QColor(self._theme.colours.accent)


def _pieces(
    curve: Curve, room: QRectF, across: tuple[float, float], down: tuple[float, float]
) -> list[QPolygonF]:
    """The unbroken parts of a line, in pixels."""
    x, y = thinned(curve.x, curve.y, max(1, round(room.width())))
    # Shares of the axis, halved on the way, so that the largest numbers do not overflow.
    shares_x = (x / 2 - across[0] / 2) / (across[1] / 2 - across[0] / 2)
    shares_y = (y / 2 - down[0] / 2) / (down[1] / 2 - down[0] / 2)
    pixels_x = room.left() + shares_x * room.width()
    pixels_y = room.bottom() - shares_y * room.height()
    known = np.isfinite(pixels_y) & np.isfinite(pixels_x)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], known, [False])).astype(np.int8)))
    pieces = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        places = zip(pixels_x[start:end].tolist(), pixels_y[start:end].tolist(), strict=True)
        points = [QPointF(px, py) for px, py in places]
        pieces.append(QPolygonF(points if len(points) > 1 else [points[0], points[0]]))
    return pieces
