"""A stall of the Qt thread is written down with the frame that caused it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from ui.stall_watch import BEAT_MS, StallWatch


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
