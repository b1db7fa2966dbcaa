"""A stall of the Qt thread is written down with the frame that caused it."""

from __future__ import annotations

import logging
import sys
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.stall_watch import BEAT_MS, StallWatch, frames_of


@pytest.fixture
def watch(qtbot: QtBot) -> Iterator[StallWatch]:
    made = StallWatch(0.15)
    yield made
    made.close()


def spin_in_a_slot(watch: StallWatch) -> None:
    """Keep the Qt thread until the watch has noticed."""
    while not watch.stalls:
        pass


def test_a_stall_is_logged_with_its_frame_and_its_length(
    watch: StallWatch, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        spin_in_a_slot(watch)
        qtbot.waitUntil(lambda: "The window stalled for" in caplog.text)

    assert "spin_in_a_slot" in caplog.text


class BeatingClock:
    """A clock that only the heartbeat moves, so that a busy machine is no stall."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.looks = 0
        self._qt_thread = threading.get_ident()

    def monotonic(self) -> float:
        self.looks += threading.get_ident() != self._qt_thread
        return self.now_s

    def beat(self) -> None:
        self.now_s += BEAT_MS / 1000


def test_a_window_that_keeps_its_beat_is_left_in_peace(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = BeatingClock()
    monkeypatch.setattr("ui.stall_watch.time", clock)
    watch = StallWatch(0.15)
    watch._timer.timeout.connect(clock.beat)

    qtbot.waitUntil(lambda: clock.looks > 3 and clock.now_s > 0.3)

    assert watch.stalls == 0
    watch.close()


def test_a_stall_that_was_over_before_it_could_be_called_one_is_told_all_the_same(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clock = BeatingClock()
    monkeypatch.setattr("ui.stall_watch.time", clock)
    watch = StallWatch(0.15)
    watch._timer.stop()

    def be_late() -> None:
        """Seen by the watch while it is not late enough; then late all at once."""
        clock.now_s += 0.12
        looks = clock.looks
        while clock.looks < looks + 2:
            pass
        clock.now_s += 0.04
        watch._beat()

    with caplog.at_level(logging.WARNING):
        be_late()
        qtbot.waitUntil(lambda: "The window stalled for 0.16 s" in caplog.text)
    watch.close()

    assert watch.stalls == 1
    assert "be_late" in watch.kept[-1].where


def test_code_that_lets_nobody_look_is_told_without_its_name(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = BeatingClock()
    monkeypatch.setattr("ui.stall_watch.time", clock)
    watch = StallWatch(0.15)
    watch._timer.stop()
    watch._over.put((clock.now_s, 0.4))

    qtbot.waitUntil(lambda: bool(watch.kept) and watch.kept[-1].took_s == 0.4)
    watch.close()

    assert watch.kept[-1].where == "code that was not seen"


class Painter:
    """Stands for one that must end with the function that made it."""


def test_looking_at_what_a_thread_runs_keeps_none_of_its_variables_alive(
    qapp: QApplication,
) -> None:
    """A painter that outlives its paint event, or ends in another thread, crashes Qt."""
    me = threading.get_ident()
    ending = threading.Event()
    looked = threading.Event()

    def look() -> None:
        while not ending.is_set():
            assert frames_of(me)
            looked.set()

    def paint() -> weakref.ref[Painter]:
        painter = Painter()
        seen = weakref.ref(painter)
        for _ in range(20):  # so that it is found here now and then
            assert seen() is painter
        return seen

    interval_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread = threading.Thread(target=look)
    thread.start()
    try:
        assert looked.wait(30)
        left_over = sum(paint()() is not None for _ in range(200_000))
    finally:
        ending.set()
        thread.join(30)
        sys.setswitchinterval(interval_s)

    assert left_over == 0


def test_as_many_frames_are_named_as_there_are(qapp: QApplication) -> None:
    named = [code.co_name for code, _ in frames_of(threading.get_ident())]
    assert named[:2] == ["frames_of", "test_as_many_frames_are_named_as_there_are"]

    found: list[list[str]] = []
    go_on, began = threading.Event(), threading.Event()

    def wait() -> None:
        began.set()
        go_on.wait(30)

    shallow = threading.Thread(target=wait)
    shallow.start()
    assert began.wait(30)
    assert shallow.ident is not None
    found.append([code.co_name for code, _ in frames_of(shallow.ident)])
    go_on.set()
    shallow.join(30)

    assert found[0]
    assert frames_of(shallow.ident) == []
