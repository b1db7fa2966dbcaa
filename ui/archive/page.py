"""The archive as a page of the window: the gallery, and one file beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.archive.events import FileChanged
from app.archive.records import ArchivedFile, FileState
from app.archive_handle import ArchiveHandle
from app.handles import BenchHandle
from app.imaging.decoder import ImageDecoder
from ui.archive.copies import FileCopies
from ui.archive.details import FileDetails
from ui.archive.file_actions import FileActions
from ui.archive.file_menu import FileMenu
from ui.archive.gallery import Gallery
from ui.archive.restoring import RestoreDialog
from ui.archive.taking_out import TakingOut
from ui.bridge import Bridge
from ui.tasks import Tasks
from ui.theme import Size, Theme


class ArchivePage(QWidget):
    """Everything the operator does with what is kept.

    Attributes:
        opened: These files are to be shown in the viewer.
        made_asked: Show this file, and how it was made.
        stop_all: STOP ALL was pressed in a dialog of the page.
        said: Something to tell: the words, and a colour role.
        undoable: Something was done: the words, and what takes it back.
        taking: Takes files into other programs.
        gallery: The files that fit what is asked for.
        model, grid: Of the gallery.
        details: One file beside them.
    """

    opened = Signal(list)
    made_asked = Signal(object)
    stop_all = Signal()
    said = Signal(str, str)
    undoable = Signal(str, object)

    def __init__(
        self,
        theme: Theme,
        bench: BenchHandle,
        archive: ArchiveHandle,
        bridge: Bridge,
        decoder: ImageDecoder,
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        """Nothing is asked before the page is shown.

        Args:
            theme: Where the look comes from.
            bench: For titles of Things.
            archive: What is shown.
            bridge: Tells of changes.
            decoder: Opens small pictures.
            tasks: Runs what a click asks for.
            parent: The window.
        """
        super().__init__(parent)
        self._theme = theme
        self._bench = bench
        self._archive = archive
        self._tasks = tasks
        self._restoring: RestoreDialog | None = None
        self.copies = FileCopies(archive)
        self.taking = TakingOut(self.copies, tasks, self)
        self.file_actions = FileActions(archive, tasks, self)
        self.gallery = Gallery(theme, bench, archive, bridge, decoder, tasks, self)
        self.model, self.grid = self.gallery.model, self.gallery.grid
        self.details = FileDetails(theme, bench, archive, tasks)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Size.GRID)
        row.addWidget(self.gallery, 1)
        row.addWidget(self.details)
        self.model.modelReset.connect(self._choose_again)
        self.grid.chosen.connect(self._show_chosen)
        self.grid.opened.connect(self._open)
        self.grid.deleted.connect(self._delete_pressed)
        self.grid.dragged.connect(self._drag)
        self.grid.copied.connect(lambda: self.taking.copy(self.grid.selected()))
        self.grid.menu.connect(self._open_menu)
        self.details.opened.connect(lambda: self._open(self.grid.selected()))
        self.details.saved.connect(self._save)
        self.details.exported.connect(lambda: self.file_actions.ask_export(self.grid.selected()))
        self.details.restored.connect(self._restore)
        self.details.trashed.connect(self._trash)
        self.details.made_asked.connect(self._ask_made)
        self.file_actions.said.connect(self.said)
        self.file_actions.undoable.connect(self.undoable)
        self.taking.said.connect(self.said)
        bridge.on(FileChanged, lambda event: self.details.take(event.file), owner=self)

    @property
    def restoring(self) -> RestoreDialog | None:
        """The dialog that puts settings back, once it was opened."""
        return self._restoring

    # Inside.

    def _show_chosen(self) -> None:
        self.details.show_files(self.grid.selected())

    def _choose_again(self) -> None:
        """Other rows are there; Qt lets go of the selection and tells nobody."""
        file = self.details.file
        if file is not None and self.model.index_of(file.id).isValid():
            self.grid.select_only(file.id)
        else:
            self._show_chosen()

    def _open(self, files: Sequence[ArchivedFile]) -> None:
        linked = [file for file in files if file.state is FileState.LINKED]
        if linked:
            self.opened.emit(linked)

    def _ask_made(self) -> None:
        if self.details.file is not None:
            self.made_asked.emit(self.details.file)

    def _open_menu(self, at: QPoint) -> None:
        files = self.grid.selected()
        if files:
            menu = FileMenu(self._theme, files, self.details, self.file_actions, self.taking, self)
            menu.popup(at)

    def _drag(self, files: Sequence[ArchivedFile]) -> None:
        picture = self.gallery.thumbnails.picture(files[0])
        self.taking.drag(files, self.grid.viewport(), picture)

    def _save(self) -> None:
        if self.details.file is not None:
            self.file_actions.ask_save(self.details.file)

    def _delete_pressed(self) -> None:
        """In the trash the key takes nothing back, and deletes nothing for good by a slip."""
        if any(file.state is FileState.LINKED for file in self.grid.selected()):
            self._trash()
        elif self.grid.selected():
            self.said.emit(
                self.tr("It is in the trash already; its menu deletes it for good."), "secondary"
            )

    def _trash(self) -> None:
        self.file_actions.trash_or_restore(self.grid.selected())

    def _restore(self) -> None:
        file = self.details.file
        if file is None:
            return
        if self._restoring is None:
            self._restoring = RestoreDialog(
                self._theme, self._bench, self._archive, self._tasks, self.window()
            )
            self._restoring.stop_all.connect(self.stop_all)
        self._restoring.show_for(file)
