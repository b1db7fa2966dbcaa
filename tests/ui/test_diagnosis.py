"""What a bug report needs is gathered, and is shown in a window that carries STOP ALL."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.handles import ServerInfo
from ui.beat import STEPS_MS, BeatRecord, Stall
from ui.bridge import Bridge
from ui.diagnosis import Diagnosis
from ui.diagnostics_window import DiagnosticsWindow, bring_to_front
from ui.stall_watch import StallWatch
from ui.theme import Theme

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def watch(qtbot: QtBot) -> Iterator[StallWatch]:
    # So patient that nothing on a busy machine is a stall by itself.
    made = StallWatch(60.0)
    yield made
    made.close()


@pytest.fixture
def diagnosis(bench: FakeBench, bridge: Bridge, watch: StallWatch) -> Diagnosis:
    return Diagnosis(bench, bridge, watch)


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def shown(diagnosis: Diagnosis, theme: Theme, owner: QWidget, qtbot: QtBot) -> DiagnosticsWindow:
    made = DiagnosticsWindow(theme, diagnosis, owner)
    with qtbot.waitExposed(made):
        bring_to_front(made)
    return made


def lines(diagnosis: Diagnosis, title: str) -> str:
    """The lines of one section."""
    return "\n".join(next(each.lines for each in diagnosis.sections() if each.title == title))


def test_the_beat_is_summed_up_and_old_beats_count_no_more() -> None:
    record = BeatRecord(window_s=300.0)
    record.add(900.0, at_s=0.0)
    for number in range(100):
        record.add(3.0 if number else 120.0, at_s=400.0 + number)

    found = record.figures()

    assert (found.count, found.p50_ms, found.p99_ms, found.worst_ms) == (100, 3.0, 3.0, 120.0)
    assert found.bars[STEPS_MS.index(5)] == 99
    assert found.bars[STEPS_MS.index(200)] == 1


def test_no_beats_are_no_trouble(diagnosis: Diagnosis) -> None:
    assert BeatRecord().figures().count == 0
    assert "0.0 ms (worst)" in lines(diagnosis, "Beat of the window")


def test_it_tells_stalls_newest_first_with_their_frames(
    diagnosis: Diagnosis, watch: StallWatch
) -> None:
    assert lines(diagnosis, "Stalls") == "none"
    at = datetime(2026, 1, 2, 10, 20, 30)
    watch.kept.append(Stall(at, "paint (canvas.py:12)", took_s=0.25))
    watch.kept.append(Stall(at, "decode (pixels.py:7)"))

    assert lines(diagnosis, "Stalls").splitlines() == [
        "10:20:30  lasts  decode (pixels.py:7)",
        "10:20:30  250 ms  paint (canvas.py:12)",
    ]


def test_it_tells_of_bench_server_and_versions(
    diagnosis: Diagnosis, bench: FakeBench, camera: FakeThing
) -> None:
    bench.server = ServerInfo("http://127.0.0.1:7170", clients=("10.0.0.7", "10.0.0.7"))
    bench.start("camera", "snap").run()
    bench.ledger_trouble = "the disk is full"

    assert "1 ready" in lines(diagnosis, "Bench")
    assert "1 running or waiting" in lines(diagnosis, "Bench")
    assert "the disk is full" in lines(diagnosis, "Bench")
    assert lines(diagnosis, "Server").splitlines() == ["http://127.0.0.1:7170", "10.0.0.7 × 2"]
    assert "MainThread" in lines(diagnosis, "Threads")
    assert "numpy " in lines(diagnosis, "Versions")
    assert camera.asked == []


def test_the_window_is_kept_up_to_date_while_it_is_shown(
    shown: DiagnosticsWindow, watch: StallWatch, qtbot: QtBot
) -> None:
    watch.kept.append(Stall(datetime.now(), "sleep (driver.py:3)", took_s=1.0))

    qtbot.waitUntil(lambda: "sleep (driver.py:3)" in shown.text.toPlainText())
    assert not shown.histogram.grab().isNull()
    assert "at most" in shown.histogram.accessibleName()


def test_what_is_selected_stays_so(shown: DiagnosticsWindow, watch: StallWatch) -> None:
    shown.text.moveCursor(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
    before = shown.text.textCursor().selectedText()
    watch.kept.append(Stall(datetime.now(), "sleep (driver.py:3)", took_s=1.0))

    shown.refresh()

    assert shown.text.textCursor().selectedText() == before
    shown.text.moveCursor(QTextCursor.MoveOperation.Start)
    shown.refresh()
    assert "sleep (driver.py:3)" in shown.text.toPlainText()


def test_everything_can_be_copied(shown: DiagnosticsWindow, qtbot: QtBot) -> None:
    qtbot.mouseClick(shown.copy_button, LEFT)

    assert QGuiApplication.clipboard().text().startswith("Diagnostics 20")
    assert "Versions" in QGuiApplication.clipboard().text()


def test_a_stall_is_seen_in_the_view_and_in_the_log(
    bench: FakeBench, bridge: Bridge, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    watch = StallWatch()
    diagnosis = Diagnosis(bench, bridge, watch)

    def block_the_window() -> None:
        while not watch.stalls:
            pass

    with caplog.at_level(logging.WARNING):
        block_the_window()
        qtbot.waitUntil(lambda: "The window stalled for" in caplog.text)
    watch.close()

    assert "block_the_window" in lines(diagnosis, "Stalls")
    assert "block_the_window" in caplog.text
    assert diagnosis.watch.record.figures().worst_ms > 100
