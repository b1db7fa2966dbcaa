"""Inputs of the shell: a combo box with a drawn chevron, and a search box."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget
from typing_extensions import override

from ui.icons import icon, paint_icon
from ui.theme import Size, Theme


class ComboBox(QComboBox):
    """A combo box that the wheel does not change while it is only scrolled past.

    A style sheet needs an image for the arrow, so the chevron is painted here.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFont(theme.font())
        self.setFixedHeight(Size.CONTROL)
        # A combo box of Qt's takes the focus from the wheel itself, before it hears of it.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        square = QRect(self.width() - 21, (self.height() - 14) // 2, 14, 14)
        paint_icon(
            painter, self._theme, "open", square, "secondary" if self.isEnabled() else "disabled"
        )


class SearchBox(QLineEdit):
    """A line to search with: magnifier before, clear button after, Esc empties it.

    Args:
        theme: Where font and colours come from.
        hint: Shown while it is empty; also its accessible name.
    """

    def __init__(self, theme: Theme, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFont(theme.font())
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setFixedHeight(Size.CONTROL)
        mark = QAction(icon(theme, "search", "secondary"), hint, self)
        mark.triggered.connect(self.setFocus)
        self.addAction(mark, QLineEdit.ActionPosition.LeadingPosition)
        clear = QAction(icon(theme, "close", "secondary"), self.tr("Clear"), self)
        clear.triggered.connect(self.clear)
        self.addAction(clear, QLineEdit.ActionPosition.TrailingPosition)
        clear.setVisible(False)
        self.textChanged.connect(lambda text: clear.setVisible(bool(text)))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)
