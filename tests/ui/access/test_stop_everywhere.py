"""Whatever lies over the window, Ctrl+. stops everything, and so does a button in each window."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from ui.composition import Composition
from ui.main_window import MainWindow
from ui.widgets import StopAllButton

if TYPE_CHECKING:
    from tests.ui.access.conftest import OpenWindow

PATIENCE_MS = 30_000
UI = Path(__file__).parents[3] / "ui"
CONTROL = Qt.KeyboardModifier.ControlModifier

Open = Callable[[Composition], object]


def command(name: str) -> Open:
    """Opens by a command of the table."""
    return lambda composed: composed.window.commands.action(name).trigger()


def close_while_something_runs(composed: Composition) -> None:
    panel = composed.panels.panel("camera")
    panel.action("acquire_stack").run_button.click()
    window = composed.window
    window.invocations.changed.connect(lambda: window.close() if window.invocations.active else 0)


OPENED: dict[str, Open] = {
    "add a Thing": command("bench.add-thing"),
    "save the bench": command("bench.save-as"),
    "open a bench": command("bench.open"),
    "remove a Thing": lambda composed: composed.window.bench_list.view.remove.emit("stage"),
    "diagnostics": command("help.diagnostics"),
    "notifications": command("help.notifications"),
    "stamp": command("bench.stamp"),
    "palette": command("bench.search"),
    "faults": lambda composed: composed.panels.faults_asked.emit("camera"),
    "a panel": lambda composed: composed.panels.pop_out("camera"),
    "a dock": lambda composed: composed.window.bench_dock.setFloating(True),
    "saving a picture": lambda composed: composed.viewer.area.strip.save.click(),
    # Last: the window asks whether it is to be closed.
    "closing": close_while_something_runs,
}
"""Everything that can lie over the window, and what opens it."""


def over(composed: Composition) -> list[QWidget]:
    """The windows of ours beside the main one."""
    return [
        each
        for each in QApplication.topLevelWidgets()
        if each.isVisible() and each is not composed.window and each.isWindow()
    ]


def check(composed: Composition, opens: str, stops: list[str], qtbot: QtBot) -> None:
    """Open something, stop everything from within, and close it again."""
    with qtbot.waitActive(composed.window, timeout=PATIENCE_MS):
        composed.window.activateWindow()
    composed.window.bench_list.search.setFocus()
    before = set(over(composed))

    OPENED[opens](composed)

    def fresh() -> list[QWidget]:
        return [each for each in over(composed) if each not in before]

    def is_open() -> bool:
        moved = QApplication.focusWidget() is not composed.window.bench_list.search
        return bool(fresh()) or moved

    qtbot.waitUntil(is_open, timeout=PATIENCE_MS)
    for each in fresh():
        with qtbot.waitActive(each, timeout=PATIENCE_MS):
            each.activateWindow()
        assert not each.isModal(), f"{opens}: nothing may take the window away"
        # What the shell draws has no button of ours; the key works there all the same.
        if not isinstance(each, (QFileDialog, QMessageBox)):
            assert each.findChildren(StopAllButton), f"{opens}: each window has the button"
    stops.clear()
    QTest.keyClick(QApplication.focusWidget() or composed.window, Qt.Key.Key_Period, CONTROL)
    assert stops == ["stopped"], opens
    for each in fresh():
        each.close()
    QTest.keyClick(QApplication.focusWidget() or composed.window, Qt.Key.Key_Escape)


def test_the_shortcut_stops_everything_from_wherever_the_operator_is(
    open_window: OpenWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    stops: list[str] = []
    monkeypatch.setattr(MainWindow, "stop_all", lambda _window: stops.append("stopped"))
    composed = open_window()
    qtbot.waitUntil(composed.viewer.area.strip.save.isEnabled, timeout=PATIENCE_MS)

    for opens in OPENED:
        check(composed, opens, stops, qtbot)


def test_no_dialog_is_modal() -> None:
    """`exec()` and `open()` of a dialog take the keys away from the window and STOP ALL."""
    modal = re.compile(r"setModal\(True\)|ApplicationModal|WindowModal\b|dialog\.open\(|\.exec\(")
    found = [
        f"{file.relative_to(UI.parent)}:{number}: {line.strip()}"
        for file in sorted(UI.rglob("*.py"))
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        if modal.search(line) and "drag.exec(" not in line
    ]
    assert not found, "\n".join(found)
