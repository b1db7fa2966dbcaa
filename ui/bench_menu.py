"""What can be done with the bench as a whole: the menu behind its name in the top bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from ui.bench_switch import BenchSwitch
from ui.commands import Command, CommandTable


def _tr(text: str) -> str:
    return QCoreApplication.translate("BenchMenu", text)


def opening_commands(switch: BenchSwitch, window: QWidget) -> Sequence[Command]:
    """The commands that open another bench.

    Args:
        switch: Opens it.
        window: Over which the file dialog lies.
    """
    return [
        Command(
            id="bench.open",
            title=_tr("Open a bench file…"),
            icon="bench",
            shortcut="Ctrl+O",
            help=_tr("Close this bench and open another in its place"),
            run=lambda: _ignore(switch.choose(window)),
        ),
        Command(
            id="bench.open-demo",
            title=_tr("Open the demo bench"),
            help=_tr("A microscope with no hardware behind it"),
            run=switch.open_demo,
        ),
    ]


def bench_menu(
    commands: CommandTable, recent: Sequence[Path], open_file: Callable[[Path], None], over: QWidget
) -> QMenu:
    """Commands of the bench, and the files opened last; the menu deletes itself when closed.

    Args:
        commands: Those of `IN_MENU` are shown.
        recent: Files, newest first.
        open_file: Opens one of them.
        over: The Qt owner.
    """
    commands.refresh()
    menu = QMenu(over)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    there = {command.id for command in commands}
    menu.addActions([commands.action(each) for each in IN_MENU if each in there])
    if recent:
        menu.addSeparator()
    for file in recent:
        action = QAction(file.stem, menu)
        action.setToolTip(str(file))
        action.triggered.connect(lambda _checked=False, chosen=file: open_file(chosen))
        menu.addAction(action)
    return menu


IN_MENU = (
    "bench.open",
    "bench.open-demo",
    "bench.add-thing",
    "bench.save",
    "bench.save-as",
    "bench.copy-address",
)
"""The commands shown behind the name of the bench."""


def _ignore(_made: object) -> None:
    """A command gives nothing back."""
