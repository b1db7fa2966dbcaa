"""STOP ALL's way to the devices: every `stop()` at once, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from typing import TypeVar

from app.bench_things import BenchThing, said
from app.handles import StopReport

R = TypeVar("R")

_log = logging.getLogger(__name__)


def _at_once(work: Callable[[], None]) -> None:
    work()


def in_own_thread(
    call: Callable[[], R], without: Callable[[Callable[[], None]], None] = _at_once
) -> Future[R]:
    """Run a call in a thread of its own.

    Args:
        call: What to run.
        without: Runs it where there is no room for another thread.
    """
    future: Future[R] = Future()

    def work() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # it belongs to who asked
            future.set_exception(error)

    try:
        threading.Thread(target=work, name="stop-all", daemon=True).start()
    except (RuntimeError, MemoryError):
        without(work)
    return future


class StopThreads:
    """Runs what stops things, each in a thread of its own: every pool may be taken.

    Where there is no room for another thread, one does it that stands ready from the beginning.
    """

    def __init__(self) -> None:
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._ready: threading.Thread | None = None

    def begin(self) -> None:
        """Let the one stand ready. Before there is need: later there may be no room."""
        if self._ready is None:
            self._ready = threading.Thread(target=self._work, name="stop-ready", daemon=True)
            self._ready.start()

    def run(self, call: Callable[[], R]) -> Future[R]:
        """Run it at once."""
        return in_own_thread(call, self._without)

    def _without(self, work: Callable[[], None]) -> None:
        if self._ready is not None and self._ready.is_alive():
            self._calls.put(work)
        else:
            work()

    def close(self) -> None:
        """End the one that stands ready."""
        self._calls.put(None)
        if self._ready is not None:
            self._ready.join(1.0)

    def _work(self) -> None:
        while (call := self._calls.get()) is not None:
            call()


def stop_things(
    entries: Sequence[BenchThing],
    answer_s: float,
    meanwhile: Callable[[], None] = lambda: None,
) -> Sequence[StopReport]:
    """Call `stop()` of every Thing that has one. No lock, pool or limit stands in its way.

    Args:
        entries: The Things that are open.
        answer_s: How long a `stop()` may take before it counts as not answered, in seconds.
        meanwhile: Done when all have been called, before their answers are waited for.

    Returns:
        One report for each Thing that has a `stop()`, in their order.
    """
    reports: dict[str, StopReport] = {}
    threads: list[tuple[str, threading.Thread, float]] = []
    without: list[tuple[str, Callable[[], object]]] = []
    for entry in entries:
        stop = getattr(entry.thing, "stop", None)
        if stop is None:
            continue
        began_s = time.monotonic()
        thread = threading.Thread(
            target=_stop, args=(entry.name, stop, reports), name=f"stop-{entry.name}", daemon=True
        )
        try:
            thread.start()
        except RuntimeError:  # no thread to be had: here, when all others have been asked
            without.append((entry.name, stop))
        threads.append((entry.name, thread, began_s))
    for name, stop in without:
        _stop(name, stop, reports)
    deadline = time.monotonic() + answer_s
    meanwhile()
    for name, thread, began_s in threads:
        if thread.ident is None:
            continue
        thread.join(max(0.0, deadline - time.monotonic()))
        if thread.is_alive():
            took_s = time.monotonic() - began_s
            reports[name] = StopReport(name, False, took_s, "did not answer")
    found = [reports[name] for name, _, _ in threads]
    for report in found:
        level = logging.INFO if report.answered and not report.reason else logging.ERROR
        in_words = report.reason or f"stopped in {report.took_s * 1000:.0f} ms"
        _log.log(level, "STOP: %s %s", report.thing, in_words)
    return found


def _stop(name: str, stop: Callable[[], object], reports: dict[str, StopReport]) -> None:
    began_s = time.monotonic()
    reason = ""
    try:
        stop()
    except BaseException as error:  # a driver's SystemExit must not end this thread unheard
        reason = said(error)
    reports[name] = StopReport(name, True, time.monotonic() - began_s, reason)
