"""The activity island: tabs for activity and log, filters, and the menu of a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.actions.events import InvocationChanged, InvocationProgressed
from app.handles import BenchHandle, InvocationSnapshot, OriginKind
from things.events import ThingAdded, ThingRemoved
from ui.activity.details import InvocationDetails
from ui.activity.list_view import InvocationList
from ui.activity.log_feed import LogFeed, LogView
from ui.activity.thumbnails import ThumbnailSource
from ui.activity.wording import as_curl, as_json, as_python
from ui.bridge import Bridge
from ui.icons import icon
from ui.models.action import asks_first
from ui.models.invocations import InvocationListModel, Only
from ui.tasks import Tasks
from ui.theme import Size, Theme
from ui.widgets import Chip, ComboBox, IconButton, IslandHeader, TabButton


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
    """What runs, waits and ended, with the log beside it.

    Attributes:
        show_result: Look at the result of an invocation; its id.
        edit: Open the form of an action filled with the input of this snapshot.
        ask: The same, and ask there whether to run it.
        header: The first 40 pixels, for the dock's title bar.
    """

    show_result = Signal(object)
    edit = Signal(object)
    ask = Signal(object)

    def __init__(self, theme: Theme, parts: ActivityParts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._parts = parts
        self._model = parts.model
        self._compact = False
        details = InvocationDetails(theme, parts.bench, parts.tasks)
        self.list = InvocationList(theme, parts.model, parts.thumbnails, details, self._title_of)
        self.feed = parts.feed
        self.log = LogView(theme, parts.feed)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.list)
        self._pages.addWidget(self.log)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)
        self.header = self._make_header()
        self.list.cancel.connect(self.cancel)
        self.list.repeat.connect(self.repeat)
        self.list.show_result.connect(self.show_result)
        self.list.more.connect(self._open_menu)
        parts.model.changed.connect(self._count)
        parts.bridge.on(InvocationChanged, parts.model.apply, owner=self)
        parts.bridge.on(InvocationProgressed, parts.model.apply, owner=self)
        parts.model.load(parts.bench.invocations())

    def set_compact(self, compact: bool) -> None:
        """Leave out the Thing and origin filters and who asked."""
        self._compact = compact
        self._show_page(self._pages.currentIndex())
        self.list.set_compact(compact)

    def show_page(self, key: str) -> None:
        """Show 'activity' or 'log'."""
        (self.log_tab if key == "log" else self.activity_tab).click()

    def clear_filters(self) -> None:
        """Show everything again."""
        self.chips[Only.ALL].click()
        self.thing_filter.setCurrentIndex(0)
        self.origin_filter.setCurrentIndex(0)

    # What the operator does.

    def cancel(self, invocation: UUID) -> None:
        """Ask an invocation to stop."""
        snapshot = self._model.snapshot(invocation)
        title = snapshot.title if snapshot is not None else ""
        self._parts.tasks.start(self._cancel(invocation), self.tr("Cancelling {0}").format(title))

    async def _cancel(self, invocation: UUID) -> None:
        await self._parts.bench.cancel(invocation)

    def repeat(self, invocation: UUID) -> None:
        """Run it again with the same input; what asks first does so in its panel."""
        snapshot = self._model.snapshot(invocation)
        if snapshot is None:
            return
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

    def menu_for(self, snapshot: InvocationSnapshot) -> QMenu:
        """What can be done with an invocation; the menu deletes itself when it is closed."""
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        server = self._parts.bench.server.url

        def add(title: str, glyph: str, run: Callable[[], object], enabled: bool = True) -> None:
            action = QAction(icon(self._theme, glyph, "secondary"), title, menu)
            action.setEnabled(enabled)
            action.triggered.connect(lambda _checked=False: run())
            menu.addAction(action)

        def copy(text: str) -> Callable[[], object]:
            return lambda: QGuiApplication.clipboard().setText(text)

        known = snapshot.thing in self._parts.bench.things
        if snapshot.blobs:
            add(self.tr("Show the result"), "pop-out", lambda: self.show_result.emit(snapshot.id))
        if not snapshot.status.ended:
            add(self.tr("Cancel"), "cancel", lambda: self.cancel(snapshot.id))
        else:
            add(self.tr("Repeat"), "repeat", lambda: self.repeat(snapshot.id), known)
        add(self.tr("Edit and run…"), "edited", lambda: self.edit.emit(snapshot), known)
        menu.addSeparator()
        add(self.tr("Copy input as JSON"), "copy", copy(as_json(snapshot)))
        add(self.tr("Copy as curl"), "copy", copy(as_curl(snapshot, server)), bool(server))
        add(self.tr("Copy as Python"), "copy", copy(as_python(snapshot, server)), bool(server))
        if snapshot.error is not None:
            said = f"{snapshot.error.title}: {snapshot.error.detail}"
            add(self.tr("Copy the error"), "copy", copy(said))
        return menu

    def _open_menu(self, invocation: UUID, place: QPoint) -> None:
        snapshot = self._model.snapshot(invocation)
        if snapshot is not None:
            self.menu_for(snapshot).popup(place)

    # The header.

    def _make_header(self) -> IslandHeader:
        theme = self._theme
        header = IslandHeader(theme)
        self.activity_tab = TabButton(theme, self.tr("Activity"))
        self.log_tab = TabButton(theme, self.tr("Log"))
        tabs = QButtonGroup(self)
        for number, tab in enumerate((self.activity_tab, self.log_tab)):
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
        self.origin_filter.addItem(self.tr("Everyone"), None)
        for kind, title in (
            (OriginKind.WINDOW, self.tr("You")),
            (OriginKind.NETWORK, self.tr("The network")),
            (OriginKind.SCHEDULE, self.tr("The schedule")),
            (OriginKind.SCRIPT, self.tr("Scripts")),
        ):
            self.origin_filter.addItem(title, kind)
        self.origin_filter.currentIndexChanged.connect(
            lambda _i: self._model.show_origin(self.origin_filter.currentData())
        )
        for box in (self.thing_filter, self.origin_filter):
            box.setMaximumWidth(130)
            row.addWidget(box)
        header.tools.addWidget(self._filters)
        self.clear_button = IconButton(theme, "mdi6.filter-off-outline", self.tr("Show all"))
        self.clear_button.clicked.connect(self.clear_filters)
        self.clear_button.hide()
        header.tools.insertWidget(0, self.clear_button)
        return header

    def _list_things(self) -> None:
        """Offer what is on the bench now as a filter; one that is gone shows everything again."""
        box = self.thing_filter
        for number in reversed(range(1, box.count())):
            if box.itemData(number) not in self._parts.bench.things:
                box.removeItem(number)
        for thing in self._parts.bench.things.values():
            if box.findData(thing.name) < 0:
                box.addItem(thing.title, thing.name)

    def _show_page(self, number: int) -> None:
        self._pages.setCurrentIndex(number)
        self._chip_row.setVisible(number == 0)
        self._filters.setVisible(number == 0 and not self._compact)

    def _count(self) -> None:
        counts = self._model.counts
        for only, chip in self.chips.items():
            chip.set_count(counts.of(only))
        self.clear_button.setVisible(self._model.filtered)

    def _title_of(self, thing: str) -> str:
        handle = self._parts.bench.things.get(thing)
        return handle.title if handle is not None else thing
