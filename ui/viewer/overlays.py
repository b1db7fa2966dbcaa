"""What is painted over a picture: the scale bar, marks with their statistics, a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from ui.viewer.wording import length, round_length

_LIGHT = QColor(255, 255, 255)
_SHADE = QColor(0, 0, 0, 190)
_SOFT = QColor(222, 226, 231)


@dataclass(frozen=True, slots=True)
class Overlay:
    """What to paint over a picture.

    Attributes:
        pixel_size_um: For the scale bar; None paints none.
        statistics: Lines of text beside the rectangle.
    """

    pixel_size_um: float | None = None
    statistics: tuple[str, ...] = ()


def paint_scale_bar(painter: QPainter, area: QRect, pixels_per_um: float) -> None:
    """A bar of a round length at the lower right, with its length above it."""
    most = min(160.0, area.width() / 3)
    if not 0 < pixels_per_um < 1e9 or most < 24:
        return
    um = round_length(most / pixels_per_um)
    bar = um * pixels_per_um
    right, bottom = area.right() - 16.0, area.bottom() - 14.0
    font = painter.font()
    font.setPixelSize(11)
    font.setWeight(font.Weight.DemiBold)
    painter.save()
    painter.setFont(font)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.fillRect(QRectF(right - bar - 1, bottom - 5, bar + 2, 6), _SHADE)
    painter.fillRect(QRectF(right - bar, bottom - 4, bar, 4), _LIGHT)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _outlined(painter, QRectF(right - bar - 60, bottom - 24, bar + 120, 16), length(um))
    painter.restore()


def paint_rectangle(
    painter: QPainter, area: QRect, corners: Sequence[QPointF], colour: QColor, overlay: Overlay
) -> None:
    """A rectangle with a handle at each corner and its statistics beside it."""
    shape = QPolygonF(list(corners))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_SHADE, 3))
    painter.drawPolygon(shape)
    painter.setPen(QPen(colour, 1.4))
    painter.drawPolygon(shape)
    for corner in corners:
        painter.fillRect(_square(corner), colour)
    painter.restore()
    if overlay.statistics:
        _paint_statistics(painter, area, shape.boundingRect(), overlay.statistics)


def paint_line(painter: QPainter, ends: Sequence[QPointF], colour: QColor) -> None:
    """A line with a handle at each end; its start is filled."""
    painter.save()
    painter.setPen(QPen(_SHADE, 3.5))
    painter.drawLine(ends[0], ends[1])
    painter.setPen(QPen(colour, 1.6))
    painter.drawLine(ends[0], ends[1])
    painter.setBrush(colour)
    painter.drawEllipse(ends[0], 4, 4)
    painter.setBrush(_SHADE)
    painter.drawEllipse(ends[1], 4, 4)
    painter.restore()


def paint_note(painter: QPainter, area: QRect, note: str, *, plate: bool) -> None:
    """A sentence in the middle, wrapped; over a picture on a dark plate."""
    room = QRectF(area).adjusted(24, 12, -24, -12)
    flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
    needed = painter.boundingRect(room, flags, note)
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_SHADE)
    if plate:
        painter.drawRoundedRect(needed.adjusted(-10, -6, 10, 6), 5, 5)
    painter.setPen(_SOFT)
    painter.drawText(room, flags, note)
    painter.restore()


def _paint_statistics(painter: QPainter, area: QRect, around: QRectF, lines: Sequence[str]) -> None:
    """A small dark plate to the right of the rectangle, or wherever there is room."""
    painter.save()
    font = painter.font()
    font.setPixelSize(11)
    painter.setFont(font)
    metrics = QFontMetricsF(font)
    width = max(metrics.horizontalAdvance(line) for line in lines) + 12
    height = metrics.height() * len(lines) + 6
    left = around.right() + 6
    if left + width > area.right():
        left = max(area.left() + 4.0, around.left() - 6 - width)
    top = min(max(around.top(), area.top() + 4.0), area.bottom() - height - 4)
    plate = QRectF(left, top, width, height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_SHADE)
    painter.drawRoundedRect(plate, 4, 4)
    painter.setPen(_SOFT)
    for number, line in enumerate(lines):
        row = QRectF(left + 6, top + 3 + number * metrics.height(), width, metrics.height())
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, line)
    painter.restore()


def _outlined(painter: QPainter, room: QRectF, text: str) -> None:
    """White on a dark outline: readable on whatever is behind."""
    painter.setPen(_SHADE)
    for right, down in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        painter.drawText(room.translated(right, down), Qt.AlignmentFlag.AlignCenter, text)
    painter.setPen(_LIGHT)
    painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)


def _square(place: QPointF) -> QRectF:
    return QRectF(place.x() - 2.5, place.y() - 2.5, 5, 5)
