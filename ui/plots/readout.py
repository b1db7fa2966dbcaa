"""What the lines say under the cursor: a small island beside it, as high as it needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.models.numbers import NumberStyle
from ui.plots.palette import line_colour
from ui.plots.picture import PlotPicture
from ui.plots.ticks import moment_text
from ui.theme import TextSize, Theme

_ROW: Final = 16
_PAD: Final = 8
_SAMPLE: Final = 10
_BETWEEN: Final = 10
_AWAY: Final = 12
"""From the cursor, in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One line of the readout."""

    colour: QColor
    title: str
    value: str


def readings(picture: PlotPicture, at_s: float, theme: Theme, style: NumberStyle) -> list[Reading]:
    """What every line says at a moment."""
    return [
        Reading(
            line_colour(theme, line.series.slot),
            line.series.title,
            line.series.text(line.series.at(at_s, picture.now_s), style),
        )
        for line in picture.lines
    ]


class Readout(QWidget):
    """A tool tip of rows; never in the mouse's way, and higher than a low plot if need be."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        """Hidden."""
        super().__init__(parent, Qt.WindowType.ToolTip)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._theme = theme
        self._moment = ""
        self._rows: Sequence[Reading] = ()

    @property
    def text(self) -> str:
        """What it says, a line a row."""
        return "\n".join([self._moment, *(f"{row.title} {row.value}" for row in self._rows)])

    def show_beside(
        self, place: QPoint, within: QRect, picture: PlotPicture, at_s: float, style: NumberStyle
    ) -> None:
        """Show what the lines say at a moment.

        Args:
            place: The cursor on the screen.
            within: The plot on the screen; the readout ends where it ends.
            picture: The plot.
            at_s: The moment.
            style: How numbers are written.
        """
        self._moment = moment_text(at_s, picture.span_s)
        self._rows = readings(picture, at_s, self._theme, style)
        size = self._size()
        left = place.x() + _AWAY
        if left + size.width() > within.right():
            left = place.x() - _AWAY - size.width()
        top = max(within.top(), within.bottom() - size.height() - _AWAY)
        if size.height() > within.height():
            top = within.bottom() - size.height()
        screen = self.screen().availableGeometry()
        self.setGeometry(max(screen.left(), left), max(screen.top(), top), *size.toTuple())
        self.show()
        self.update()

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.fillRect(self.rect(), colours.island)
        painter.setPen(QPen(colours.button_border, 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.setFont(self._theme.font(TextSize.SMALL, strong=True))
        painter.setPen(colours.text)
        inside = QRectF(self.rect()).adjusted(_PAD, 4, -_PAD, -4)
        painter.drawText(
            QRectF(inside.left(), inside.top(), inside.width(), _ROW), middle, self._moment
        )
        for i, row in enumerate(self._rows):
            place = QRectF(inside.left(), inside.top() + (i + 1) * _ROW, inside.width(), _ROW)
            painter.fillRect(QRectF(place.left(), place.center().y() - 1, 7, 2), row.colour)
            painter.setFont(self._theme.font(TextSize.SMALL))
            painter.setPen(colours.secondary)
            painter.drawText(place.adjusted(_SAMPLE, 0, 0, 0), middle, row.title)
            painter.setFont(self._theme.font(TextSize.SMALL, strong=True))
            painter.setPen(colours.text)
            painter.drawText(place, middle | Qt.AlignmentFlag.AlignRight, row.value)

    def _size(self) -> QSize:
        plain = QFontMetricsF(self._theme.font(TextSize.SMALL))
        strong = QFontMetricsF(self._theme.font(TextSize.SMALL, strong=True))
        titles = max((plain.horizontalAdvance(row.title) for row in self._rows), default=0.0)
        values = max((strong.horizontalAdvance(row.value) for row in self._rows), default=0.0)
        wide = max(_SAMPLE + titles + _BETWEEN + values, strong.horizontalAdvance(self._moment))
        return QSize(round(wide) + 2 * _PAD + 2, (len(self._rows) + 1) * _ROW + 8)
