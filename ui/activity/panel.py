"""The activity island: tabs for activity, history and log, filters, and the menu of a row."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.actions.events import InvocationChanged, InvocationProgressed, RunAnnotated
from app.archive.events import FileChanged, FileKept, FileRemoved
from app.archive.records import ArchivedFile, FileState
from app.handles import BenchHandle, InvocationSnapshot
from things.events import ThingAdded, ThingRemoved
from ui.activity.details import InvocationDetails
from ui.activity.filter_button import FilterButton
from ui.activity.history_view import HistoryView
from ui.activity.list_view import InvocationList
from ui.activity.log_feed import LogFeed, LogView
from ui.activity.note_box import NoteBox
from ui.activity.origins import origin_choices
from ui.activity.run_menu import RunMenu
from ui.activity.thumbnails import ThumbnailSource
from ui.bridge import Bridge
from ui.models.action import asks_first
from ui.models.invocations import InvocationListModel, Only
from ui.tasks import Tasks
from ui.theme import Size, Theme
from ui.widgets import Chip, ComboBox, IconButton, IslandHeader, TabButton

_NOTES_WAIT_S: Final = 2.0
"""A disk that hangs must not keep the instruments from being left in order."""


@dataclass(frozen=True, slots=True)
class ActivityParts:
    """What the activity island is made over.

    Attributes:
        bench: Whose invocations.
        bridge: Brings their events.
        tasks: Runs what a click asks for.
        model: The rows.
        thumbnails: The small pictures.
        feed: The application's log.
    """

    bench: BenchHandle
    bridge: Bridge
    tasks: Tasks
    model: InvocationListModel
    thumbnails: ThumbnailSource
    feed: LogFeed


class ActivityPanel(QWidget):
    """What runs, waits and ended, with the history and the log beside it.

    Attributes:
        show_result: Look at the result of an invocation; its id.
        edit: Open the form of an action filled with the input of this snapshot.
        ask: The same, and ask there whether to run it.
        said: Something to tell the operator, in words.
        keep: Keep what a run gave; its snapshot.
        unfolded: A row of what is shown was unfolded or folded; how high this panel has to be to
            show all of it, in pixels, 0 where none is unfolded.
        keep_as: Ask as what to keep it; its snapshot.
        header: The first 40 pixels, for the dock's title bar.
    """

    show_result = Signal(object)
    edit = Signal(object)
    ask = Signal(object)
    said = Signal(str)
    keep = Signal(object)
    unfolded = Signal(int)
    keep_as = Signal(object)

    def __init__(self, theme: Theme, parts: ActivityParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._parts = parts
        self._model = parts.model
        details = InvocationDetails(theme, parts.bench, parts.tasks)
        self.list = InvocationList(theme, parts.model, parts.thumbnails, details, self._title_of)
        self.feed = parts.feed
        self.log = LogView(theme, parts.feed)
        self._pages = QStackedWidget()
        self.history = HistoryView(
            theme,
            parts.bench,
            parts.bridge,
            parts.tasks,
            parts.thumbnails,
            self._title_of,
            live=parts.model,
        )
        for page in (self.list, self.history, self.log):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self.header = self._make_header()
        self.list.cancel.connect(self.cancel)
        self.list.repeat.connect(self.repeat)
        self.list.show_result.connect(self.show_result)
        self.list.more.connect(self._open_menu)
        for listed in (self.list, self.history.list):
            listed.unfolded.connect(self.unfolded)
        self.history.list.cancel.connect(self.cancel)
        self.history.repeat.connect(self._repeat)
        self.history.more.connect(self._open_old_menu)
        self.history.show_result.connect(self._show_old_result)
        parts.model.changed.connect(self._count)
        parts.bridge.on(InvocationChanged, parts.model.apply, owner=self)
        parts.bridge.on(InvocationProgressed, parts.model.apply, owner=self)
        parts.bridge.on(FileKept, lambda event: self._mark(event.file), owner=self)
        parts.bridge.on(FileChanged, lambda event: self._mark(event.file), owner=self)
        parts.bridge.on(FileRemoved, self._unmark, owner=self)
        parts.bridge.on(RunAnnotated, lambda event: details.take_record(event.run), owner=self)
        parts.model.load(parts.bench.invocations())

    def set_compact(self, compact: bool) -> None:
        """Fold the filters by Thing and by who asked, and leave out who asked."""
        self.filter_button.set_folded(compact)
        self.list.set_compact(compact)
        self.history.set_compact(compact)

    def show_page(self, key: str) -> None:
        """Show 'activity', 'history' or 'log'."""
        tabs = {"history": self.history_tab, "log": self.log_tab}
        tabs.get(key, self.activity_tab).click()

    def clear_filters(self) -> None:
        """Show everything again."""
        self.chips[Only.ALL].click()
        self.thing_filter.setCurrentIndex(0)
        self.origin_filter.setCurrentIndex(0)

    # What the operator does.

    async def keep_notes(self) -> None:
        """Keep notes that are being typed, and wait for them, though not for ever."""
        await asyncio.gather(*(box.settle(_NOTES_WAIT_S) for box in self.note_boxes))

    @property
    def note_boxes(self) -> list[NoteBox]:
        """Where notes are written."""
        return [listed.details.note for listed in (self.list, self.history.list)]

    def cancel(self, invocation: UUID) -> None:
        """Ask an invocation to stop."""
        snapshot = self._model.snapshot(invocation) or self.history.model.snapshot(invocation)
        title = snapshot.title if snapshot is not None else ""
        self._parts.tasks.start(self._cancel(invocation), self.tr("Cancelling {0}").format(title))

    async def _cancel(self, invocation: UUID) -> None:
        await self._parts.bench.cancel(invocation)

    def repeat(self, invocation: UUID) -> None:
        """Run it again with the same input; what asks first does so in its panel."""
        snapshot = self._model.snapshot(invocation)
        if snapshot is not None:
            self._repeat(snapshot)

    def _repeat(self, snapshot: InvocationSnapshot) -> None:
        handle = self._parts.bench.things.get(snapshot.thing)
        if handle is None:
            return
        described = (handle.describe().get("actions") or {}).get(snapshot.action) or {}
        if asks_first(described):
            self.ask.emit(snapshot)
        else:
            self._parts.tasks.start(
                handle.invoke(snapshot.action, dict(snapshot.input)),
                self.tr("{0} on {1}").format(snapshot.title, handle.title),
            )

    def menu_for(self, snapshot: InvocationSnapshot, *, old: bool = False) -> RunMenu:
        """What can be done with a run; the menu deletes itself when it is closed.

        Args:
            snapshot: The run.
            old: Whether it is a row of the history.
        """
        menu = RunMenu(
            self._theme,
            self._parts.bench,
            snapshot,
            self,
            shown=self._has_result(snapshot.id),
            narrows=old,
        )
        menu.show_result.connect(lambda: self.show_result.emit(snapshot.id))
        menu.keep.connect(lambda: self.keep.emit(snapshot))
        menu.keep_as.connect(lambda: self.keep_as.emit(snapshot))
        menu.cancel.connect(lambda: self.cancel(snapshot.id))
        menu.repeat.connect(lambda: self._repeat(snapshot))
        menu.edit.connect(lambda: self.edit.emit(snapshot))
        menu.only_who.connect(lambda: self.history.show_who(snapshot))
        return menu

    def _has_result(self, invocation: UUID) -> bool:
        """Whether what a run gave is still at hand."""
        return any(each.id == invocation for each in self._parts.bench.invocations())

    def _open_menu(self, invocation: UUID, place: QPoint) -> None:
        snapshot = self._model.snapshot(invocation)
        if snapshot is not None:
            self.menu_for(snapshot).popup(place)

    def _open_old_menu(self, snapshot: InvocationSnapshot, place: QPoint) -> None:
        self.menu_for(snapshot, old=True).popup(place)

    def _show_old_result(self, invocation: UUID) -> None:
        if self._has_result(invocation):
            self.show_result.emit(invocation)
        else:
            self.said.emit(
                self.tr("What it gave is no longer at hand; its record tells what it was.")
            )

    # The header.

    def _make_header(self) -> IslandHeader:
        theme = self._theme
        header = IslandHeader(theme)
        self.activity_tab = TabButton(theme, self.tr("Activity"))
        self.history_tab = TabButton(theme, self.tr("History"))
        self.log_tab = TabButton(theme, self.tr("Log"))
        tabs = QButtonGroup(self)
        for number, tab in enumerate((self.activity_tab, self.history_tab, self.log_tab)):
            tabs.addButton(tab, number)
            header.before.addWidget(tab)
        self.activity_tab.setChecked(True)
        tabs.idClicked.connect(self._show_page)
        chips = QButtonGroup(self)
        self.chips = {
            Only.ALL: Chip(theme, self.tr("All")),
            Only.RUNNING: Chip(theme, self.tr("Running"), glyph="running", role="running"),
            Only.WAITING: Chip(theme, self.tr("Waiting"), glyph="waiting", role="waiting"),
            Only.FAILED: Chip(theme, self.tr("Failed"), glyph="failed", role="failed"),
        }
        self._chip_row = QWidget()
        row = QHBoxLayout(self._chip_row)
        row.setContentsMargins(Size.GRID, 0, 0, 0)
        row.setSpacing(2)
        for only, chip in self.chips.items():
            chips.addButton(chip)
            chip.clicked.connect(lambda _checked=False, o=only: self._model.show_only(o))
            row.addWidget(chip)
        self.chips[Only.ALL].setChecked(True)
        header.beside.addWidget(self._chip_row)
        self._filters = QWidget()
        row = QHBoxLayout(self._filters)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.thing_filter = ComboBox(theme)
        self.thing_filter.setAccessibleName(self.tr("Show invocations of"))
        self.thing_filter.addItem(self.tr("Every Thing"), "")
        self._list_things()
        for event in (ThingAdded, ThingRemoved):
            self._parts.bridge.on(event, lambda _event: self._list_things(), owner=self)
        self.thing_filter.currentIndexChanged.connect(
            lambda _i: self._model.show_thing(self.thing_filter.currentData())
        )
        self.origin_filter = ComboBox(theme)
        self.origin_filter.setAccessibleName(self.tr("Show invocations asked for by"))
        for title, kind in origin_choices():
            self.origin_filter.addItem(title, kind)
        self.origin_filter.currentIndexChanged.connect(
            lambda _i: self._model.show_origin(self.origin_filter.currentData())
        )
        for box in (self.thing_filter, self.origin_filter):
            box.setMaximumWidth(130)
        self.filter_button = FilterButton(
            theme, self.tr("More filters"), row, (self.thing_filter, self.origin_filter)
        )
        row.insertWidget(0, self.filter_button)
        header.tools.addWidget(self._filters)
        header.tools.addWidget(self.history.filters)
        self.history.filters.hide()
        self.clear_button = IconButton(theme, "mdi6.filter-off-outline", self.tr("Show all"))
        self.clear_button.clicked.connect(self.clear_filters)
        self.clear_button.hide()
        header.tools.insertWidget(0, self.clear_button)
        return header

    def _mark(self, file: ArchivedFile) -> None:
        """A file was kept, or went to the trash or came back: rows say so."""
        made = file.provenance
        if made.run is not None:
            kept = file.id if file.state is FileState.LINKED else None
            self._model.mark_kept(made.run, made.path, kept)

    def _unmark(self, event: FileRemoved) -> None:
        if event.run is not None:
            self._model.mark_kept(event.run, event.path, None)

    def _list_things(self) -> None:
        """Offer what is on the bench now as a filter; one that is gone shows everything again."""
        box = self.thing_filter
        for number in reversed(range(1, box.count())):
            if box.itemData(number) not in self._parts.bench.things:
                box.removeItem(number)
        for thing in self._parts.bench.things.values():
            if box.findData(thing.name) < 0:
                box.addItem(thing.title, thing.name)
        self.history.list_things()

    def _show_page(self, number: int) -> None:
        self._pages.setCurrentIndex(number)
        self._chip_row.setVisible(number == 0)
        self._filters.setVisible(number == 0)
        self.history.filters.setVisible(number == 1)
        shown = {0: self.list, 1: self.history.list}.get(number)
        self.unfolded.emit(shown.wanted_height if shown is not None else 0)

    def _count(self) -> None:
        counts = self._model.counts
        for only, chip in self.chips.items():
            chip.set_count(counts.of(only))
        self.clear_button.setVisible(self._model.filtered)

    def _title_of(self, thing: str) -> str:
        handle = self._parts.bench.things.get(thing)
        return handle.title if handle is not None else thing
