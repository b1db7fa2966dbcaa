"""A small island that opens below a button; it lies over the window and stops nothing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.theme import Size, Theme
from ui.widgets import IconButton, PlainLabel


class Popover(QFrame):
    """Title, close button, and whatever is put into `column`.

    It is no window: STOP ALL and every shortcut go on working, and what was typed is not lost by
    a click elsewhere. Esc and its close button close it.

    Attributes:
        column: Where its contents go, below the title.
        closed: It was closed.
    """

    closed = Signal()

    def __init__(self, theme: Theme, title: str, parent: QWidget, width: int = 320) -> None:
        """A closed popover.

        Args:
            theme: Where font and colours come from.
            title: What it is about.
            parent: The window it lies over.
            width: In pixels.
        """
        super().__init__(parent)
        self._theme = theme
        self._over = parent
        self._anchor: QWidget | None = None
        self._width = width
        whole = QVBoxLayout(self)
        whole.setContentsMargins(Size.PADDING, Size.GRID, Size.PADDING, Size.PADDING)
        whole.setSpacing(Size.GRID)
        row = QHBoxLayout()
        self.title = PlainLabel(theme, strong=True)
        self.set_title(title)
        row.addWidget(self.title)
        row.addStretch(1)
        self.close_button = IconButton(theme, "close", self.tr("Close"))
        self.close_button.clicked.connect(self.close_popover)
        row.addWidget(self.close_button)
        whole.addLayout(row)
        self.column = QVBoxLayout()
        self.column.setSpacing(6)
        whole.addLayout(self.column)
        parent.installEventFilter(self)
        self.hide()

    def set_title(self, title: str) -> None:
        """Change what it is about."""
        self.title.setText(title)
        self.setAccessibleName(title)

    def open_below(self, anchor: QWidget) -> None:
        """Open below a widget of the window, or above one near its lower edge."""
        self._anchor = anchor
        self.show()
        self.place()

    def close_popover(self) -> None:
        """Close it, and give the focus back to what it was opened from."""
        if not self.isVisible():
            return
        inside = self.focusWidget() is not None and self.isAncestorOf(self.focusWidget())
        self.hide()
        if inside and self._anchor is not None and self._anchor.isVisible():
            self._anchor.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()

    def place(self) -> None:
        """Lie below the anchor, or above it where there is more room, as the contents need."""
        if self._anchor is None or not self.isVisible():
            return
        room = self._over.rect().adjusted(Size.GRID, Size.GRID, -Size.GRID, -Size.GRID)
        width = min(self._width, room.width())
        corner = self._anchor.mapTo(self._over, QPoint(0, self._anchor.height() + 6))
        layout = self.layout()
        assert layout is not None
        layout.activate()
        height = layout.heightForWidth(width) if layout.hasHeightForWidth() else -1
        height = max(height, layout.sizeHint().height())
        left = max(room.left(), min(corner.x(), room.right() - width))
        above = self._anchor.mapTo(self._over, QPoint()).y() - 6 - room.top()
        below = room.bottom() - corner.y()
        if height <= below or below >= above:
            self.setGeometry(left, corner.y(), width, min(height, below))
        else:
            height = min(height, above)
            self.setGeometry(left, room.top() + above - height, width, height)
        self.raise_()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self.place()
        return False

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_popover()
            return
        super().keyPressEvent(event)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.button_border, 1))
        painter.setBrush(colours.island)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, Size.ISLAND_RADIUS, Size.ISLAND_RADIUS)
