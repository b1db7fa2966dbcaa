"""Every part of the window, made and put together in one place."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale, QObject, QSettings, Signal
from PySide6.QtWidgets import QApplication, QWidget

from app.archive.events import ArchiveTroubled
from app.imaging.decoder import ImageDecoder
from app.opening import program_of
from app.program import end_without_waiting
from app.session import Session
from ui.activity.log_feed import LogFeed
from ui.activity.thumbnails import ThumbnailSource
from ui.bench_chooser import BenchChooser
from ui.bench_editor import BenchEditor
from ui.bench_switch import BenchSwitch, Prepare
from ui.bridge import Bridge
from ui.commands import Command
from ui.editors import ChooseArchived, FileChoice, number_style
from ui.extensions import Extensions
from ui.layout_memory import LayoutMemory
from ui.log_off import LogOff
from ui.main_window import MainWindow, Say, WindowParts
from ui.panels.own_panels import OwnPanels
from ui.panels.panel_column import Arrangement
from ui.panels.panels_area import PanelsArea
from ui.recent_benches import RecentBenches
from ui.stall_watch import StallWatch
from ui.tasks import Tasks
from ui.theme import Theme
from ui.thing_drop import ThingDrop
from ui.viewer.arrivals import Arrivals
from ui.viewer.how_made import HowMade
from ui.viewer.image_viewer import ImageViewer
from ui.viewer_centre import ViewerCentre

if TYPE_CHECKING:
    from ui.archive.choosing import ArchivedFiles
    from ui.archive.page import ArchivePage
    from ui.notifications.desktop import Desktop

_log = logging.getLogger(__name__)


class Composition(QObject):
    """The window of a bench, with all that belongs to it.

    Args:
        qt: The Qt application.
        session: The bench, not yet opened; or one elsewhere.
        theme: How it looks, where another window was there before.
        prepare: Makes the session of another bench, in a worker; from its file by default.
        desktop: Shows messages beside the window; this system's by default.
        welcome: Whether to greet somebody who is here for the first time.

    Attributes:
        session: The bench it shows, with its beginning and end.
        window: The main window, not yet shown.
    """

    _failed = Signal(str, Exception)

    def __init__(
        self,
        qt: QApplication,
        session: Session,
        *,
        theme: Theme | None = None,
        prepare: Prepare | None = None,
        desktop: Desktop | None = None,
        welcome: bool = False,
    ) -> None:
        super().__init__()
        self.session = session
        bench = session.handle
        self._threads: list[threading.Thread] = []
        self._ending = False
        folder = session.settings.data_folder
        settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        memory = LayoutMemory(settings, str(bench.file or bench.server.url or bench.title))
        self.theme = theme or Theme(qt)
        self.theme.choose(memory.scheme)
        self._stall_watch = StallWatch(parent=self)
        self.tasks = Tasks(self._tell)
        self.bridge = Bridge(bench.subscribe, self)
        self.viewer = ImageViewer(self.theme, self.tasks)
        self.decoder = ImageDecoder()
        self.thumbnails = ThumbnailSource(parent=self)
        self.arrivals = Arrivals(
            bench, self.bridge, self.viewer, self.decoder, self.tasks, self.thumbnails, self
        )
        self.centre = ViewerCentre(bench, self.viewer, self.arrivals)
        own_panels = OwnPanels()
        self.panels = PanelsArea(
            bench,
            self.theme,
            self.tasks,
            self.bridge,
            own_panels=own_panels,
            archived=self._choose_archived(),
        )
        self.extensions = Extensions(own_panels, self)
        self.extensions.came.connect(self.panels.rebuild)
        self.log = LogFeed(parent=self)
        logging.getLogger().addHandler(self.log.handler)
        self.window = MainWindow(
            WindowParts(
                bench=bench,
                theme=self.theme,
                tasks=self.tasks,
                bridge=self.bridge,
                centre=self.centre,
                panels=self.panels,
                thumbnails=self.thumbnails,
                log=self.log,
                memory=memory,
                closing=self._close_bench,
                ends_bench=session.ends_bench,
                numbers=number_style(QLocale()),
            )
        )
        self.panels.hear_silence(self.window.invocations.silent_s)
        self._take_drops()
        self.extensions.failed.connect(self.window.tell_left_out)
        self.panels.live_requested.connect(self.centre.open_live)
        how_made = HowMade(bench, self.viewer, self.tasks, self)
        how_made.edit.connect(self.panels.show_action)
        how_made.ask.connect(self.panels.ask_action)
        self.benches = BenchChooser(
            self.window,
            BenchSwitch(
                bench.file,
                prepare or (lambda file: program_of(file, session.settings)),
                RecentBenches(settings),
                self.tasks,
                self,
            ),
            self.bridge,
            bench.file,
        )
        self._offer_arrangements()
        self.archive_page: ArchivePage | None = None
        if bench.archive is not None:
            self.window.top_bar.offer_archive()
        self.desktop = desktop
        self._settings = settings
        if session.editing is not None:
            BenchEditor(self.window, bench, session.editing, self.theme, self.tasks, self.bridge)
        if welcome:
            self.benches.welcome(self.theme, self.centre.widget)
        self.panels.plot_requested.connect(self.window.plot_values)
        self._failed.connect(self.window.tell_failure)
        self._log_off = LogOff(session, settings, lambda: self.window.activity.note_boxes)
        saved = self._log_off.saved_before()
        if saved is not None:
            said = self.tr("At log-off the bench had unsaved changes. It was saved in {0}.")
            self.window.notices.say(said.format(saved))
        qt.commitDataRequest.connect(self.end_with_session)

    def start(self) -> None:
        """Open the Things and the server, in threads, so that the window waits for neither.

        Then have all that the first view of the window shows nothing of. Its modules are imported
        there: before, they would take a tenth of the time until the window is drawn.
        """
        if not self.session.safe:
            self.extensions.start()
        self._in_thread("opening", self.session.open)
        self._in_thread("serving", self._serve)
        self.archive_page = self._offer_archive()
        self._offer_diagnostics()
        self._offer_notifications()
        if self.session.settings.dev:
            self._offer_faults()

    def end(self) -> None:
        """End the program: for signals, which ask no question. A second one ends at once."""
        if self._ending:
            os._exit(1)
        self._ending = True
        self.benches.switch.give_up()
        self.window.close_without_asking()

    def end_without_window(self) -> None:
        """End the program from any thread, where the Qt thread hears of nothing any more."""
        self.session.close()
        self.decoder.close()
        end_without_waiting(1)

    def end_with_session(self) -> None:
        """The user logs off: all is kept and the bench closed when this returns.

        There may be no time after.
        """
        self._ending = True
        self._log_off.end()
        self.window.close_without_asking()

    async def close(self) -> None:
        """Let go of everything the window held."""
        self._stall_watch.close()
        self.bridge.close()
        self.viewer.close_viewer()
        await self.tasks.close()
        if self.desktop is not None:
            await self.desktop.close()
        await asyncio.to_thread(self._close_rest)
        logging.getLogger().removeHandler(self.log.handler)

    def _close_rest(self) -> None:
        self.decoder.close()
        if self.archive_page is not None:
            self.archive_page.copies.close()
        self.session.close()
        for thread in self._threads:
            thread.join(5.0)

    async def _close_bench(self, say: Say) -> None:
        """Cancel what runs and leave the Things, saying what is waited for; or only let go."""
        if self.session.ends_bench:
            names = ", ".join(
                f"{invocation.title} ({invocation.thing})"
                for invocation in self.session.handle.invocations()
                if not invocation.status.ended
            )
            say(self.tr("Waiting for {0}").format(names or self.tr("the instruments")))
        await asyncio.to_thread(self.session.close)

    def _take_drops(self) -> None:
        """A Thing dragged onto the picture is seen live, elsewhere its panel is shown."""
        centre, panels = self.centre, self.panels
        ThingDrop(centre.widget, centre.has_stream, centre.open_first_live)
        ThingDrop(panels, lambda name: name in panels.panels, panels.show_thing)
        self.window.bench_list.view.dragged_out.connect(self.panels.pop_out)

    def _offer_arrangements(self) -> None:
        panels = self.panels

        def offer(arrangement: Arrangement, title: str, told: str) -> None:
            self.window.commands.add(
                Command(
                    id=f"layout.panels-{arrangement.value}",
                    title=title,
                    help=told,
                    checked=lambda: panels.arrangement is arrangement,
                    run=lambda: panels.arrange(arrangement),
                )
            )

        offer(
            Arrangement.COLUMN,
            self.tr("Panels: one above the other"),
            self.tr("The first arrangement of a bench"),
        )
        offer(
            Arrangement.TILES,
            self.tr("Panels: beside each other"),
            self.tr("As many in a row as there is room for: make the dock wider, or pop it out"),
        )
        offer(
            Arrangement.ONE,
            self.tr("Panels: one at a time"),
            self.tr("Only the panel of the Thing that was chosen last in the bench"),
        )

    def _choose_archived(self) -> ChooseArchived | None:
        if self.session.handle.archive is None:
            return None

        def choose(media_type: str, beside: QWidget, take: Callable[[FileChoice], None]) -> None:
            self._archived_files.choose(media_type, beside, take)

        return choose

    @cached_property
    def _archived_files(self) -> ArchivedFiles:
        from ui.archive.choosing import ArchivedFiles

        bench = self.session.handle
        assert bench.archive is not None
        parts = (self.theme, bench, bench.archive, self.bridge, self.decoder, self.tasks)
        return ArchivedFiles(*parts, self.window.stop_all)

    def _offer_archive(self) -> ArchivePage | None:
        from ui.archive.keeping import Keeping
        from ui.archive.opening import FileOpener
        from ui.archive.page import ArchivePage

        bench, window = self.session.handle, self.window
        archive = bench.archive
        if archive is None:
            return None
        page = ArchivePage(self.theme, bench, archive, self.bridge, self.decoder, self.tasks)
        opener = FileOpener(bench, archive, self.viewer, self.decoder, self.tasks, self)
        window.add_archive(page)
        for asked in (page.opened, page.made_asked):
            asked.connect(lambda _what: window.pages.show_bench())
        page.opened.connect(opener.open)
        opener.content_read.connect(page.gallery.thumbnails.note_content)
        page.made_asked.connect(opener.open_with_story)
        self.keeping = Keeping(
            self.theme,
            bench,
            archive,
            self.viewer,
            self.bridge,
            self.tasks,
            self,
            taking=page.taking,
        )
        window.activity.keep.connect(self.keeping.keep_run)
        window.activity.keep_as.connect(self.keeping.keep_run_as)
        self.keeping.asked.connect(lambda _file: window.pages.show_archive())
        self.keeping.asked.connect(page.gallery.show_file)
        self.panels.pictures_requested.connect(lambda _thing: window.pages.show_archive())
        self.panels.pictures_requested.connect(page.gallery.show_pictures_of)
        self.panels.alike_requested.connect(lambda *_setting: window.pages.show_archive())
        self.panels.alike_requested.connect(page.gallery.show_pictures_with)
        self.keeping.said.connect(lambda words, role: window.notices.say(words, role=role))
        window.top_bar.room_button.archive_asked.connect(
            lambda trash: page.gallery.show_trash() if trash else page.gallery.filters.clear()
        )
        window.top_bar.room_button.archive_asked.connect(lambda _trash: window.pages.show_archive())
        self.bridge.on(
            ArchiveTroubled, lambda _event: window.top_bar.room_button.look(), owner=window
        )
        page.stop_all.connect(window.stop_all)
        page.said.connect(lambda words, role: window.notices.say(words, role=role))
        page.undoable.connect(
            lambda words, undo: window.notices.say(words, offer=(self.tr("Undo"), undo))
        )
        window.add_commands(
            [
                Command(
                    id="window.archive",
                    title=self.tr("Archive"),
                    icon="archive",
                    shortcut="Ctrl+Shift+A",
                    help=self.tr("What is kept: find it, see how it was made, put settings back"),
                    run=window.pages.show_archive,
                ),
                Command(
                    id="window.bench",
                    title=self.tr("Bench"),
                    icon="bench",
                    shortcut="Ctrl+Shift+B",
                    help=self.tr("Back from the archive to the instruments"),
                    run=window.pages.show_bench,
                ),
            ]
        )
        return page

    def _offer_diagnostics(self) -> None:
        from ui.diagnosis import Diagnosis
        from ui.diagnostics_window import DiagnosticsWindow, bring_to_front

        diagnosis = Diagnosis(self.session.handle, self.bridge, self._stall_watch)
        shown = DiagnosticsWindow(self.theme, diagnosis, self.window)
        shown.stop_all.connect(self.window.stop_all)
        self.window.add_commands(
            [
                Command(
                    id="help.diagnostics",
                    title=self.tr("Diagnostics"),
                    icon="log",
                    help=self.tr("Beat, stalls, threads, memory and versions, for a bug report"),
                    run=lambda: bring_to_front(shown),
                )
            ]
        )

    def _offer_notifications(self) -> None:
        from ui.diagnostics_window import bring_to_front
        from ui.notifications.choice import NotificationChoice
        from ui.notifications.notifier import Notifier
        from ui.notifications.popover import NotificationsPopover
        from ui.notifications.system import desktop_of_this_system

        window = self.window
        choice = NotificationChoice(self._settings)
        self.desktop = self.desktop or desktop_of_this_system(self)
        bench = self.session.handle
        Notifier(bench, self.bridge, choice, window.notices, self.desktop, self.tasks, self)
        self.desktop.clicked.connect(lambda: bring_to_front(window))
        popover = NotificationsPopover(self.theme, choice, window)
        window.add_commands(
            [
                Command(
                    id="help.notifications",
                    title=self.tr("Notifications…"),
                    icon="notify",
                    help=self.tr("Which runs are told of when they end, here and on the desktop"),
                    run=lambda: popover.open_below(window.top_bar.menu_button),
                )
            ]
        )

    def _offer_faults(self) -> None:
        from ui.faults_window import FaultsWindows

        faults = FaultsWindows(self.session.handle, self.theme, self.tasks, self.window)
        self.panels.offer_faults()
        self.panels.faults_asked.connect(faults.open)
        self.window.bench_list.view.offers_faults = True
        self.window.bench_list.view.faults.connect(faults.open)

    def _serve(self) -> None:
        info = self.session.serve()
        if info.url:
            said = "Listening on" if self.session.ends_bench else "Connected to"
            _log.info("%s %s", said, info.url)

    def _in_thread(self, name: str, call: Callable[[], object]) -> None:
        def run() -> None:
            try:
                call()
            except Exception as error:
                _log.error("%s failed: %s", name.capitalize(), error)
                self._failed.emit(name.capitalize(), error)

        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _tell(self, what: str, error: Exception) -> None:
        _log.info("%s: %s", what, error)
        self._failed.emit(what, error)
