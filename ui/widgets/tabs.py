"""A tab in the header of an island: text, an icon perhaps, and a line under the open one."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget
from typing_extensions import override

from ui.icons import paint_icon
from ui.theme import Size, Theme


class TabButton(QAbstractButton):
    """One tab; put several into a `QButtonGroup`.

    Args:
        theme: Where font and colours come from.
        text: Plain text, elided at 180 pixels.
        glyph: As for `ui.icons.icon`; '' for none.
        role: The colour of the icon.
    """

    def __init__(
        self,
        theme: Theme,
        text: str,
        *,
        glyph: str = "",
        role: str = "secondary",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._glyph = glyph
        self._role = role
        self.setText(text)
        self.setAccessibleName(text)
        self.setCheckable(True)
        self.setFont(theme.font())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_glyph(self, glyph: str, role: str = "secondary") -> None:
        """Change the icon."""
        self._glyph, self._role = glyph, role
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        text = min(180, self.fontMetrics().horizontalAdvance(self.text()))
        return QSize(text + 24 + (Size.ICON + 8 if self._glyph else 0), Size.DOCK_HEADER)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        words = self.rect().adjusted(12, 0, -10, 0)
        if self._glyph:
            mark = QRect(words.left(), 0, Size.ICON, self.height())
            paint_icon(painter, self._theme, self._glyph, mark, self._role)
            words.setLeft(words.left() + Size.ICON + 8)
        open_ = self.isChecked()
        painter.setFont(self.font())
        painter.setPen(colours.text if open_ or self.underMouse() else colours.secondary)
        painter.drawText(
            words,
            Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine,
            painter.fontMetrics().elidedText(
                " ".join(self.text().split()), Qt.TextElideMode.ElideRight, words.width()
            ),
        )
        if open_:
            painter.fillRect(QRect(0, self.height() - 2, self.width(), 2), colours.accent)
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(2, 6, -2, -6), 5, 5)
