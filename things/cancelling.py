"""Cancelling: the event an action looks at."""

from __future__ import annotations

import threading
from uuid import UUID

from things.errors import InvocationCancelledError


class CancelEvent(threading.Event):
    """Set when somebody asks an invocation to stop.

    Raising clears it first, so that an action which handles the first cancellation can be
    cancelled again; it may also call `clear()` itself.

    Args:
        id: The invocation it belongs to.
    """

    def __init__(self, id: UUID) -> None:
        super().__init__()
        self.invocation_id = id

    def raise_if_set(self) -> None:
        """Raise when a cancellation was asked for.

        Raises:
            InvocationCancelledError: It was.
        """
        if self.is_set():
            self.clear()
            raise InvocationCancelledError("The invocation was cancelled.")

    def sleep(self, timeout_s: float) -> None:
        """Sleep, or stop sleeping at once when cancelled.

        Args:
            timeout_s: How long, in seconds.

        Raises:
            InvocationCancelledError: A cancellation was asked for.
        """
        if self.wait(max(0.0, timeout_s)):
            self.raise_if_set()
