"""The second program on one bench offers to attach."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, cast

import pytest
from PySide6.QtCore import Qt

from app.errors import BenchInUseError
from app.session import Session
from things.errors import DisconnectedError
from ui.attach_window import AttachWindow

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from ui.theme import Theme

URL = "http://127.0.0.1:7170"
IN_USE = BenchInUseError("Demo bench", "process 4711, since 2026-11-21", URL)
SESSION = cast("Session", object())


@pytest.fixture
def opened(qloop: asyncio.AbstractEventLoop, theme: Theme, qtbot: QtBot) -> Callable[..., Any]:
    def open_window(connect: Callable[[], Session], error: BenchInUseError = IN_USE) -> Any:
        window = AttachWindow(theme, error, connect)
        window.show()
        return window, qloop.create_task(window.answer())

    return open_window


def test_it_says_who_has_the_bench_and_where(opened: Callable[..., Any], qtbot: QtBot) -> None:
    window, answer = opened(lambda: SESSION)

    assert window.question.text() == "Demo bench is in use"
    assert "process 4711, since 2026-11-21" in window.status.text()
    assert URL in window.status.text()
    assert not window.isModal()
    window.close()
    qtbot.waitUntil(answer.done)
    assert answer.result() is None


def test_attach_connects_beside_the_window_and_gives_the_bench(
    opened: Callable[..., Any], qtbot: QtBot
) -> None:
    gate = threading.Event()
    threads: list[threading.Thread] = []

    def connect() -> Session:
        threads.append(threading.current_thread())
        assert gate.wait(10)
        return SESSION

    window, answer = opened(connect)
    qtbot.mouseClick(window.attach_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(threads))
    assert not window.attach_button.isEnabled()
    assert not answer.done()
    gate.set()

    qtbot.waitUntil(answer.done)
    assert answer.result() is SESSION
    assert threads[0] is not threading.main_thread()


def test_what_cannot_be_reached_is_said_and_can_be_tried_again(
    opened: Callable[..., Any], qtbot: QtBot
) -> None:
    failures = [DisconnectedError(f"{URL} cannot be reached: connection refused")]

    def connect() -> Session:
        if failures:
            raise failures.pop()
        return SESSION

    window, answer = opened(connect)
    qtbot.mouseClick(window.attach_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "connection refused" in window.status.text())
    assert not answer.done()

    qtbot.mouseClick(window.attach_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(answer.done)
    assert answer.result() is SESSION


def test_a_bench_that_is_not_served_yet_can_only_be_left(
    opened: Callable[..., Any], qtbot: QtBot
) -> None:
    window, answer = opened(lambda: SESSION, BenchInUseError("Demo bench", "another program", ""))

    assert not window.attach_button.isEnabled()
    qtbot.mouseClick(window.close_button, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(answer.done)
    assert answer.result() is None
