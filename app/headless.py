"""The bench without a window: open, serve, wait for a signal, close."""

from __future__ import annotations

import logging
import os
import signal
import threading
from types import FrameType

from app.bench_file import BenchSpec
from app.program import Program, end_without_waiting
from app.settings import Settings
from things.events import ThingState

_log = logging.getLogger(__name__)


def run_headless(spec: BenchSpec, settings: Settings) -> int:
    """Run until SIGINT or SIGTERM. A second signal ends at once.

    Args:
        spec: The bench.
        settings: Where to listen and where to keep data.

    Returns:
        The exit code: 0.

    Raises:
        BenchInUseError: Another program has this bench.
        PortError: No port could be had.
    """
    asked = threading.Event()

    def stop(number: int, _frame: FrameType | None) -> None:
        if asked.is_set():
            os._exit(128 + number)
        asked.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    program = Program(spec, settings)
    try:
        program.open()
        for entry in program.bench.things.values():
            if entry.state is ThingState.FAILED:
                say(f"{entry.name}: failed: {entry.reason}")
        info = program.serve()
        if info.note:
            say(info.note)
        say(f"Listening on {info.url}")
        asked.wait()
        say("Closing")
    finally:
        stuck = program.close()
        for line in stuck:
            say(f"Abandoned: {line}")
        for number, handler in before.items():
            signal.signal(number, handler)
        if stuck:
            end_without_waiting()
    return 0


def say(line: str) -> None:
    """Tell whoever started the program, at once, even through a pipe."""
    print(line, flush=True)  # noqa: T201 - this is the program talking
