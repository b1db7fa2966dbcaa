"""Signals that end a window's program; heard even when the Qt thread hears nothing."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

from app.headless import end_signals

_log = logging.getLogger(__name__)

ANSWER_S: Final = 3.0
"""How long the Qt thread may take to hear of a signal before the bench is ended without it."""


@contextmanager
def ending_by_signals(
    end: Callable[[], object], without_window: Callable[[], object]
) -> Iterator[None]:
    """While the body of the `with` runs, a signal ends the program, and a second one at once.

    They are those of `app.headless.end_signals`. Python runs a signal's handler in the main
    thread, which may be deep in Qt or blocked; so a
    thread of its own reads the byte that Python writes from whichever thread was hit.

    Args:
        end: Called on the running loop, that is on the Qt thread.
        without_window: Called in a thread where the Qt thread does not answer; must end the
            program.
    """
    loop = asyncio.get_running_loop()
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    fd_before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    before = {number: signal.signal(number, _nothing) for number in end_signals()}
    heard = threading.Event()

    def on_loop() -> None:
        heard.set()
        end()

    def listen() -> None:
        asked = False
        while numbers := reader.recv(64):
            for number in numbers:
                if number not in before:
                    continue
                if asked:
                    os._exit(128 + number)
                asked = True
                with suppress(RuntimeError):  # the loop has ended: the program is at its end
                    loop.call_soon_threadsafe(on_loop)
                threading.Thread(target=insist, name="end-without-window", daemon=True).start()

    def insist() -> None:
        if not heard.wait(ANSWER_S):
            _log.error("The window does not answer; the bench is ended without it.")
            without_window()

    listener = threading.Thread(target=listen, name="end-signals", daemon=True)
    listener.start()
    try:
        yield
    finally:
        heard.set()
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(fd_before)
        writer.close()
        listener.join(5.0)
        reader.close()


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Stands in for the default, which would end the process; the byte is what counts."""
