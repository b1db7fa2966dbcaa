"""Icon and words that can be clicked, without a border."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget
from typing_extensions import override

from ui.icons import paint_icon
from ui.theme import Size, Theme


class StatusButton(QAbstractButton):
    """Icon and words without a border, as at the right of the top bar; takes no room when empty.

    Args:
        theme: Where font and colours come from.
        glyph: As for `ui.icons.icon`.
        text: What it says.
        most: The width beyond which words are cut off, in pixels; 0 for none.
        opens: Whether it opens a menu, which a chevron tells.
    """

    def __init__(
        self,
        theme: Theme,
        glyph: str,
        text: str = "",
        *,
        most: int = 0,
        opens: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._most = most
        self._opens = opens
        self._theme = theme
        self._glyph = glyph
        self._role = "text"
        self.setFont(theme.font())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.show_status(text, glyph, "text")

    @property
    def role(self) -> str:
        """The colour of its words."""
        return self._role

    def show_status(self, text: str, glyph: str, role: str) -> None:
        """Change what is shown.

        Args:
            text: The words.
            glyph: As for `ui.icons.icon`.
            role: The colour of the words, and of the icon where it is not 'text'.
        """
        self._glyph, self._role = glyph, role
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        text = self.fontMetrics().horizontalAdvance(self.text())
        width = text + 22 + 16 + self._chevron if self.text() else 0
        return QSize(min(width, self._most or width), Size.CONTROL)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 60), Size.CONTROL)

    @property
    def _chevron(self) -> int:
        return 20 if self._opens else 0

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self.text():
            return
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() and self.focusPolicy() != Qt.FocusPolicy.NoFocus:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.hover)
            painter.drawRoundedRect(QRectF(self.rect()), 5, 5)
        role = self._role if self._role != "text" else "secondary"
        mark = QRect(8, 0, 15, self.height())
        paint_icon(painter, self._theme, self._glyph, mark, role)
        painter.setFont(self.font())
        painter.setPen(colours.role(self._role))
        words = self.rect().adjusted(28, 0, -4 - self._chevron, 0)
        if self._opens:
            square = QRect(self.width() - 20, 0, 14, self.height())
            paint_icon(painter, self._theme, "open", square, "secondary")
        painter.drawText(
            words,
            Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine,
            painter.fontMetrics().elidedText(
                self.text(), Qt.TextElideMode.ElideRight, words.width()
            ),
        )
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 5, 5)
