"""The room on the disk and in the archive, in the top bar; a click tells all of it."""

from __future__ import annotations

import asyncio
from typing import Final

import shiboken6
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.archive.records import ArchiveUsage
from app.archive_handle import ArchiveHandle
from app.handles import BenchHandle
from things.errors import ThingError
from ui.archive.room import RoomWords, room_in_words
from ui.popover import Popover
from ui.tasks import Tasks
from ui.theme import Size, Theme
from ui.widgets import PlainLabel, StatusButton, TextButton, plain_tool_tip

EVERY_MS: Final = 30_000
"""How often it is looked at by itself."""

WIDTH: Final = 380


class RoomButton(StatusButton):
    """Says how much room there is, in the colour of a warning where that is little.

    Attributes:
        archive_asked: The archive is to be shown; whether its trash.
        popover: All that is said, once it was opened.
    """

    archive_asked = Signal(bool)

    def __init__(
        self, theme: Theme, bench: BenchHandle, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        super().__init__(theme, "disk", "", parent=parent)
        self._bench = bench
        self._tasks = tasks
        self._asking: asyncio.Task[None] | None = None
        self._words = RoomWords("", "text", ())
        self.popover: RoomPopover | None = None
        self.clicked.connect(self._open)
        timer = QTimer(self)
        timer.setInterval(EVERY_MS)
        timer.timeout.connect(self.look)
        timer.start()
        QTimer.singleShot(0, self, self.look)

    @property
    def words(self) -> RoomWords:
        """What is said."""
        return self._words

    def look(self) -> None:
        """Look now, unless that is under way."""
        if self._asking is None or self._asking.done():
            self._asking = self._tasks.start(self._look(), self.tr("Reading the disk's room"))

    async def _look(self) -> None:
        """Ask on a worker thread: a network disk may take its time."""
        free = await asyncio.to_thread(self._bench.disk_free_bytes)
        archive = self._bench.archive
        usage, trouble = None, ""
        if archive is not None:
            usage, trouble = await self._usage(archive)
        if not shiboken6.isValid(self):
            return  # the window was closed meanwhile
        words = self._words = room_in_words(free, usage, trouble, self.locale())
        self.show_status(words.short, "disk", words.role)
        self.setToolTip(plain_tool_tip(words.tip))
        if self.popover is not None:
            self.popover.show_words(words)

    async def _usage(self, archive: ArchiveHandle) -> tuple[ArchiveUsage | None, str]:
        """How full it is, and why nothing can be kept; '' where it can."""
        try:
            return await archive.usage(), archive.trouble
        except ThingError as error:
            # A folder that went away is noticed here before anything was to be kept in it.
            return None, archive.trouble or str(error)

    def _open(self) -> None:
        if self.popover is None:
            offers = self._bench.archive is not None
            self.popover = RoomPopover(self._theme, self.window(), offers_archive=offers)
            self.popover.archive_asked.connect(self.archive_asked)
        if self.popover.isVisible():
            self.popover.close_popover()
            return
        self.popover.show_words(self._words)
        self.popover.open_below(self)
        self.look()


class RoomPopover(Popover):
    """All that is known of the room, what to do, and the ways there.

    Args:
        theme: Where the look comes from.
        parent: The window.
        offers_archive: Whether there is an archive to go to.

    Attributes:
        archive_asked: The archive is to be shown; whether its trash.
        said: What is said, a sentence each.
    """

    archive_asked = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget, *, offers_archive: bool) -> None:
        super().__init__(theme, "", parent, WIDTH)
        self.set_title(self.tr("Room for what is kept"))
        self.said: tuple[str, ...] = ()
        self._sentences = QVBoxLayout()
        self._sentences.setSpacing(6)
        self.column.addLayout(self._sentences)
        self.column.addSpacing(2)
        row = QHBoxLayout()
        row.addStretch(1)
        self.trash_button = TextButton(theme, self.tr("Show the trash"))
        self.archive_button = TextButton(theme, self.tr("Show the archive"))
        for button, trash in ((self.trash_button, True), (self.archive_button, False)):
            button.clicked.connect(lambda _checked=False, trash=trash: self._ask(trash))
            button.setVisible(offers_archive)
            row.addWidget(button)
        self.column.addLayout(row)

    def show_words(self, words: RoomWords) -> None:
        """Say this."""
        while (item := self._sentences.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for said, tone in (
            *((line, "text") for line in words.lines),
            *((line, "secondary") for line in words.advice),
        ):
            label = PlainLabel(self._theme, said, tone=tone)
            label.setWordWrap(True)
            # As high as its words: what wraps would claim more by itself.
            width = WIDTH - 2 * Size.PADDING
            label.setFixedSize(width, label.heightForWidth(width))
            self._sentences.addWidget(label)
            label.show()  # at once: what is hidden has no height, and the popover none for it
        self.said = (*words.lines, *words.advice)
        self.place()

    def _ask(self, trash: bool) -> None:
        self.close_popover()
        self.archive_asked.emit(trash)
