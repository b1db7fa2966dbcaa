"""Calls at their time, by one thread, on the clock that nobody can set."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

_log = logging.getLogger(__name__)


class Alarms:
    """Calls functions when their time has come, one after the other, in one thread.

    Times are on `time.monotonic()`: a computer's clock
    that is set back and forth moves none of them.

    Args:
        name: The thread's name.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._ties = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start the thread, unless it runs. Before there is need: later there may be no room."""
        with self._changed:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()

    def at(self, due_s: float, call: Callable[[], None]) -> None:
        """Call a function at a time; never, where they have not begun or are closed before.

        Args:
            due_s: When, on `time.monotonic()`.
            call: Must return soon, since all others wait; what it raises is logged.
        """
        with self._changed:
            if self._closed:
                return
            heapq.heappush(self._due, (due_s, next(self._ties), call))
            if self._due[0][0] == due_s:  # else it is awake before that anyway
                self._changed.notify_all()

    def close(self) -> None:
        """Call nothing any more, and end the thread."""
        with self._changed:
            self._closed = True
            self._due.clear()
            self._changed.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(5.0)

    def _work(self) -> None:
        while (call := self._next()) is not None:
            try:
                call()
            except Exception:
                _log.exception("What was to be done at this time failed.")

    def _next(self) -> Callable[[], None] | None:
        """Wait for the next alarm; None at the end."""
        with self._changed:
            while not self._closed:
                if not self._due:
                    self._changed.wait()
                    continue
                left_s = self._due[0][0] - time.monotonic()
                if left_s <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(left_s)
        return None
