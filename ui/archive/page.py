"""The archive as a page of the window: filters above, tiles, and one file beside them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import shiboken6
from PySide6.QtCore import QLocale, QPoint, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.archive.events import FileChanged
from app.archive.records import ArchivedFile, FileState
from app.archive_handle import ArchiveHandle
from app.handles import BenchHandle
from app.imaging.decoder import ImageDecoder
from things.errors import ThingError
from ui.archive.copies import FileCopies
from ui.archive.details import FileDetails
from ui.archive.file_actions import FileActions
from ui.archive.file_menu import FileMenu
from ui.archive.filters import FileFilters
from ui.archive.grid import FileGrid
from ui.archive.model import FilesModel
from ui.archive.more_filters import MoreFilters
from ui.archive.narrowing import Narrowing, Part
from ui.archive.restoring import RestoreDialog
from ui.archive.room import kept_in_words
from ui.archive.taking_out import TakingOut
from ui.archive.thumbnails import FileThumbnails
from ui.archive.wording import counted
from ui.bridge import Bridge
from ui.tasks import Tasks
from ui.theme import Size, TextSize, Theme
from ui.widgets import Island, PlainLabel


class ArchivePage(QWidget):
    """Everything the operator does with what is kept.

    Attributes:
        opened: These files are to be shown in the viewer.
        made_asked: Show this file, and how it was made.
        stop_all: STOP ALL was pressed in a dialog of the page.
        said: Something to tell: the words, and a colour role.
        undoable: Something was done: the words, and what takes it back.
        taking: Takes files into other programs.
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
        self._asked = False
        self.copies = FileCopies(archive)
        self.taking = TakingOut(self.copies, tasks, self)
        self.file_actions = FileActions(archive, tasks, self)
        self.model = FilesModel(archive, bridge, tasks, self)
        self.thumbnails = FileThumbnails(archive, decoder, tasks, self)
        self.filters = FileFilters(theme)
        self.more = MoreFilters(theme, bench, self)
        self.grid = FileGrid(theme, self.model, self.thumbnails, self._title_of)
        self.details = FileDetails(theme, bench, archive, tasks)
        self.count = PlainLabel(theme, size=TextSize.SMALL, tone="secondary")
        self.room = PlainLabel(theme, size=TextSize.SMALL, tone="secondary")
        self._lay_out()
        self.filters.changed.connect(self._ask)
        self.filters.more_button.clicked.connect(self._open_more)
        self.more.found.connect(self.filters.narrow)
        self.model.told.connect(self._tell)
        self.model.rowsInserted.connect(self._tell)
        self.model.rowsInserted.connect(lambda _parent, first, last: self._meet(first, last))
        self.model.modelReset.connect(lambda: self._meet(0, self.model.rowCount() - 1))
        self.model.modelReset.connect(self._choose_again)
        self.grid.chosen.connect(self._show_chosen)
        self.grid.opened.connect(self._open)
        self.grid.deleted.connect(self._trash)
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

    def show_file(self, id: UUID) -> None:
        """Select a file, where it is among those shown."""
        self.grid.select_only(id)

    def look_for(self, words: str) -> None:
        """Look for words, among all that is kept."""
        self.filters.clear()
        self.filters.search.setText(words)

    def show_trash(self) -> None:
        """Show what is in the trash."""
        self._asked = True
        self.filters.show_trash()

    def show_pictures_of(self, thing: str) -> None:
        """Show the kept pictures of a Thing, the newest first."""
        self._offer_things()
        self._asked = True
        self.filters.show_pictures_of(thing)

    def show_pictures_with(self, thing: str, name: str, value: object, said: str) -> None:
        """Show the kept pictures that were made with a value of a property, the newest first.

        Args:
            thing: Whose.
            name: Of the property.
            value: In JSON form.
            said: The same in words, such as '25.0 ms'.
        """
        handle = self._bench.things.get(thing)
        described = {} if handle is None else handle.describe().get("properties", {})
        title = str(described.get(name, {}).get("title", name))
        named = f"{title}, {self._title_of(thing)}"
        self._asked = True
        self.filters.show_pictures_with(
            Narrowing(Part.SETTING, value, f"{thing}.{name}", said, named)
        )

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._offer_things()
        self._tasks.start(self._look_around(), self.tr("Looking into the archive"))
        if not self._asked:
            self._asked = True
            self._ask()
        self.filters.search.setFocus(Qt.FocusReason.OtherFocusReason)

    # Inside.

    def _lay_out(self) -> None:
        gallery = Island(self._theme)
        above = QHBoxLayout()
        above.setContentsMargins(Size.PADDING, Size.PADDING, Size.PADDING, Size.GRID)
        above.addWidget(self.filters, 1)
        gallery.column.addLayout(above)
        tiles = QHBoxLayout()
        tiles.setContentsMargins(Size.GRID, 0, 4, 0)
        tiles.addWidget(self.grid)
        gallery.column.addLayout(tiles, 1)
        below = QHBoxLayout()
        below.setContentsMargins(Size.PADDING, 4, Size.PADDING, 6)
        below.addWidget(self.count)
        below.addStretch(1)
        below.addWidget(self.room)
        gallery.column.addLayout(below)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Size.GRID)
        row.addWidget(gallery, 1)
        row.addWidget(self.details)

    def _title_of(self, thing: str) -> str:
        handle = self._bench.things.get(thing)
        return thing if handle is None else handle.title

    def _offer_things(self) -> None:
        self.filters.set_things({name: each.title for name, each in self._bench.things.items()})
        self.filters.add_samples([self._bench.stamp.sample])

    def _open_more(self) -> None:
        if self.more.isVisible():
            self.more.close_popover()
            return
        self.more.show_narrowings(self.filters.narrowings)
        self.more.open_below(self.filters.more_button)

    def _ask(self) -> None:
        self.model.ask(self.filters.query)

    def _tell(self) -> None:
        model = self.model
        if model.trouble:
            self.count.setText("")
            self.grid.say_empty(
                self.tr("The archive does not answer: {0}.").format(model.trouble.rstrip("."))
            )
        elif model.total is not None:
            self.count.setText(counted(model.total, self.tr("1 file"), self.tr("{0} files")))
            self.grid.say_empty(self._nothing())
        if model.trouble and model.files:
            self.count.setText(self.tr("Not up to date: {0}").format(model.trouble))
        self.count.set_tone("failed" if model.trouble else "secondary")

    def _meet(self, first: int, last: int) -> None:
        """Offer what some rows were made by, too, to find others by."""
        files = self.model.files[first : last + 1]
        self.filters.add_samples(file.provenance.stamp.sample for file in files)
        self.more.come_across(files)

    def _nothing(self) -> str:
        if self.filters.narrowed:
            return self.tr("Nothing that is kept fits.")
        if self.filters.in_trash:
            return self.tr("The trash is empty.")
        return self.tr(
            "Nothing is kept yet. Press 'Keep' at a picture, mark an action with keep=True, or "
            "write a rule into the bench file."
        )

    async def _look_around(self) -> None:
        """Tags to choose from, and how full it is."""
        try:
            tags = await self._archive.tags()
            usage = await self._archive.usage()
        except ThingError:
            return  # the tiles say it
        if not shiboken6.isValid(self):
            return  # the window was closed meanwhile
        self.filters.set_tags(tags)
        # How much is free stands in the top bar, with what to do about it.
        self.room.setText(usage.low or kept_in_words(usage, QLocale()))
        self.room.set_tone("failed" if usage.low else "secondary")

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
        picture = self.thumbnails.picture(files[0])
        self.taking.drag(files, self.grid.viewport(), picture)

    def _save(self) -> None:
        if self.details.file is not None:
            self.file_actions.ask_save(self.details.file)

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
