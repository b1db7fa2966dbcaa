"""The bench without a window: open, serve, wait for a signal, close."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from contextlib import suppress
from types import FrameType

from app.bench_file import BenchSpec
from app.garbage import spare_what_stays
from app.program import Program, end_without_waiting
from app.settings import Settings
from things.events import ThingState

_log = logging.getLogger(__name__)


def end_signals() -> tuple[signal.Signals, ...]:
    """The signals that ask a program to end: SIGHUP too, which a log-off sends.

    Unless it is ignored: a program started by `nohup` is to outlive its terminal.
    """
    asking = (signal.SIGINT, signal.SIGTERM)
    hang_up = getattr(signal, "SIGHUP", None)  # Windows has none
    if hang_up is None or signal.getsignal(hang_up) is signal.SIG_IGN:
        return asking
    return (*asking, hang_up)


class EndSignals:
    """SIGINT, SIGTERM and SIGHUP, waited for on the main thread. A second one ends at once.

    A signal may be delivered to any thread, and a main thread that waits for a lock would sleep
    on; so it waits for a byte that Python writes from whichever thread was hit.
    """

    def __init__(self) -> None:
        self._asked = False
        self._reader, self._writer = socket.socketpair()
        self._writer.setblocking(False)
        self._woken_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, self._ask) for number in end_signals()}

    def wait(self) -> None:
        """Wait for the first of them."""
        while not self._asked:
            self._reader.recv(64)

    def wake(self) -> None:
        """End the waiting from within the program."""
        self._asked = True
        self._writer.send(b"x")

    def close(self) -> None:
        """Put everything back as it was."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._woken_before)
        self._reader.close()
        self._writer.close()

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        if self._asked:
            os._exit(128 + number)
        self._asked = True


def run_headless(spec: BenchSpec, settings: Settings, *, safe: bool = False) -> int:
    """Run until SIGINT, SIGTERM or SIGHUP. A second signal ends at once.

    Args:
        spec: The bench.
        settings: Where to listen and where to keep data.
        safe: Start no Thing; each is started when it is asked for.

    Returns:
        The exit code: 0.

    Raises:
        BenchInUseError: Another program has this bench.
        PortError: No port could be had.
    """
    ending = EndSignals()
    program = Program(spec, settings, safe=safe)
    failures: list[Exception] = []

    def begin() -> None:
        try:
            _open_and_serve(program)
        except Exception as error:  # raised again below, on the main thread
            failures.append(error)
            ending.wake()

    # In a thread: a driver that hangs must not keep the main thread from hearing a signal.
    opening = threading.Thread(target=begin, name="opening", daemon=True)
    opening.start()
    try:
        ending.wait()
        if failures:
            raise failures[0]
        say("Closing")
    finally:
        stuck = program.close()
        for line in stuck:
            say(f"Abandoned: {line}")
        ending.close()
        if stuck:
            end_without_waiting()
    return 0


def _open_and_serve(program: Program) -> None:
    program.open()
    for entry in program.bench.things.values():
        if entry.state is not ThingState.READY:
            say(f"{entry.name}: {entry.state.value}: {entry.reason or 'it takes its time'}")
    info = program.serve()
    if info.note:
        say(info.note)
    spare_what_stays()
    if info.url:
        say(f"Listening on {info.url}")


def say(line: str) -> None:
    """Tell whoever started the program, at once, even through a pipe; if he still listens."""
    with suppress(OSError):  # the terminal may have been closed
        print(line, flush=True)  # noqa: T201 - this is the program talking
