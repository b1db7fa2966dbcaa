"""Opening another bench in the place of this one: by menu, file dialog, drop and recent list."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from app.errors import BenchInUseError
from app.opening import program_of
from app.session import Session
from app.settings import read_settings
from things.events import ThingState
from ui.bench_menu import bench_menu
from ui.bench_switch import dropped_bench
from ui.composition import Composition
from ui.main_window import MainWindow
from ui.program import _live_on
from ui.recent_benches import MOST, RecentBenches

if TYPE_CHECKING:
    from tests.ui.conftest import RunCoroutine

PATIENCE_MS = 20_000
LEFT = Qt.MouseButton.LeftButton

BENCH = """
title = "{title}"

[things.{name}]
class = "things.simulated.thermostat:Thermostat"
args = {{ start = 36.5, seed = 7 }}
"""


@pytest.fixture
def benches(tmp_path: Path) -> tuple[Path, Path]:
    """Two bench files."""
    files = tmp_path / "one.toml", tmp_path / "two.toml"
    for file, name in zip(files, ("first", "second"), strict=True):
        file.write_text(BENCH.format(title=f"The {name} bench", name=name), encoding="utf-8")
    return files


@pytest.fixture
def opened(
    qapp: QApplication,
    qloop: asyncio.AbstractEventLoop,
    qtbot: QtBot,
    tmp_path: Path,
    benches: tuple[Path, Path],
) -> Iterator[list[Session]]:
    """The program with the first bench; grows by each bench that is opened after it."""
    settings = read_settings(port=0, data_folder=tmp_path / "data", lock_folder=tmp_path / "locks")
    sessions: list[Session] = [program_of(benches[0], settings)]
    living = qloop.create_task(_live_on(qapp, sessions))
    qtbot.waitUntil(lambda: shows("The first bench"), timeout=PATIENCE_MS)
    yield sessions
    if not living.done():
        qtbot.waitUntil(lambda: window_now() is not None, timeout=PATIENCE_MS)
        the_window().close_without_asking()
        qtbot.waitUntil(living.done, timeout=PATIENCE_MS)
    living.result()
    QApplication.sendPostedEvents(None, 52)  # deferred deletion
    for session in sessions:
        session.close()


def window_now() -> MainWindow | None:
    """The main window in sight."""
    shown = [each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)]
    return next((each for each in shown if each.isVisible()), None)


def the_window() -> MainWindow:
    found = window_now()
    assert found is not None
    return found


def shows(title: str) -> bool:
    found = window_now()
    return found is not None and found.windowTitle().startswith(title)


def test_a_file_chosen_in_the_dialog_is_opened_when_the_first_bench_is_closed(
    opened: list[Session], benches: tuple[Path, Path], qtbot: QtBot
) -> None:
    window = the_window()
    window.commands.action("bench.open").trigger()
    dialogs = window.findChildren(QFileDialog)
    assert len(dialogs) == 1
    assert not dialogs[0].isModal()
    dialogs[0].fileSelected.emit(str(benches[1]))
    dialogs[0].close()

    qtbot.waitUntil(lambda: shows("The second bench"), timeout=PATIENCE_MS)
    assert len(opened) == 2
    assert set(opened[1].handle.things) == {"second"}
    # The first one is let go: another program could have it.
    program_of(benches[0], opened[0].settings).close()


def test_a_file_with_a_fault_is_told_and_this_bench_goes_on(
    opened: list[Session], tmp_path: Path, qtbot: QtBot
) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text("[things.a]\nclss = 'x:Y'\n", encoding="utf-8")
    window = the_window()
    window.dropped.emit(wrong)

    qtbot.waitUntil(lambda: bool(window.notices.shown), timeout=PATIENCE_MS)
    assert "did you mean 'class'" in window.notices.shown[0].text
    assert window.isVisible()
    assert len(opened) == 1


def test_the_bench_that_is_open_is_not_opened_again(
    opened: list[Session], benches: tuple[Path, Path], qtbot: QtBot
) -> None:
    window = the_window()
    window.dropped.emit(benches[0])
    assert [each.text for each in window.notices.shown] == ["one.toml is open already."]


def test_it_asks_while_something_runs_and_keeps_working_where_that_is_wanted(
    opened: list[Session], benches: tuple[Path, Path], run: RunCoroutine, qtbot: QtBot
) -> None:
    window = the_window()
    thing = opened[0].handle.things["first"]
    qtbot.waitUntil(lambda: thing.state is ThingState.READY, timeout=PATIENCE_MS)
    run(thing.write("target", 60.0))
    run(thing.invoke("wait_until_stable"))
    qtbot.waitUntil(lambda: bool(window.invocations.active), timeout=PATIENCE_MS)

    window.dropped.emit(benches[1])
    qtbot.waitUntil(lambda: window._closing_dialog is not None, timeout=PATIENCE_MS)
    dialog = window._closing_dialog
    assert dialog is not None
    qtbot.mouseClick(dialog.stay_button, LEFT)
    assert window.isVisible()

    # The second bench is let go again: another program could have it.
    def free() -> bool:
        try:
            program_of(benches[1], opened[0].settings).close()
        except BenchInUseError:
            return False
        return True

    qtbot.waitUntil(free, timeout=PATIENCE_MS)
    assert len(opened) == 1


def test_the_recent_benches_are_in_the_menu_behind_the_name(
    opened: list[Session], benches: tuple[Path, Path], qtbot: QtBot
) -> None:
    window = the_window()
    qtbot.mouseClick(window.top_bar.bench_button, LEFT)
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is not None)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    titles = [action.text() for action in menu.actions() if action.text()]
    assert titles[:2] == ["Open a bench file…", "Open the demo bench"]
    assert titles[-1] == "one"
    menu.close()


def test_a_recent_bench_is_opened_by_a_click(
    opened: list[Session], benches: tuple[Path, Path], qtbot: QtBot
) -> None:
    window = the_window()
    chosen: list[Path] = []
    menu = bench_menu(window.commands, [benches[1]], chosen.append, window)
    menu.actions()[-1].trigger()
    assert chosen == [benches[1]]
    menu.deleteLater()


def test_a_dropped_bench_file_is_taken_and_nothing_else(
    opened: list[Session], benches: tuple[Path, Path], tmp_path: Path, qtbot: QtBot
) -> None:
    window = the_window()
    for name, taken in ((str(benches[1]), True), (str(tmp_path / "picture.png"), False)):
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(name)])
        assert (dropped_bench(mime) is not None) is taken
        place = QPointF(400, 300)
        copy, keys = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
        enter = QDragEnterEvent(place.toPoint(), copy, mime, LEFT, keys)
        enter.ignore()
        window.dragEnterEvent(enter)
        assert enter.isAccepted() is taken
        with qtbot.waitSignal(window.dropped, timeout=100, raising=False) as caught:
            window.dropEvent(QDropEvent(place, copy, mime, LEFT, keys))
        assert caught.signal_triggered is taken
    qtbot.waitUntil(lambda: shows("The second bench"), timeout=PATIENCE_MS)


def test_a_short_list_of_files_is_remembered_newest_first(tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    recent = RecentBenches(settings)
    files = [tmp_path / f"{number}.toml" for number in range(MOST + 3)]
    for file in files:
        recent.add(file)
    recent.add(files[-2])
    assert list(RecentBenches(settings).files[:2]) == [files[-2], files[-1]]
    assert len(recent.files) == MOST

    settings.setValue("recent", "[not json")
    assert recent.files == []


def test_nothing_of_the_first_window_stays(
    opened: list[Session], benches: tuple[Path, Path], qtbot: QtBot
) -> None:
    before = {thread.name for thread in threading.enumerate()}
    the_window().dropped.emit(benches[1])
    qtbot.waitUntil(lambda: shows("The second bench"), timeout=PATIENCE_MS)
    QApplication.sendPostedEvents(None, 52)  # deferred deletion
    windows = [each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow)]
    assert len(windows) == 1
    assert len(QApplication.instance().findChildren(Composition)) == 0  # type: ignore[union-attr]
    assert sum(thread.name == "stall-watch" for thread in threading.enumerate()) == 1
    assert "stall-watch" in before
