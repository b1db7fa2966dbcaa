"""Paints a plot that was laid out: axes, gaps, lines, and what is under the cursor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from ui.plots.palette import line_colour, line_style
from ui.plots.picture import Line, PlotPicture
from ui.plots.ticks import time_step_s, time_text, time_ticks
from ui.plots.tracing import DENSE, lines
from ui.theme import TextSize, Theme

_TIME_PITCH: Final = 48.0
"""Between the words of two times, at least, in pixels."""

_THICK: Final = (QPointF(0, 0), QPointF(0.6, 0), QPointF(0, 0.6))
"""A line 1.6 pixels thick is painted as three thin ones: Qt paints a thin smooth line thirty times
faster than one that has a width."""

RIGHT_OF_NOW: Final = 8.0
"""The dot at the end of a line may reach so far out of the area."""


def paint_background(painter: QPainter, picture: PlotPicture, theme: Theme) -> None:
    """Paint everything that is behind the lines."""
    painter.setFont(theme.font(TextSize.SMALL))
    _paint_times(painter, picture, theme)
    _paint_axes(painter, picture, theme)
    _paint_gaps(painter, picture, theme)


def paint_line(painter: QPainter, picture: PlotPicture, line: Line, theme: Theme) -> None:
    """Paint one line of a plot."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setClipRect(picture.area.adjusted(-1, -4, RIGHT_OF_NOW, 4))
    _paint_line(painter, line, theme)
    painter.restore()


def paint_cursor(painter: QPainter, picture: PlotPicture, theme: Theme, x: float) -> None:
    """Paint a line at a pixel, and a dot where it crosses each line of the plot."""
    colours = theme.colours
    at_s = picture.time_at(x)
    painter.setPen(QPen(colours.field_border, 1))
    painter.drawLine(QPointF(x, picture.area.top()), QPointF(x, picture.area.bottom()))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for line in picture.lines:
        value = line.series.at(at_s, picture.now_s)
        if value is not None:
            painter.setPen(QPen(colours.island, 1.5))
            painter.setBrush(line_colour(theme, line.series.slot))
            painter.drawEllipse(line.point(at_s, value), 3.5, 3.5)


def _paint_times(painter: QPainter, picture: PlotPicture, theme: Theme) -> None:
    area, metrics = picture.area, QFontMetricsF(painter.font())
    longest = metrics.horizontalAdvance("00:00:00") + _TIME_PITCH
    most = max(1, int(area.width() / longest))
    step_s = time_step_s(picture.span_s, most)
    painter.setPen(QPen(theme.colours.line, 1))
    foot = round(area.bottom()) + 0.5
    painter.drawLine(QPointF(area.left(), foot), QPointF(area.right(), foot))
    for at_s in time_ticks(picture.begun_s, picture.end_s, most):
        x = area.left() + (at_s - picture.begun_s) / picture.span_s * area.width()
        text = time_text(at_s, step_s)
        half = metrics.horizontalAdvance(text) / 2 + 1
        if x - half < 0 or x + half > area.right() + RIGHT_OF_NOW:
            continue
        painter.setPen(QPen(theme.colours.line, 1))
        painter.drawLine(QPointF(round(x) + 0.5, foot), QPointF(round(x) + 0.5, foot + 3))
        painter.setPen(theme.colours.secondary)
        place = QRectF(x - half, foot + 3, 2 * half, 15)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)


def _paint_axes(painter: QPainter, picture: PlotPicture, theme: Theme) -> None:
    area, several = picture.area, len(picture.axes) > 1
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for axis in picture.axes:
        column, scale = axis.column, axis.scale
        if column is None:
            continue
        if several:
            painter.setPen(theme.colours.secondary)
            painter.drawText(
                QRectF(column.left(), column.top() - 2, column.width(), 14), right, scale.unit
            )
            # Which lines the axis is for: a stroke of each colour along it.
            part = area.height() / len(scale.series)
            for i, series in enumerate(scale.series):
                painter.fillRect(
                    QRectF(column.right() + 4, area.top() + i * part, 2, part),
                    line_colour(theme, series.slot),
                )
        for value, text in axis.marks:
            y = area.bottom() - (value - scale.low) / (scale.high - scale.low) * area.height()
            if not several:
                painter.setPen(QPen(theme.colours.line, 1))
                level = round(y) + 0.5
                painter.drawLine(QPointF(area.left(), level), QPointF(area.right(), level))
            painter.setPen(theme.colours.secondary)
            painter.drawText(QRectF(column.left() - 8, y - 8, column.width() + 8, 16), right, text)


def _paint_gaps(painter: QPainter, picture: PlotPicture, theme: Theme) -> None:
    area = picture.area
    shade = QColor(theme.colours.stale)
    shade.setAlpha(36)
    for begun_s, end_s in picture.unknown():
        scale = area.width() / picture.span_s
        left = area.left() + max(0.0, (begun_s - picture.begun_s) * scale)
        upto_s = picture.now_s if math.isinf(end_s) else end_s
        right = area.left() + min(area.width(), (upto_s - picture.begun_s) * scale)
        if right <= left:
            continue
        place = QRectF(left, area.top(), max(1.0, right - left), area.height())
        painter.fillRect(place, shade)
        word = _word("stale")
        if QFontMetricsF(painter.font()).horizontalAdvance(word) + 6 < place.width():
            painter.setPen(theme.colours.stale)
            below = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
            painter.drawText(place.adjusted(0, 0, 0, -2), below, word)


def _paint_line(painter: QPainter, line: Line, theme: Theme) -> None:
    series = line.series
    colour = line_colour(theme, series.slot)
    pieces = lines(line.trace, line.frame, in_steps=series.what.in_steps)
    dense = sum(piece.size() for piece in pieces) > DENSE * line.frame.area.width() / 2
    pen = QPen(colour, 1)
    if not dense:
        pen.setStyle(line_style(series.slot, is_set=series.what.is_set and not series.what.options))
        # Along a dashed line the dashes are counted from its start, so they would walk to the left.
        pen.setDashOffset(-line.frame.area.left())
    painter.setPen(pen)
    for piece in pieces:
        _stroke(painter, piece, (QPointF(0, 0),) if dense else _THICK)
    value = series.value
    if value is not None and line.frame.begun_s <= line_end(line) <= line.frame.end_s + 1e-3:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(line.point(line_end(line), value), 3.5, 3.5)


def line_end(line: Line) -> float:
    """The time of the last point of a line."""
    return float(line.trace.times[-1]) if line.trace.times.size else math.inf


def _stroke(painter: QPainter, piece: QPolygonF, offsets: Sequence[QPointF]) -> None:
    for offset in offsets:
        painter.translate(offset)
        painter.drawPolyline(piece)
        painter.translate(-offset)


def _word(text: str) -> str:
    return QCoreApplication.translate("Plot", text)
