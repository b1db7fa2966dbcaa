"""The tiles of the gallery, thousands of them, of which only those in sight cost anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from PySide6.QtCore import QItemSelection, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget
from typing_extensions import override

from app.archive.records import ArchivedFile
from ui.archive.model import FilesModel
from ui.archive.thumbnails import FileThumbnails
from ui.archive.tile import TILE, FileTile
from ui.theme import Theme


class FileGrid(QListView):
    """Tiles side by side; arrows move, Enter or a double click opens, Delete moves to the trash.

    Attributes:
        chosen: Other files are selected.
        opened: These files are to be shown in the viewer.
        deleted: Delete was pressed.
        copied: Ctrl+C was pressed.
        dragged: These files are dragged out; the button is down.
        menu: The menu of what is selected is wanted, at this place of the screen.
    """

    chosen = Signal()
    opened = Signal(list)
    deleted = Signal()
    copied = Signal()
    dragged = Signal(list)
    menu = Signal(QPoint)

    def __init__(
        self,
        theme: Theme,
        model: FilesModel,
        thumbnails: FileThumbnails,
        title_of: Callable[[str], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._files = model
        self._empty = ""
        self._dragging = False
        self.setAccessibleName(self.tr("Files in the archive"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        # After that: what is static may be dragged only where it is said anew.
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setUniformItemSizes(True)
        self.setGridSize(TILE)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setMouseTracking(True)
        self.verticalScrollBar().setSingleStep(TILE.height() // 3)
        self._tile = FileTile(theme, thumbnails, title_of, self)
        self.setItemDelegate(self._tile)
        self.viewport().setAutoFillBackground(False)
        self.setModel(model)
        thumbnails.changed.connect(self._repaint_file)
        self.doubleClicked.connect(lambda _index: self._open())
        self.customContextMenuRequested.connect(
            lambda at: self.menu.emit(self.viewport().mapToGlobal(at))
        )

    def selected(self) -> Sequence[ArchivedFile]:
        """The selected files, in the order of the gallery."""
        rows = sorted(index.row() for index in self.selectedIndexes())
        return [self._files.files[row] for row in rows if row < len(self._files.files)]

    def select_only(self, id: UUID) -> None:
        """Select one file and bring it in sight, where it was brought."""
        index = self._files.index_of(id)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def say_empty(self, words: str) -> None:
        """What to say where there are no tiles."""
        if words != self._empty:
            self._empty = words
            self.viewport().update()

    @override
    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.chosen.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        elif event.key() == Qt.Key.Key_Delete:
            self.deleted.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copied.emit()
        else:
            super().keyPressEvent(event)

    @override
    def startDrag(self, _actions: Qt.DropAction) -> None:
        """What is dragged may have to be fetched first; Qt's own would not wait for it."""
        files = self.selected()
        if files:
            self._dragging = True
            self.dragged.emit(list(files))

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._dragging = False  # where another program took it, nobody told that it was let go of
        super().mousePressEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        # Until the button is let go of, a frame would be drawn around other tiles.
        if not self._dragging:
            super().mouseMoveEvent(event)
        elif not event.buttons() & Qt.MouseButton.LeftButton:
            self._dragging = False

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragging = False
        super().mouseReleaseEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._spread()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._files.files or not self._empty:
            return
        painter = QPainter(self.viewport())
        painter.setFont(self._theme.font())
        painter.setPen(self._theme.colours.secondary)
        room = self.viewport().rect().adjusted(40, 40, -40, -40)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, flags, self._empty)

    def _spread(self) -> None:
        """Share the room at the right among the columns, so that both edges are straight."""
        # Counted with a scroll bar, or the last column comes and goes with it.
        bar = self.verticalScrollBar()
        room = self.width() - bar.sizeHint().width() - 2
        width = max(TILE.width(), room // max(1, room // TILE.width()))
        if width != self._tile.width:
            self._tile.width = width
            self.setGridSize(QSize(width, TILE.height()))

    def _open(self) -> None:
        files = self.selected()
        if files:
            self.opened.emit(list(files))

    def _repaint_file(self, id: UUID) -> None:
        index = self._files.index_of(id)
        if index.isValid():
            self.update(index)
