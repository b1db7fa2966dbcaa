"""The history: what the ledger has, with filters, read on as it is scrolled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final
from uuid import UUID

from PySide6.QtCore import QLocale, QPoint, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.actions.events import InvocationChanged, RunAnnotated
from app.handles import BenchHandle, InvocationSnapshot
from app.run_records import RunState
from ui.activity.details import InvocationDetails
from ui.activity.filter_button import FilterButton
from ui.activity.list_view import InvocationList
from ui.activity.origins import origin_choices
from ui.activity.thumbnails import ThumbnailSource
from ui.activity.wording import one_line
from ui.bridge import Bridge
from ui.models.history import HistoryFilter, HistoryModel
from ui.models.rows import RowModel
from ui.tasks import Tasks
from ui.theme import Size, TextSize, Theme
from ui.widgets import ComboBox, IconButton, PlainLabel, SearchBox

TYPED_MS: Final = 300
"""The ledger is asked when nothing was typed for so long."""

FRESH_MS: Final = 500
"""Runs that begin or end within this time make one reading anew."""

AHEAD_ROWS: Final = 30
"""The next page is asked for when fewer rows than this are left below."""


class HistoryView(QWidget):
    """Rows of the ledger, newest first.

    Attributes:
        repeat: Run it again; its snapshot.
        show_result: Look at its result; its id.
        more: Its menu is wanted; its snapshot and a place on the screen.
        filters: What stands in the header of the island while this is shown.
        list: The rows.
    """

    repeat = Signal(object)
    show_result = Signal(object)
    more = Signal(object, QPoint)

    def __init__(
        self,
        theme: Theme,
        bench: BenchHandle,
        bridge: Bridge,
        tasks: Tasks,
        thumbnails: ThumbnailSource,
        title_of: Callable[[str], str],
        parent: QWidget | None = None,
        live: RowModel | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bench = bench
        self.model = HistoryModel(bench, tasks, self, live)
        details = InvocationDetails(theme, bench, tasks)
        self.list = InvocationList(theme, self.model, thumbnails, details, title_of)
        self.list.setAccessibleName(self.tr("What was run"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        self.filters = QWidget()
        self._make_filters()
        self.list.repeat.connect(lambda run: self._with(run, self.repeat.emit))
        self.list.show_result.connect(self.show_result)
        self.list.more.connect(self._open_menu)
        self.list.verticalScrollBar().valueChanged.connect(self._read_on)
        self.model.changed.connect(self._told)
        self._typed = self._timer(TYPED_MS, self._show_filter)
        self._fresh = self._timer(FRESH_MS, self._refresh)
        self._stale = False
        bridge.on(InvocationChanged, lambda _event: self._grow_stale(), owner=self)
        bridge.on(RunAnnotated, self._take_note, owner=self)

    def set_compact(self, compact: bool) -> None:
        """Fold the filters by who asked and when, and leave out who asked."""
        self.count.setVisible(not compact)
        self.filter_button.set_folded(compact)
        self.list.set_compact(compact)

    def show_who(self, run: InvocationSnapshot) -> None:
        """Show only what the one who asked for a run has asked for."""
        self._who = run.origin.who
        self.origin.setCurrentIndex(self.origin.findData(run.origin.kind))
        self._show_filter()

    def clear_filters(self) -> None:
        """Show everything again."""
        self._who = ""
        for box in (self.thing, self.state, self.origin, self.when):
            box.setCurrentIndex(0)
        self.search.clear()
        self._typed.stop()
        self._show_filter()

    def list_things(self) -> None:
        """Offer what is on the bench as a filter; one that is gone keeps its runs and its entry."""
        for thing in self._bench.things.values():
            if self.thing.findData(thing.name) < 0:
                self.thing.addItem(one_line(thing.title), thing.name)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.model.reload()

    # Inside.

    def _make_filters(self) -> None:
        row = QHBoxLayout(self.filters)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.count = PlainLabel(self._theme, size=TextSize.SMALL, tone="secondary")
        row.addWidget(self.count)
        self.clear_button = IconButton(
            self._theme, "mdi6.filter-off-outline", self.tr("Show all of the history")
        )
        self.clear_button.clicked.connect(self.clear_filters)
        self.clear_button.hide()
        row.addWidget(self.clear_button)
        self.search = SearchBox(self._theme, self.tr("Find in the history"))
        self.search.setMinimumWidth(120)
        self.search.setMaximumWidth(200)
        self.search.textChanged.connect(lambda _text: self._typed.start())
        row.addWidget(self.search, 1)
        self.thing = self._box(self.tr("Show runs of"), [(self.tr("Every Thing"), "")])
        self.list_things()
        self.state = self._box(
            self.tr("Show runs that"),
            [
                (self.tr("Any outcome"), None),
                (self.tr("Completed"), RunState.COMPLETED),
                (self.tr("Failed"), RunState.ERROR),
                (self.tr("Cancelled"), RunState.CANCELLED),
                (self.tr("Interrupted"), RunState.INTERRUPTED),
            ],
        )
        self.origin = self._box(self.tr("Show runs asked for by"), origin_choices())
        self.when = self._box(
            self.tr("Show runs of which time"),
            [
                (self.tr("Any time"), None),
                (self.tr("Today"), 0),
                (self.tr("Last 7 days"), 6),
                (self.tr("Last 30 days"), 29),
                (self.tr("Last year"), 364),
            ],
        )
        for box in (self.thing, self.state, self.origin, self.when):
            box.setMaximumWidth(130)
            box.activated.connect(lambda _index: self._chosen())
            row.addWidget(box)
        self.filter_button = FilterButton(
            self._theme, self.tr("More filters"), row, (self.origin, self.when)
        )
        row.insertWidget(row.indexOf(self.origin), self.filter_button)
        self._who = ""

    def _box(self, name: str, choices: list[tuple[str, object]]) -> ComboBox:
        box = ComboBox(self._theme)
        box.setAccessibleName(name)
        for words, value in choices:
            box.addItem(words, value)
        return box

    def _timer(self, interval_ms: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(call)
        return timer

    def _chosen(self) -> None:
        # Whoever was chosen by a row came by one way in; another way is somebody else.
        self._who = ""
        self._show_filter()

    def _show_filter(self) -> None:
        self.list.verticalScrollBar().setValue(0)
        self.model.show(
            replace(
                HistoryFilter(),
                thing=self.thing.currentData(),
                state=self.state.currentData(),
                origin=self.origin.currentData(),
                who=self._who,
                days=self.when.currentData(),
                text=self.search.text(),
            )
        )

    def _told(self) -> None:
        total = self.model.total
        words = "" if total is None else self.tr("{0} runs").format(QLocale().toString(total))
        self.count.setText(words)
        self.clear_button.setVisible(self.model.filter != HistoryFilter())
        self._read_on()

    def _read_on(self) -> None:
        bar = self.list.verticalScrollBar()
        if self._stale and bar.value() == 0:
            self._fresh.start()
        if self.isVisible() and bar.maximum() - bar.value() < AHEAD_ROWS * Size.ACTIVITY_ROW:
            self.model.load_more()

    def _grow_stale(self) -> None:
        """Rows that somebody reads further down do not move away; at the top new ones come in."""
        self._stale = True
        at_top = self.isVisible() and self.list.verticalScrollBar().value() == 0
        if at_top and not self._fresh.isActive():
            self._fresh.start()

    def _refresh(self) -> None:
        if self.isVisible():
            self._stale = False
            self.model.reload(count=False)

    def _take_note(self, event: RunAnnotated) -> None:
        self.model.take(event.run)
        self.list.details.take_record(event.run)

    def _with(self, run: UUID, call: Callable[[InvocationSnapshot], object]) -> None:
        snapshot = self.model.snapshot(run)
        if snapshot is not None:
            call(snapshot)

    def _open_menu(self, run: UUID, place: QPoint) -> None:
        self._with(run, lambda snapshot: self.more.emit(snapshot, place))
