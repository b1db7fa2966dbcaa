"""A box to tick whose outline is to be seen in the dark as well."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QWidget
from typing_extensions import override

from ui.icons import paint_icon
from ui.theme import Size, Theme


class TickBox(QCheckBox):
    """Ticked or not, without words of its own: they stand beside it.

    Args:
        theme: Where the colours come from.
        parent: The owner.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    @override
    def sizeHint(self) -> QSize:
        return QSize(Size.ICON + 6, Size.ICON + 6)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        glyph = "mdi6.checkbox-marked" if self.isChecked() else "mdi6.checkbox-blank-outline"
        role = ("accent" if self.isChecked() else "text") if self.isEnabled() else "disabled"
        paint_icon(painter, self._theme, glyph, self.rect(), role)
        if self.hasFocus():
            painter.setPen(self._theme.colours.accent)
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        painter.end()
