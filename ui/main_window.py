"""The operator's window: islands on a canvas, and tables of what is in them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from uuid import UUID

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMainWindow, QWidget
from typing_extensions import override

from app.actions.events import StampChanged
from app.handles import BenchHandle, InvocationSnapshot, StopReport
from ui.activity.log_feed import LogFeed
from ui.activity.panel import ActivityPanel, ActivityParts
from ui.activity.thumbnails import ThumbnailSource
from ui.bench_list import BenchList
from ui.bench_switch import dropped_bench
from ui.bridge import Bridge
from ui.centre_area import CentreArea
from ui.closing import ClosingDialog
from ui.commands import Command, CommandTable
from ui.docks import BareDock, IslandDock
from ui.layout_memory import LayoutMemory
from ui.lent_height import LentHeight
from ui.models.bench_list import BenchListModel
from ui.models.invocations import InvocationListModel
from ui.models.numbers import PLAIN, NumberStyle
from ui.models.palette import Entry, PaletteWords, ThingOpener, all_entries
from ui.notices import Notices
from ui.palette import CommandPalette
from ui.plots.panel import PlotPanel
from ui.plots.plottable import SeriesKey
from ui.stamp_popover import StampPopover
from ui.tasks import Tasks
from ui.theme import Scheme, Size, Theme
from ui.top_bar import TopBar
from ui.widgets import IslandHeader
from ui.window_commands import window_commands
from ui.window_layout import DockPlace, Preset, WindowLayout
from ui.window_pages import WindowPages

COMPACT_WIDTH = 1360
COMPACT_HEIGHT = 800
"""Below either the window makes do with less: one line a Thing, two rows of activity."""

Say = Callable[[str], None]
"""Tells the operator in a sentence what is waited for."""

AskFirst = Callable[[], bool]
"""Asks the operator before the window closes, and says whether it did; the answer comes later."""

Closing = Callable[[Say], Coroutine[Any, Any, None]]
"""Cancels what runs and closes the bench; says meanwhile what it waits for."""


class Centre(Protocol):
    """What the window needs of the viewer in its middle."""

    @property
    def widget(self) -> QWidget:
        """The viewer."""

    def show_result(self, invocation: UUID) -> None:
        """Show the picture an invocation gave."""

    def layout_state(self) -> dict[str, str]:
        """What the operator chose in it."""

    def restore_layout(self, state: Mapping[str, str]) -> None:
        """Show as much as is remembered."""

    def reset_layout(self) -> None:
        """Forget what was chosen."""

    def set_compact(self, compact: bool) -> None:
        """Make do with less room."""


class PanelsArea(Protocol):
    """What the window needs of the panels at its right."""

    @property
    def widget(self) -> QWidget:
        """The column of panels."""

    def show_thing(self, thing: str) -> None:
        """Bring the panel of a Thing in sight."""

    def show_property(self, thing: str, name: str) -> None:
        """Bring a field in sight and put the focus into it."""

    def show_action(self, thing: str, action: str, filled: Mapping[str, Any] | None = None) -> None:
        """Open the form of an action, filled with an input where one is given."""

    def ask_action(self, thing: str, action: str, filled: Mapping[str, Any]) -> None:
        """Open the form of an action with an input, and ask there whether to run it."""

    def layout_state(self) -> dict[str, str]:
        """How much each panel shows, where the operator chose it."""

    def restore_layout(self, state: Mapping[str, str]) -> None:
        """Show as much as is remembered."""

    def reset_layout(self) -> None:
        """Forget what was chosen."""

    def set_compact(self, compact: bool) -> None:
        """Make do with less room."""


@dataclass(frozen=True, slots=True)
class WindowParts:
    """What the composition makes and the window puts together.

    Attributes:
        bench: What is shown.
        theme: How it looks.
        tasks: Runs what a click asks for. Its reports belong into `MainWindow.tell_failure`.
        bridge: Brings the events.
        centre: The viewer.
        panels: The panels.
        thumbnails: Small pictures for the activity list.
        log: The application's log.
        memory: Where the layout is remembered; None for not at all.
        closing: Called before the window closes; None where nothing has to be closed.
        ends_bench: Whether the bench ends with the window, so that closing it asks while something
            runs; False for a bench that another program serves.
        numbers: The signs numbers are written with.
    """

    bench: BenchHandle
    theme: Theme
    tasks: Tasks
    bridge: Bridge
    centre: Centre
    panels: PanelsArea
    thumbnails: ThumbnailSource
    log: LogFeed
    memory: LayoutMemory | None = None
    closing: Closing | None = None
    ends_bench: bool = True
    numbers: NumberStyle = PLAIN


class MainWindow(QMainWindow):
    """Bench at the left, viewer in the middle, panels at the right, activity below.

    Attributes:
        invocations: What runs, waits and ended, as the activity shows it.
        closed: The window is closed and everything behind it too.
        stayed: It was to be closed, but the operator keeps working.
        open_bench_menu: What can be done with the bench is wanted, at this place of the screen.
        dropped: A bench file was dropped on it.
        compact_changed: Room became short, or is there again.
    """

    closed = Signal()
    stayed = Signal()
    open_bench_menu = Signal(QPoint)
    dropped = Signal(Path)
    compact_changed = Signal(bool)

    def __init__(self, parts: WindowParts) -> None:
        """Put the window together; nothing is asked of any instrument."""
        super().__init__()
        self._parts = parts
        self._compact: bool | None = None
        self._may_close = False
        self._is_closing = False
        self._ask_first: AskFirst | None = None
        self._was_asked = False
        self._closing_dialog: ClosingDialog | None = None
        self.setWindowTitle(self._title())
        self.setContentsMargins(Size.GRID, 0, Size.GRID, Size.GRID)
        # On a small screen the window fills what panels and docks of the desktop leave.
        room = self.screen().availableSize()
        self.setMinimumSize(QSize(960, 600).boundedTo(room))
        self.resize(QSize(1440, 900).boundedTo(room))
        self.setDockNestingEnabled(True)
        self.setAcceptDrops(True)
        self._make_islands()
        self.commands = CommandTable(parts.theme, self)
        for command in window_commands(self):
            self.commands.add(command)
        self._make_menu()
        self.notices = Notices(parts.theme, self)
        self.notices.keep_within(self.centre_area)
        self.palette_box = CommandPalette(parts.theme, self._palette_entries, self)
        self.notices.placed.connect(self.palette_box.raise_)
        self.stamp_popover = StampPopover(parts.theme, parts.bench, parts.tasks, self)
        self._connect()
        # Not on STOP ALL, which is the first in line: a stray Space would stop everything.
        self.bench_list.view.setFocus()

    def add_archive(self, page: QWidget) -> None:
        """Have the archive as the window's other page."""
        self.pages.add_archive(page)
        self.top_bar.offer_archive()

    def add_commands(self, commands: Iterable[Command]) -> None:
        """Offer more in menu and palette."""
        for command in commands:
            self.commands.add(command)
        self._make_menu()

    def _make_menu(self) -> None:
        folded = {
            "layout": self.tr("Layout"),
            "plot": self.tr("What is plotted"),
            "colours": self.tr("Colours"),
        }
        self.top_bar.set_menu(self.commands.menu(self, folded))

    @property
    def compact(self) -> bool:
        """Whether the window makes do with less."""
        return bool(self._compact)

    @property
    def scheme(self) -> Scheme:
        """The colour scheme the operator chose."""
        return self._parts.theme.scheme

    # Commands.

    def stop_all(self) -> None:
        """Stop everything; no question asked."""
        self._parts.tasks.start(self._stop_all(), self.tr("STOP ALL"))

    async def _stop_all(self) -> None:
        self.tell_stopped(await self._parts.bench.stop_all())

    def open_palette(self) -> None:
        """Open the command palette at its field in the top bar."""
        field = self.top_bar.search_field
        corner = field.mapTo(self, QPoint(0, 0))
        self.palette_box.open_at(QRect(corner, field.size()))

    def find_thing(self) -> None:
        """Put the focus into the search box of the bench."""
        self.pages.show_bench()
        self.bench_dock.show()
        self.bench_list.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bench_list.search.selectAll()

    def has_address(self) -> bool:
        """Whether the bench is served."""
        return bool(self._parts.bench.server.url)

    def copy_address(self) -> None:
        """Copy the server's address."""
        url = self._parts.bench.server.url
        QGuiApplication.clipboard().setText(url)
        self._copied(url)

    def edit_stamp(self) -> None:
        """Open, or close, the lines for sample, session and operator."""
        if self.stamp_popover.isVisible():
            self.stamp_popover.close_popover()
        else:
            self.stamp_popover.open_below(self.top_bar.stamp_button)

    def show_log(self) -> None:
        """Bring the application's log in sight."""
        self.pages.show_bench()
        self.activity_dock.show()
        self.activity.show_page("log")

    def show_history(self) -> None:
        """Bring what was run in sight, ready to be searched."""
        self.pages.show_bench()
        self.activity_dock.show()
        self.activity.show_page("history")
        self.activity.history.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_plot(self) -> None:
        """Bring the plot in sight."""
        self.pages.show_bench()
        self.plot_dock.show()
        self.plot_dock.raise_()

    def plot_values(self, keys: Sequence[SeriesKey]) -> None:
        """Plot numbers over time."""
        self.show_plot()
        self.plot.plot(keys)

    def toggle_full_screen(self) -> None:
        """Fill the screen, or stop doing so."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def choose_scheme(self, scheme: Scheme) -> None:
        """Choose light, dark or the system's colours, and remember it."""
        self._parts.theme.choose(scheme)
        if self._parts.memory is not None:
            self._parts.memory.scheme = scheme

    def reset_layout(self) -> None:
        """Put every dock back to its first place and size."""
        self.pages.show_bench()
        self.docking.reset()
        self._parts.centre.reset_layout()

    @property
    def preset(self) -> Preset:
        """The arrangement of the docks chosen last."""
        return self.docking.preset

    def choose_preset(self, preset: Preset) -> None:
        """Arrange the docks for a kind of work."""
        self.pages.show_bench()
        self.docking.choose(preset)

    def ask_to_close(self) -> None:
        """Close the window, asking first while something runs."""
        self.close()

    def close_without_asking(self) -> None:
        """Cancel what runs and close: for signals, which nobody is there to answer."""
        self._close_now()

    def ask_before_closing(self, ask: AskFirst) -> None:
        """Have something asked whenever the window is to be closed by the operator.

        Args:
            ask: Its answer comes by `go_on_closing` or `keep_working`.
        """
        self._ask_first = ask

    def go_on_closing(self) -> None:
        """What was asked first is answered: close, asking now about what runs."""
        self._was_asked = True
        self.close()

    def keep_working(self) -> None:
        """The operator does not close it after all; the next time all is asked again."""
        self._was_asked = False
        self.stayed.emit()

    # Telling the operator.

    def tell_failure(self, what: str, error: Exception) -> None:
        """Say that something failed; give this to `Tasks` as its report."""
        said = str(error) or type(error).__name__
        text = f"{what}: {said}" if what else said
        self.notices.say(text, role="failed", details=f"{type(error).__name__}: {said}")

    def tell_left_behind(self, what: str) -> None:
        """Say what of the bench before did not end in time."""
        self.notices.say(
            self.tr("Of the bench before, this did not end: {0}. Look at the device.").format(what),
            role="failed",
        )

    def tell_left_out(self, name: str, reason: str) -> None:
        """Say which editor or panel of an installed package is left out, and why."""
        self.notices.say(
            self.tr("{0} is left out. The log has all of it.").format(name),
            role="waiting",
            details=reason,
        )

    def tell_stopped(self, reports: Sequence[StopReport]) -> None:
        """Say what STOP ALL did."""
        silent = [report for report in reports if not report.answered]
        lines = "\n".join(
            self.tr("{0}: stopped in {1} ms").format(
                self._title_of(each.thing), round(each.took_s * 1000)
            )
            if each.answered
            else f"{self._title_of(each.thing)}: {each.reason or self.tr('did not answer')}"
            for each in reports
        )
        if silent:
            names = ", ".join(self._title_of(report.thing) for report in silent)
            self.notices.say(
                self.tr("Stopped, but did not answer: {0}. Use the switch at the device.").format(
                    names
                ),
                role="failed",
                details=lines,
            )
        else:
            self.notices.say(self.tr("Everything is stopped."), role="running", details=lines)

    # Qt's side.

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_compact()
        self.notices.place()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Lay the docks out the first time, when the window has its size."""
        super().showEvent(event)
        self.docking.lay_out()

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped_bench(event.mimeData()) is not None:
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        file = dropped_bench(event.mimeData())
        if file is not None:
            event.acceptProposedAction()
            self.dropped.emit(file)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        running = self.invocations.active if self._parts.ends_bench else []
        if self._may_close or (self._parts.closing is None and not running):
            if self._parts.memory is not None:
                self._parts.memory.plotted = self.plot.layout_state()
                self._parts.memory.viewer = self._parts.centre.layout_state()
            self.pages.show_bench()  # what is remembered is how the bench was left
            self._activity_room.want(0)
            self.docking.save()
            self.plot.close_plot()
            event.accept()
            self.closed.emit()
            return
        event.ignore()
        answered = self._was_asked or self._is_closing
        if not answered and self._ask_first is not None and self._ask_first():
            return
        if running and not self._is_closing:
            titles = {name: thing.title for name, thing in self._parts.bench.things.items()}
            self._dialog().ask(running, titles)
        else:
            self._close_now()

    # Inside.

    def _make_islands(self) -> None:
        parts = self._parts
        theme = parts.theme
        self.top_bar = TopBar(theme, parts.bench, parts.tasks)
        self.setMenuWidget(self.top_bar)
        self._make_centre()
        self._bench_model = BenchListModel(parts.bench, parts.numbers, self)
        self.bench_list = BenchList(theme, self._bench_model, parts.bridge, parts.tasks)
        bench_header = IslandHeader(theme, self.tr("Bench"))
        bench_header.tools.addWidget(self.bench_list.fold_button)
        self.bench_dock = IslandDock(
            theme, "bench", self.tr("Bench"), bench_header, self.bench_list, self
        )
        self.invocations = InvocationListModel(parent=self)
        self.activity = ActivityPanel(
            theme,
            ActivityParts(
                parts.bench,
                parts.bridge,
                parts.tasks,
                self.invocations,
                parts.thumbnails,
                parts.log,
            ),
        )
        self.activity_dock = IslandDock(
            theme, "activity", self.tr("Activity"), self.activity.header, self.activity, self
        )
        self.panels_dock = BareDock("panels", self.tr("Panels"), parts.panels.widget, self)
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)
        self.docking = WindowLayout(
            self, self._places(), parts.panels, parts.memory, self.centre_area
        )

    def _make_centre(self) -> None:
        parts = self._parts
        self.plot = PlotPanel(parts.theme, parts.bench, parts.bridge, parts.tasks, parts.numbers)
        self.plot_dock = IslandDock(
            parts.theme, "plot", self.tr("Plot"), self.plot.header, self.plot, self
        )
        self.plot.add_close_button(self.plot_dock.close)
        self.centre_area = CentreArea(parts.centre.widget, self.plot_dock, self)
        self.pages = WindowPages(self, self.centre_area)
        self.setCentralWidget(self.pages.stack)
        if parts.memory is not None:
            self.plot.restore_layout(parts.memory.plotted)
            parts.centre.restore_layout(parts.memory.viewer)

    def _places(self) -> list[DockPlace]:
        """Every dock: where it stands, how large it is, and in which presets it is shown."""
        area = Qt.DockWidgetArea
        operate = frozenset({Preset.OPERATE, Preset.EVERYTHING})
        return [
            DockPlace(self.bench_dock, area.LeftDockWidgetArea, True, 232, 200, presets=operate),
            DockPlace(self.panels_dock, area.RightDockWidgetArea, True, 384, 360),
            DockPlace(self.activity_dock, area.BottomDockWidgetArea, False, 244, 124, 320, operate),
        ]

    def _connect(self) -> None:
        parts = self._parts
        self.top_bar.stop_all.connect(self.stop_all)
        self.top_bar.search.connect(self.open_palette)
        self.top_bar.copied.connect(self._copied)
        self.top_bar.edit_stamp.connect(self.edit_stamp)
        self.top_bar.page_chosen.connect(self._choose_page)
        self.pages.changed.connect(self.top_bar.show_page)
        self.top_bar.open_bench_menu.connect(self._ask_bench_menu)
        parts.bridge.on(StampChanged, self._take_stamp, owner=self)
        self.bench_dock.stop_all.connect(self.stop_all)
        self.activity_dock.stop_all.connect(self.stop_all)
        self.plot_dock.stop_all.connect(self.stop_all)
        self.plot.said.connect(self.notices.say)
        self.bench_list.chosen.connect(self._show_thing)
        self.activity.show_result.connect(parts.centre.show_result)
        self.activity.edit.connect(self._edit)
        self.activity.ask.connect(self._ask_again)
        self.activity.said.connect(self.notices.say)
        self._activity_room = LentHeight(self, self.activity_dock)
        self.activity.unfolded.connect(self._activity_room.want)
        self.compact_changed.connect(parts.centre.set_compact)
        self.compact_changed.connect(parts.panels.set_compact)
        self.compact_changed.connect(self.bench_list.set_compact)
        self.compact_changed.connect(self.activity.set_compact)
        self.compact_changed.connect(self.top_bar.set_compact)
        self.compact_changed.connect(self.docking.set_compact)

    def _update_compact(self) -> None:
        compact = self.width() < COMPACT_WIDTH or self.height() < COMPACT_HEIGHT
        if compact != self._compact:
            self._compact = compact
            self.compact_changed.emit(compact)

    def _title(self) -> str:
        bench = self._parts.bench
        if self._parts.ends_bench:
            return f"{bench.title} – Labwright"
        place = urlsplit(bench.server.url).netloc
        return self.tr("{0} at {1} – Labwright").format(bench.title, place)

    def _title_of(self, thing: str) -> str:
        handle = self._parts.bench.things.get(thing)
        return handle.title if handle is not None else thing

    def _choose_page(self, archive: bool) -> None:
        if archive:
            self.pages.show_archive()
        else:
            self.pages.show_bench()

    def _ask_bench_menu(self) -> None:
        button = self.top_bar.bench_button
        self.open_bench_menu.emit(button.mapToGlobal(QPoint(0, button.height() + 4)))

    def _take_stamp(self, event: StampChanged) -> None:
        self.top_bar.show_stamp(event.stamp)
        self.stamp_popover.show_stamp(event.stamp)

    def _copied(self, what: str) -> None:
        self.notices.say(self.tr("Copied {0}").format(what))

    def _show_thing(self, thing: str) -> None:
        self.pages.show_bench()
        self.panels_dock.show()
        self._parts.panels.show_thing(thing)

    def _edit(self, snapshot: InvocationSnapshot) -> None:
        self.pages.show_bench()
        self.panels_dock.show()
        self._parts.panels.show_action(snapshot.thing, snapshot.action, snapshot.input)

    def _ask_again(self, snapshot: InvocationSnapshot) -> None:
        self.pages.show_bench()
        self.panels_dock.show()
        self._parts.panels.ask_action(snapshot.thing, snapshot.action, snapshot.input)

    def _show_property(self, thing: str, name: str) -> None:
        self.pages.show_bench()
        self._parts.panels.show_property(thing, name)

    def _show_action(self, thing: str, action: str) -> None:
        self.pages.show_bench()
        self._parts.panels.show_action(thing, action)

    def _run_action(self, thing: str, action: str) -> None:
        handle = self._parts.bench.things[thing]
        self._parts.tasks.start(
            handle.invoke(action), self.tr("{0} on {1}").format(action, handle.title)
        )

    def _palette_entries(self) -> list[Entry]:
        self.commands.refresh()
        words = PaletteWords(
            self.tr("runs"),
            self.tr("opens the form"),
            self.tr("shows the field"),
            self.tr("shows the panel"),
            self.tr("command"),
            self.tr("not now, shows why"),
        )
        own = [
            Entry(
                command.title,
                words.command,
                command.icon or "menu",
                self.commands.action(command.id).trigger,
                command.shortcut,
                f"{command.title} {command.help}".casefold(),
            )
            for command in self.commands
            if command.enabled() and command.id != "bench.search"
        ]
        opener = ThingOpener(
            self._show_thing,
            self._show_property,
            self._show_action,
            self._run_action,
        )
        plots = self.plot.entries(self.tr("plots"), prefix=self.tr("Plot "), plotted=self.show_plot)
        return [*all_entries(self._parts.bench, own, opener, words), *plots]

    # Closing.

    def _dialog(self) -> ClosingDialog:
        if self._closing_dialog is None:
            self._closing_dialog = ClosingDialog(self._parts.theme, self)
            self._closing_dialog.agreed.connect(self._close_now)
            self._closing_dialog.stop_all.connect(self.stop_all)
            self._closing_dialog.rejected.connect(self.keep_working)
        return self._closing_dialog

    def _close_now(self) -> None:
        if self._parts.closing is None:
            self._really_close()
            return
        if self._is_closing:
            return
        self._is_closing = True
        self._parts.tasks.start(self._close(self._parts.closing), self.tr("Closing"))

    async def _close(self, closing: Closing) -> None:
        dialog = self._dialog()
        try:
            await self.activity.keep_notes()  # a closed bench takes none
            await closing(dialog.wait)
        finally:
            # Whatever went wrong, the operator's wish to close holds.
            self._really_close()

    def _really_close(self) -> None:
        self._may_close = True
        if self._closing_dialog is not None:
            self._closing_dialog.hide()
        self.close()
