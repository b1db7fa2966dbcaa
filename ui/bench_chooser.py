"""Everything in the window that leads to another bench: menu, commands, drop, welcome."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QWidget

from app.actions.events import InvocationChanged
from app.packaged_benches import bench_file_of
from ui.bench_menu import bench_menu, opening_commands
from ui.bench_switch import BenchSwitch
from ui.bridge import Bridge
from ui.main_window import MainWindow
from ui.theme import Theme
from ui.welcome import WelcomePage


class BenchChooser(QObject):
    """Connects a window with the switch.

    Args:
        window: The window.
        switch: Opens another bench.
        bridge: Tells when something runs, so that the welcome page gets out of the way.
        file: The bench that is open, to be found among the recent ones next time.

    Attributes:
        switch: The same.
        page: The welcome page, while it is shown.
    """

    def __init__(
        self, window: MainWindow, switch: BenchSwitch, bridge: Bridge, file: Path | None
    ) -> None:
        super().__init__(window)
        self._window = window
        self._bridge = bridge
        self.switch = switch
        self.page: WelcomePage | None = None
        # The demo bench has an entry of its own.
        if file is not None and file.parent != bench_file_of(None).parent:
            switch.recent.add(file)
        window.add_commands(opening_commands(switch, window))
        window.open_bench_menu.connect(self._open_menu)
        window.dropped.connect(switch.open)
        window.stayed.connect(switch.give_up)
        switch.prepared.connect(window.ask_to_close)
        switch.refused.connect(window.notices.say)

    def welcome(self, theme: Theme, over: QWidget) -> None:
        """Greet somebody who is here for the first time; nobody else.

        Args:
            theme: How it looks.
            over: What the page covers.
        """
        recent = self.switch.recent
        if recent.welcomed:
            return
        page = WelcomePage(theme, recent.files, over)
        page.open_file.connect(lambda: self.switch.choose(self._window))
        page.recent_chosen.connect(self.switch.open)
        page.closed.connect(self._welcomed)
        # Whoever runs something has found the way.
        leave = self._bridge.on(InvocationChanged, lambda _event: page.close_page(), owner=page)
        page.closed.connect(leave)
        self.page = page

    def _welcomed(self) -> None:
        self.page = None
        self.switch.recent.set_welcomed()

    def _open_menu(self, place: QPoint) -> None:
        menu = bench_menu(
            self._window.commands, self.switch.recent.files, self.switch.open, self._window
        )
        menu.popup(place)
