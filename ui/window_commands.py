"""The commands of the main window, as a table."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDockWidget

from ui.commands import Command
from ui.plots.commands import plot_commands
from ui.plots.panel import PlotPanel
from ui.theme import Scheme
from ui.window_layout import Preset


class CommandTarget(Protocol):
    """What the commands need of the window they belong to."""

    @property
    def bench_dock(self) -> QDockWidget:
        """The bench."""

    @property
    def panels_dock(self) -> QDockWidget:
        """The panels."""

    @property
    def activity_dock(self) -> QDockWidget:
        """The activity."""

    @property
    def plot_dock(self) -> QDockWidget:
        """The plot's dock."""

    @property
    def plot(self) -> PlotPanel:
        """The plot."""

    @property
    def scheme(self) -> Scheme:
        """The colour scheme the operator chose."""

    @property
    def preset(self) -> Preset:
        """The arrangement of the docks chosen last."""

    def stop_all(self) -> None:
        """Stop everything; no question asked."""

    def open_palette(self) -> None:
        """Open the command palette."""

    def find_thing(self) -> None:
        """Put the focus into the search box of the bench."""

    def has_address(self) -> bool:
        """Whether the bench is served."""

    def copy_address(self) -> None:
        """Copy the server's address."""

    def edit_stamp(self) -> None:
        """Open the lines for sample, session and operator."""

    def show_history(self) -> None:
        """Bring what was run in sight."""

    def show_log(self) -> None:
        """Bring the application's log in sight."""

    def show_plot(self) -> None:
        """Bring the plot in sight."""

    def isFullScreen(self) -> bool:
        """Whether the window fills the screen."""

    def toggle_full_screen(self) -> None:
        """Fill the screen, or stop doing so."""

    def reset_layout(self) -> None:
        """Put every dock back to its first place and size."""

    def choose_preset(self, preset: Preset) -> None:
        """Arrange the docks for a kind of work."""

    def choose_scheme(self, scheme: Scheme) -> None:
        """Choose light, dark or the system's colours."""

    def ask_to_close(self) -> None:
        """Close the window, asking first while something runs."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Commands", text)


def window_commands(window: CommandTarget) -> list[Command]:
    """Everything the menu and the palette offer beside the Things' own actions."""
    return [
        Command(
            id="bench.stop-all",
            title=_tr("STOP ALL"),
            icon="stop",
            shortcut="Ctrl+.",
            help=_tr("Cancel everything that runs or waits and stop every instrument"),
            everywhere=True,
            run=window.stop_all,
        ),
        Command(
            id="bench.search",
            title=_tr("Search or run…"),
            icon="search",
            shortcut="Ctrl+K",
            run=window.open_palette,
        ),
        Command(
            id="bench.find",
            title=_tr("Find a Thing"),
            icon="thing",
            shortcut="Ctrl+F",
            run=window.find_thing,
        ),
        Command(
            id="bench.stamp",
            title=_tr("Sample, session and operator…"),
            icon="account",
            help=_tr("What is written on everything that is run"),
            run=window.edit_stamp,
        ),
        Command(
            id="bench.copy-address",
            title=_tr("Copy the server's address"),
            icon="copy",
            enabled=window.has_address,
            run=window.copy_address,
        ),
        _toggle(window.bench_dock.toggleViewAction(), "view.bench", _tr("Bench"), "Ctrl+B"),
        _toggle(window.panels_dock.toggleViewAction(), "view.panels", _tr("Panels"), "Ctrl+P"),
        _toggle(
            window.activity_dock.toggleViewAction(), "view.activity", _tr("Activity"), "Ctrl+J"
        ),
        _toggle(window.plot_dock.toggleViewAction(), "view.plot", _tr("Plot"), "Ctrl+T"),
        Command(
            id="view.history",
            title=_tr("History"),
            icon="history",
            shortcut="Ctrl+H",
            help=_tr("Everything that was run: find it, repeat it, write a note to it"),
            run=window.show_history,
        ),
        Command(
            id="view.log",
            title=_tr("Log"),
            icon="log",
            shortcut="Ctrl+L",
            run=window.show_log,
        ),
        Command(
            id="view.full-screen",
            title=_tr("Full screen"),
            shortcut="F11",
            checked=window.isFullScreen,
            run=window.toggle_full_screen,
        ),
        _preset(
            window,
            Preset.OPERATE,
            _tr("Layout: operate"),
            "Alt+1",
            _tr("Bench, picture, panels and activity"),
        ),
        _preset(
            window,
            Preset.IMAGE,
            _tr("Layout: image"),
            "Alt+2",
            _tr("The picture as large as it gets, the panels beside it"),
        ),
        _preset(
            window,
            Preset.EVERYTHING,
            _tr("Layout: everything"),
            "Alt+3",
            _tr("Every dock there is, more room for the activity"),
        ),
        Command(
            id="layout.reset",
            title=_tr("Reset the layout"),
            run=window.reset_layout,
        ),
        *plot_commands(window.plot, window.show_plot),
        _colours(window, Scheme.SYSTEM, _tr("Colours of the system"), "theme"),
        _colours(window, Scheme.LIGHT, _tr("Light colours")),
        _colours(window, Scheme.DARK, _tr("Dark colours")),
        Command(
            id="window.close",
            title=_tr("Close"),
            icon="quit",
            shortcut="Ctrl+Q",
            run=window.ask_to_close,
        ),
    ]


def _toggle(action: QAction, command_id: str, title: str, shortcut: str) -> Command:
    return Command(
        id=command_id,
        title=title,
        shortcut=shortcut,
        checked=action.isChecked,
        run=action.trigger,
    )


def _preset(window: CommandTarget, preset: Preset, title: str, shortcut: str, told: str) -> Command:
    return Command(
        id=f"layout.{preset.value}",
        title=title,
        icon="layout" if preset is Preset.OPERATE else "",
        shortcut=shortcut,
        help=told,
        checked=lambda: window.preset is preset,
        run=lambda: window.choose_preset(preset),
    )


def _colours(window: CommandTarget, scheme: Scheme, title: str, glyph: str = "") -> Command:
    return Command(
        id=f"colours.{scheme.value}",
        title=title,
        icon=glyph,
        checked=lambda: window.scheme is scheme,
        run=lambda: window.choose_scheme(scheme),
    )
