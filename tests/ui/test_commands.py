"""One table feeds menu, shortcuts and palette."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from ui.commands import Command, CommandTable
from ui.theme import Theme


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_a_command_runs_from_its_action_and_its_menu(theme: Theme, window: QWidget) -> None:
    ran: list[str] = []
    table = CommandTable(theme, window)
    table.add(Command(id="a.one", title="One", run=lambda: ran.append("one")))
    table.add(Command(id="b.two", title="Two", run=lambda: ran.append("two")))
    table.add(Command(id="b.three", title="Three", in_menu=False, run=lambda: ran.append("3")))

    menu = table.menu(window)
    table.action("a.one").trigger()
    titles = [action.text() for action in menu.actions() if not action.isSeparator()]

    assert ran == ["one"]
    assert titles == ["One", "Two"]
    assert sum(action.isSeparator() for action in menu.actions()) == 1


def test_a_shortcut_runs_its_command(theme: Theme, window: QWidget, qtbot: QtBot) -> None:
    ran: list[str] = []
    table = CommandTable(theme, window)
    table.add(Command(id="a.go", title="Go", shortcut="Ctrl+G", run=lambda: ran.append("go")))
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()

    qtbot.keyClick(window, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    assert ran == ["go"]


def test_what_cannot_be_done_now_is_disabled(theme: Theme, window: QWidget) -> None:
    served = False
    table = CommandTable(theme, window)
    table.add(Command(id="a.copy", title="Copy", enabled=lambda: served, run=lambda: None))
    assert not table.action("a.copy").isEnabled()
    served = True
    table.refresh()
    assert table.action("a.copy").isEnabled()


def test_two_commands_of_one_id_or_shortcut_are_refused(theme: Theme, window: QWidget) -> None:
    table = CommandTable(theme, window)
    table.add(Command(id="a.go", title="Go", shortcut="Ctrl+G", run=lambda: None))
    with pytest.raises(ValueError, match=r"'a\.go' already"):
        table.add(Command(id="a.go", title="Go", run=lambda: None))
    with pytest.raises(ValueError, match=r"Ctrl\+G runs 'a\.go' already"):
        table.add(Command(id="a.other", title="Go", shortcut="Ctrl+G", run=lambda: None))


def test_what_closes_the_window_stands_last_in_the_menu(theme: Theme, window: QWidget) -> None:
    table = CommandTable(theme, window)
    for command_id in ("bench.open", "window.close", "help.told"):
        table.add(Command(id=command_id, title=command_id, run=lambda: None))

    titles = [each.text() for each in table.menu(window).actions() if not each.isSeparator()]

    assert titles == ["bench.open", "help.told", "window.close"]


def test_groups_can_be_folded_into_menus_of_their_own(theme: Theme, window: QWidget) -> None:
    table = CommandTable(theme, window)
    for command_id in ("bench.open", "plot.add", "colours.dark", "help.told"):
        table.add(Command(id=command_id, title=command_id, run=lambda: None))

    menu = table.menu(window, {"plot": "Plot", "colours": "Colours", "none": "Of none"})

    shown = [each.text() for each in menu.actions() if not each.isSeparator()]
    assert shown == ["bench.open", "Plot", "Colours", "help.told"]
    inside = menu.findChildren(QMenu)
    assert [[each.text() for each in one.actions()] for one in inside] == [
        ["plot.add"],
        ["colours.dark"],
    ]
