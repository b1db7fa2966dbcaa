"""A stall of the Qt thread is written down with the frame that caused it."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from ui.stall_watch import StallWatch


@pytest.fixture
def watch(qtbot: QtBot) -> Iterator[StallWatch]:
    made = StallWatch(0.15)
    yield made
    made.close()


def spin_in_a_slot(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


def test_a_stall_is_logged_with_its_frame_and_its_length(
    watch: StallWatch, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        spin_in_a_slot(0.5)
        qtbot.waitUntil(lambda: "The window stalled for" in caplog.text)

    assert watch.stalls == 1
    assert "spin_in_a_slot" in caplog.text


def test_a_window_that_keeps_its_beat_is_left_in_peace(
    watch: StallWatch, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    qtbot.wait(400)
    assert watch.stalls == 0
