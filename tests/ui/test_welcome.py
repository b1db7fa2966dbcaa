"""The page that greets somebody who is here for the first time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtWidgets import QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from app.session import Session
from ui.bench_chooser import BenchChooser
from ui.bench_switch import BenchSwitch
from ui.bridge import Bridge
from ui.main_window import MainWindow
from ui.recent_benches import RecentBenches
from ui.tasks import Tasks
from ui.theme import Theme
from ui.welcome import WelcomePage

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench

LEFT = Qt.MouseButton.LeftButton


def middle(window: MainWindow) -> QWidget:
    found = window.centralWidget()
    assert found is not None
    return found


@pytest.fixture
def recent(tmp_path: Path) -> RecentBenches:
    return RecentBenches(QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def asked() -> list[Path]:
    """The files that were asked for."""
    return []


@pytest.fixture
def welcome(
    window: MainWindow,
    recent: RecentBenches,
    tasks: Tasks,
    bridge: Bridge,
    theme: Theme,
    asked: list[Path],
) -> Callable[[], WelcomePage | None]:
    """Opens the page as the program does at its first start; None where there is none."""

    def prepare(file: Path) -> Session:
        asked.append(file)
        raise FileNotFoundError("the test opens nothing")

    switch = BenchSwitch(None, prepare, recent, tasks, window)
    chooser = BenchChooser(window, switch, bridge, None)

    def greet() -> WelcomePage | None:
        chooser.welcome(theme, middle(window))
        return chooser.page

    return greet


def shown(welcome: Callable[[], WelcomePage | None]) -> WelcomePage:
    page = welcome()
    assert page is not None
    assert page.isVisible()
    return page


def test_it_covers_the_middle_and_leaves_the_rest_in_use(
    welcome: Callable[[], WelcomePage | None], window: MainWindow, bench: FakeBench, qtbot: QtBot
) -> None:
    page = shown(welcome)
    assert page.size() == middle(window).size()
    window.resize(window.width() + 60, window.height())
    qtbot.waitUntil(lambda: page.size() == middle(window).size())

    qtbot.mousePress(window.top_bar.stop_button, LEFT)
    qtbot.waitUntil(lambda: bench.stops == 1)


def test_the_demo_is_there_already_and_nobody_is_greeted_twice(
    welcome: Callable[[], WelcomePage | None], recent: RecentBenches, qtbot: QtBot
) -> None:
    page = shown(welcome)
    qtbot.mouseClick(page.demo_button, LEFT)
    assert not page.isVisible()
    assert recent.welcomed
    assert welcome() is None


def test_escape_closes_it(welcome: Callable[[], WelcomePage | None], qtbot: QtBot) -> None:
    page = shown(welcome)
    qtbot.keyClick(page.demo_button, Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_whoever_runs_something_has_found_the_way(
    welcome: Callable[[], WelcomePage | None], bench: FakeBench, qtbot: QtBot
) -> None:
    page = shown(welcome)
    with qtbot.waitSignal(page.closed):
        bench.start("camera", "snap")


def test_a_recent_bench_is_opened_by_a_click(
    welcome: Callable[[], WelcomePage | None],
    recent: RecentBenches,
    asked: list[Path],
    reports: list[tuple[str, Exception]],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    recent.add(tmp_path / "scope.toml")
    page = shown(welcome)
    assert [button.text() for button in page.recent_buttons] == ["scope"]
    qtbot.mouseClick(page.recent_buttons[0], LEFT)
    qtbot.waitUntil(lambda: asked == [tmp_path / "scope.toml"])
    qtbot.waitUntil(lambda: len(reports) == 1)
    reports.clear()


def test_a_file_can_be_chosen(
    welcome: Callable[[], WelcomePage | None], window: MainWindow, qtbot: QtBot
) -> None:
    page = shown(welcome)
    qtbot.mouseClick(page.file_button, LEFT)
    dialogs = window.findChildren(QFileDialog)
    assert [dialog.isVisible() for dialog in dialogs] == [True]
    dialogs[0].close()
