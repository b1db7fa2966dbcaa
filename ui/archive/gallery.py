"""The files of the archive as tiles, the choices which are shown, and how many there are."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import shiboken6
from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.archive.events import FileChanged, FileKept, FileRemoved
from app.archive_handle import ArchiveHandle
from app.handles import BenchHandle
from app.imaging.decoder import ImageDecoder
from things.errors import ThingError
from ui.archive.filters import FileFilters
from ui.archive.grid import FileGrid
from ui.archive.model import FilesModel
from ui.archive.more_filters import MoreFilters
from ui.archive.narrowing import Narrowing, Part
from ui.archive.room import kept_in_words
from ui.archive.thumbnails import FileThumbnails
from ui.archive.wording import counted
from ui.bridge import Bridge
from ui.tasks import Tasks
from ui.theme import Size, TextSize, Theme
from ui.widgets import Island, PlainLabel

CHANGES_MS: Final = 1000
"""Tags and room are asked for again so long after something was kept, changed or removed."""


class Gallery(Island):
    """Finds files, and shows what it found.

    Attributes:
        model: The files.
        thumbnails: Their small pictures.
        filters: The choices that are always in sight.
        more: The others, on demand.
        grid: The tiles.
        count: How many there are.
        room: How much is kept.
    """

    def __init__(
        self,
        theme: Theme,
        bench: BenchHandle,
        archive: ArchiveHandle,
        bridge: Bridge,
        decoder: ImageDecoder,
        tasks: Tasks,
        over: QWidget,
    ) -> None:
        """Nothing is asked before it is shown.

        Args:
            theme: Where the look comes from.
            bench: For titles of Things.
            archive: What is shown.
            bridge: Tells of changes.
            decoder: Opens small pictures.
            tasks: Runs the asking.
            over: What more choices lie over.
        """
        super().__init__(theme)
        self._bench = bench
        self._archive = archive
        self._tasks = tasks
        self._asked = False
        self._wanted: UUID | None = None
        self.model = FilesModel(archive, bridge, tasks, self)
        self.thumbnails = FileThumbnails(archive, decoder, tasks, self)
        self.filters = FileFilters(theme)
        self.more = MoreFilters(theme, bench, over)
        self.grid = FileGrid(theme, self.model, self.thumbnails, self._title_of)
        self.count = PlainLabel(theme, size=TextSize.SMALL, tone="secondary")
        self.room = PlainLabel(theme, size=TextSize.SMALL, tone="secondary")
        self._lay_out()
        self.filters.changed.connect(self._ask)
        self.filters.more_button.clicked.connect(self._open_more)
        self.more.found.connect(self.filters.narrow)
        self._changes = QTimer(self)
        self._changes.setSingleShot(True)
        self._changes.setInterval(CHANGES_MS)
        self._changes.timeout.connect(self._look_again)
        for event in (FileKept, FileChanged, FileRemoved):
            bridge.on(event, lambda _event: self._has_changed(), owner=self)
        self.model.told.connect(self._tell)
        self.model.rowsInserted.connect(self._tell)
        self.model.rowsInserted.connect(lambda _parent, first, last: self._meet(first, last))
        self.model.modelReset.connect(lambda: self._meet(0, self.model.rowCount() - 1))

    def show_file(self, id: UUID) -> None:
        """Select a file; where it is not among those shown, look for it alone."""
        self._wanted = id
        if self._asked and not self.model.asking:
            self._reach()

    def look_for(self, words: str) -> None:
        """Look for words, among all that is kept."""
        self._asked = True
        self.filters.look_for(words)

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
        above = QHBoxLayout()
        above.setContentsMargins(Size.PADDING, Size.PADDING, Size.PADDING, Size.GRID)
        above.addWidget(self.filters, 1)
        self.column.addLayout(above)
        tiles = QHBoxLayout()
        tiles.setContentsMargins(Size.GRID, 0, 4, 0)
        tiles.addWidget(self.grid)
        self.column.addLayout(tiles, 1)
        below = QHBoxLayout()
        below.setContentsMargins(Size.PADDING, 4, Size.PADDING, 6)
        below.addWidget(self.count)
        below.addStretch(1)
        below.addWidget(self.room)
        self.column.addLayout(below)

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
        if not model.asking and not model.trouble:
            self._reach()

    def _nothing(self) -> str:
        if self.filters.narrowed:
            return self.tr("Nothing that is kept fits.")
        if self.filters.in_trash:
            return self.tr("The trash is empty.")
        return self.tr(
            "Nothing is kept yet. Press 'Keep' at a picture, mark an action with keep=True, or "
            "write a rule into the bench file."
        )

    def _meet(self, first: int, last: int) -> None:
        """Offer what some rows were made by, too, to find others by."""
        files = self.model.files[first : last + 1]
        self.filters.add_samples(file.provenance.stamp.sample for file in files)
        self.more.come_across(files)

    def _reach(self) -> None:
        """Select what is wanted, or look for it."""
        wanted, self._wanted = self._wanted, None
        if wanted is None:
            return
        if self.model.index_of(wanted).isValid():
            self.grid.select_only(wanted)
        else:
            self._tasks.start(self._find(wanted), self.tr("Looking into the archive"))

    async def _find(self, id: UUID) -> None:
        """Find a file among all, by what was made with it or by what it holds."""
        file = await self._archive.get(id)
        if not shiboken6.isValid(self):
            return  # the window was closed meanwhile
        text = file.sha256 if file.provenance.run is None else str(file.provenance.run)
        if self.filters.search.text() == text:
            return  # looked for already: it is in the trash, or was deleted
        self._wanted = id
        self.look_for(text)

    def _has_changed(self) -> None:
        # Not begun anew: where files come all the time it would never end.
        if self.isVisible() and not self._changes.isActive():
            self._changes.start()

    def _look_again(self) -> None:
        if self.isVisible():
            self._tasks.start(self._look_around(), self.tr("Looking into the archive"))

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
