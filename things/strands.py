"""The threads that an invocation started, while they run."""

from __future__ import annotations

import threading

from things.cancelling import CancelEvent, Strand


class Strands:
    """The threads that an invocation started with `things.start_thread`, while they run.

    An invocation is over when they are: nobody could stop what goes on after it. Safe to use from
    any thread.
    """

    def __init__(self) -> None:
        self._running: set[Strand] = set()
        self._changed = threading.Condition()

    def begin(self, strand: Strand) -> None:
        """One is about to start."""
        with self._changed:
            self._running.add(strand)

    def end(self, strand: Strand) -> None:
        """One has ended, or could not be started."""
        with self._changed:
            self._running.discard(strand)
            self._changed.notify_all()

    @property
    def running(self) -> bool:
        """Whether there are any."""
        return bool(self._running)

    def ask_to_stop(self, event: CancelEvent) -> None:
        """Ask each of them to stop that was not asked before."""
        with self._changed:
            running = tuple(self._running)
        for strand in running:
            event.ask(strand)

    def wait(self) -> None:
        """Wait until all have ended, also those that they start in turn."""
        with self._changed:
            self._changed.wait_for(lambda: not self._running)
