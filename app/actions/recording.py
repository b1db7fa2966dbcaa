"""What the ActionManager asks of whoever keeps a record of the runs."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol

from app.errors import LedgerFullError

if TYPE_CHECKING:
    from app.actions.invocation import Invocation


class Recorder(Protocol):
    """Keeps a record of every run. Its methods may be called from any thread.

    They return at once but for `starting` and `ended`, which may read the properties that are
    declared `snapshot=True` from their devices, for a bounded time.
    """

    def check(self) -> None:
        """Whether a new run could be recorded.

        Raises:
            LedgerFullError: It could not, so it must not be started.
        """

    def accepted(self, invocation: Invocation) -> Future[None]:
        """A run was accepted; called before it starts.

        Returns:
            Done once the run is on disk; fails with LedgerFullError where it cannot be written.

        Raises:
            LedgerFullError: Too much waits for the disk already.
        """

    def starting(self, invocation: Invocation) -> None:
        """A run has its Thing, but not yet the Thing's own thread, which reading would need.

        Called in the run's own thread, with the lock held.
        """

    def started(self, invocation: Invocation) -> None:
        """The body of a run begins now; called in its own thread, with all it needs held."""

    def ended(self, invocation: Invocation) -> None:
        """A run has ended; called in its own thread, with its Thing still held."""

    def stuck(self, invocation: Invocation) -> None:
        """A run goes on although it was asked to stop long ago."""

    def abandoned(self, invocation: Invocation, waited_s: float) -> None:
        """The program ends without waiting for a run any longer.

        Args:
            invocation: The run.
            waited_s: How long it was waited for, in seconds.
        """


class NotRecording:
    """Stands in for a ledger that cannot be opened: nothing new is started.

    Args:
        reason: Why nothing can be recorded, in words.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason

    def check(self) -> None:
        """Refuse.

        Raises:
            LedgerFullError: Always.
        """
        raise LedgerFullError(self.reason)

    def accepted(self, invocation: Invocation) -> Future[None]:
        """Nothing is written; a `stop` that is let through all the same need not wait."""
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def starting(self, invocation: Invocation) -> None:
        """Nothing is written."""

    def started(self, invocation: Invocation) -> None:
        """Nothing is written."""

    def ended(self, invocation: Invocation) -> None:
        """Nothing is written."""

    def stuck(self, invocation: Invocation) -> None:
        """Nothing is written."""

    def abandoned(self, invocation: Invocation, waited_s: float) -> None:
        """Nothing is written."""
