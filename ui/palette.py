"""The command palette: type a few letters, press Enter."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from ui.icons import paint_icon
from ui.models.bench_list import Index
from ui.models.palette import LONGEST, Entry, find
from ui.theme import Size, TextSize, Theme
from ui.widgets import SearchBox

_WIDTH = 460
_ENTRY = Qt.ItemDataRole.UserRole + 1


def _height_of(rows: int) -> int:
    """How high a palette with so many rows is, in pixels."""
    return Size.CONTROL + 2 * Size.GRID + 6 + rows * Size.ROW


class _EntryDelegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    @override
    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(80, Size.ROW)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry = index.data(_ENTRY)
        colours = self._theme.colours
        rect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.selection)
            painter.drawRoundedRect(QRectF(rect), 5, 5)
        mark = QRect(rect.left() + 8, rect.top(), Size.ICON, rect.height())
        paint_icon(painter, self._theme, entry.icon, mark, "secondary")
        words = rect.adjusted(34, 0, -8, 0)
        painter.setFont(self._theme.font(TextSize.SMALL))
        painter.setPen(colours.secondary)
        told = entry.shortcut or entry.kind
        room = painter.fontMetrics().horizontalAdvance(told) + 12
        painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, told)
        painter.setFont(self._theme.font())
        painter.setPen(colours.text)
        words.setRight(words.right() - room)
        painter.drawText(
            words,
            Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine,
            painter.fontMetrics().elidedText(
                " ".join(entry.title.split()), Qt.TextElideMode.ElideRight, words.width()
            ),
        )
        painter.restore()


class CommandPalette(QFrame):
    """Lies over the window while it is open; Esc, or the focus going elsewhere, closes it.

    Attributes:
        closed: It was closed.
    """

    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        entries: Callable[[], Sequence[Entry]],
        parent: QWidget,
        hint: str = "",
    ) -> None:
        """A closed palette.

        Args:
            theme: Where font and colours come from.
            entries: Asked each time it opens.
            parent: The window it lies over.
            hint: What can be searched for; '' for everything.
        """
        super().__init__(parent)
        self._theme = theme
        self._over = parent
        self._entries_now = entries
        self._entries: Sequence[Entry] = ()
        self._before: QWidget | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(Size.GRID, Size.GRID, Size.GRID, Size.GRID)
        column.setSpacing(6)
        self.line = SearchBox(theme, hint or self.tr("Search or run"))
        self.line.textChanged.connect(self._find)
        self.line.installEventFilter(self)
        column.addWidget(self.line)
        self.list = QListWidget()
        self.list.setItemDelegate(_EntryDelegate(theme, self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setStyleSheet("QListWidget { background: transparent; border: none; }")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(self.tr("What was found"))
        self.list.itemClicked.connect(self._run)
        column.addWidget(self.list)
        self.hide()

    def open_at(self, place: QRect) -> None:
        """Open below the top edge of a place in the window, as wide as fits."""
        if self.isVisible():
            self.line.setFocus()
            return
        self._before = QApplication.focusWidget()
        self._entries = self._entries_now()
        window = self._over.rect()
        width = min(_WIDTH, window.width() - 2 * Size.GRID)
        left = place.center().x() - width // 2
        left = max(Size.GRID, min(left, window.width() - width - Size.GRID))
        # From a place far down it opens upwards, as far as its longest list needs.
        lowest = window.height() - _height_of(LONGEST) - Size.GRID
        self.setGeometry(left, max(0, min(place.top() - Size.GRID, lowest)), width, 60)
        self.line.clear()
        self._find("")
        self.show()
        self.raise_()
        self.line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def close_palette(self) -> None:
        """Close it and give the focus back."""
        if not self.isVisible():
            return
        # Hiding takes the focus from the line, which would forget where it came from.
        before, self._before = self._before, None
        self.hide()
        self._entries = ()
        self.list.clear()
        if before is not None and before.isVisible():
            before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.closed.emit()

    @property
    def found(self) -> list[Entry]:
        """What is listed."""
        return [self.list.item(row).data(_ENTRY) for row in range(self.list.count())]

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self.line:
            return False
        if event.type() == QEvent.Type.FocusOut:
            # Not when a menu or another program takes it for a moment.
            if self.window().isActiveWindow() and not self.list.underMouse():
                self._before = None
                self.close_palette()
            return False
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
                return True
            return False
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.close_palette()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentItem())
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            count = max(1, self.list.count())
            self.list.setCurrentRow((self.list.currentRow() + step) % count)
        else:
            return False
        return True

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.button_border, 1))
        painter.setBrush(colours.island)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(area, Size.ISLAND_RADIUS, Size.ISLAND_RADIUS)

    def _find(self, text: str) -> None:
        self.list.clear()
        for entry in find(self._entries, text):
            item = QListWidgetItem(entry.title)
            item.setData(_ENTRY, entry)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{entry.title}, {entry.kind}")
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        # In a small window the list scrolls.
        room = self._over.height() - self.y() - _height_of(0)
        shown = max(1, min(self.list.count(), room // Size.ROW)) if self.list.count() else 0
        self.list.setFixedHeight(shown * Size.ROW)
        self.setFixedHeight(_height_of(shown))

    def _run(self, item: QListWidgetItem | None) -> None:
        entry: Entry | None = item.data(_ENTRY) if item is not None else None
        self.close_palette()
        if entry is not None:
            entry.run()
