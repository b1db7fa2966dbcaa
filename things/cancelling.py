"""Cancelling: the event an action looks at."""

from __future__ import annotations

import threading
import weakref
from contextvars import ContextVar
from uuid import UUID

from things.errors import InvocationCancelledError

WAS_CANCELLED = "The invocation was cancelled."
"""What an action says that stops where it is cancelled, and has nothing to add."""


class Strand:
    """One of the threads in which an invocation runs; each is told of a cancellation itself.

    Attributes:
        began_with: How many cancellations had been heard when it began.
    """

    def __init__(self) -> None:
        self.began_with = 0


_main_strand = Strand()

current_strand: ContextVar[Strand] = ContextVar("labwright_strand", default=_main_strand)
"""Set by `things.start_thread`. A context variable and no thread's id, since a body may hop into
its Thing's own thread and back, and stays the same strand."""


class CancelEvent(threading.Event):
    """Set when somebody asks an invocation to stop.

    Raising counts as hearing: it clears the event, so that an action which handles the first
    cancellation can be cancelled again; it may also call `clear()` itself. Threads that the
    action started with `things.start_thread` hear each cancellation for themselves, so that one
    of them cannot take it from the others.

    Args:
        id: The invocation it belongs to.
    """

    def __init__(self, id: UUID) -> None:
        super().__init__()
        self.invocation_id = id
        self._changed = threading.Condition()
        self._asked = 0
        self._heard: weakref.WeakKeyDictionary[Strand, int] = weakref.WeakKeyDictionary()

    def set(self) -> None:
        """Ask the invocation to stop."""
        with self._changed:
            self._asked += 1
            self._changed.notify_all()

    def clear(self) -> None:
        """Forget, in this thread, what was asked."""
        with self._changed:
            self._heard[current_strand.get()] = self._asked

    def is_set(self) -> bool:
        """Whether a cancellation was asked for that this thread has not heard yet."""
        with self._changed:
            return self._unheard()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for a cancellation.

        Args:
            timeout: For how long, in seconds; None for ever.

        Returns:
            Whether one was asked for.
        """
        with self._changed:
            return self._changed.wait_for(self._unheard, timeout)

    def raise_if_set(self) -> None:
        """Raise when a cancellation was asked for.

        Raises:
            InvocationCancelledError: It was.
        """
        with self._changed:
            if not self._unheard():
                return
            self._heard[current_strand.get()] = self._asked
        raise InvocationCancelledError(WAS_CANCELLED)

    def sleep(self, timeout_s: float) -> None:
        """Sleep, or stop sleeping at once when cancelled.

        Args:
            timeout_s: How long, in seconds.

        Raises:
            InvocationCancelledError: A cancellation was asked for.
        """
        if self.wait(max(0.0, timeout_s)):
            self.raise_if_set()

    def join_strand(self, strand: Strand) -> None:
        """Let a new thread begin with what the one that starts it has heard."""
        with self._changed:
            strand.began_with = self._heard.get(current_strand.get(), 0)
            self._heard[strand] = strand.began_with

    def ask(self, strand: Strand) -> None:
        """Ask one thread only to stop, unless the invocation was asked since it began."""
        with self._changed:
            if self._asked == strand.began_with == self._heard.get(strand, 0):
                self._heard[strand] = self._asked - 1
                self._changed.notify_all()

    def _unheard(self) -> bool:
        return self._asked > self._heard.get(current_strand.get(), 0)
