"""The line over a tile."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.theme import Size, TextSize, Theme

_HEIGHT = 26


class TileTitle(QWidget):
    """A title, elided, and at the right how fast frames come; the one in front has an accent."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._said = ("", "", False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT)

    @property
    def text(self) -> str:
        """The title."""
        return self._said[0]

    @property
    def in_front(self) -> bool:
        """Whether tools and levels are those of this tile."""
        return self._said[2]

    def show_title(self, title: str, rate: str = "", *, in_front: bool) -> None:
        """Show a title.

        Args:
            title: Of the tab; plain text.
            rate: How fast frames come; '' where none do.
            in_front: Whether tools and levels are those of this tile.
        """
        if self._said != (title, rate, in_front):
            self._said = (title, rate, in_front)
            self.setAccessibleName(title)
            self.update()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(60, _HEIGHT)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        title, rate, in_front = self._said
        painter = QPainter(self)
        colours = self._theme.colours
        painter.fillRect(self.rect(), colours.selection if in_front else colours.island)
        if in_front:
            painter.fillRect(QRectF(0, 0, self.width(), 2), colours.accent)
        middle = Qt.AlignmentFlag.AlignVCenter
        right = float(self.width() - Size.GRID)
        painter.setFont(self._theme.font(TextSize.SMALL))
        width = QFontMetricsF(painter.font()).horizontalAdvance(rate)
        if rate and width < self.width() / 2:
            painter.setPen(colours.secondary)
            painter.drawText(QRectF(right - width, 0, width + 1, self.height()), middle, rate)
            right -= width + Size.GRID
        painter.setFont(self._theme.font(TextSize.SMALL, strong=in_front))
        painter.setPen(colours.text)
        room = QRectF(Size.GRID, 0, max(0.0, right - Size.GRID), self.height())
        elided = painter.fontMetrics().elidedText(
            title, Qt.TextElideMode.ElideRight, int(room.width())
        )
        painter.drawText(room, middle, elided)
