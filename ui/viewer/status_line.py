"""The line under a picture: where the mouse is and what is there, what is shown and how."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from ui.theme import Size, TextSize, Theme

_GAP = 18.0


@dataclass(frozen=True, slots=True)
class Said:
    """One part of the line.

    Attributes:
        text: What it says; '' takes no room.
        strong: Weight 600.
        role: A colour role.
    """

    text: str
    strong: bool = False
    role: str = "secondary"


class StatusLine(QWidget):
    """Painted, not laid out: it changes with every move of the mouse and every frame.

    Where room is short, the parts at the right give way, the first one first.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._left: tuple[Said, ...] = ()
        self._right: tuple[Said, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(Size.STATUS_LINE)

    def say_left(self, *parts: Said) -> None:
        """Where the mouse is and what is there."""
        if parts != self._left:
            self._left = parts
            self._said()

    def say_right(self, *parts: Said) -> None:
        """What is shown and how."""
        if parts != self._right:
            self._right = parts
            self._said()

    @property
    def text(self) -> str:
        """Everything it says, with two spaces between the parts."""
        return "  ".join(part.text for part in (*self._left, *self._right) if part.text)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(80, Size.STATUS_LINE)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = float(Size.PADDING)
        for part in self._left:
            if part.text:
                left += self._paint(painter, part, left) + _GAP
        right = self.width() - float(Size.PADDING)
        for part in reversed(self._right):
            width = self._width(part)
            if not part.text or right - width < left:
                continue
            self._paint(painter, part, right - width)
            right -= width + _GAP

    def _paint(self, painter: QPainter, part: Said, left: float) -> float:
        width = self._width(part)
        painter.setFont(self._theme.font(TextSize.SMALL, strong=part.strong))
        painter.setPen(self._theme.colours.role(part.role))
        painter.drawText(
            QRectF(left, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, part.text
        )
        return width

    def _width(self, part: Said) -> float:
        font = self._theme.font(TextSize.SMALL, strong=part.strong)
        return QFontMetricsF(font).horizontalAdvance(part.text)

    def _said(self) -> None:
        self.setAccessibleName(self.text)
        self.update()
