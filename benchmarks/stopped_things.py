"""Things to be stopped: some that heed it, one that does not, and a ring of three."""

from __future__ import annotations

import threading
import time
from typing import Any

from things import Thing, action, cancellable_sleep, property, thing_slot
from things.errors import DeadlockError


class Arm(Thing):
    """Moves until it is told to stop; notes when that was.

    Attributes:
        stopped_s: When `stop()` was called last, on `time.monotonic()`.
    """

    position: float = property(default=0.0)
    stopped_s = 0.0

    @action(exclusive=False)
    def move(self) -> None:
        """Move for ten minutes."""
        cancellable_sleep(600)

    @action
    def move_alone(self) -> None:
        """The same, with nobody beside it."""
        cancellable_sleep(600)

    def stop(self) -> None:
        """Note when."""
        self.stopped_s = time.monotonic()


class Deaf(Arm):
    """Has an action that hears of no cancellation."""

    @action
    def ignore(self) -> None:
        """Go on for ever."""
        while True:
            time.sleep(0.05)


class Mute(Arm):
    """Does not answer when it is told to stop."""

    answers = True

    def stop(self) -> None:
        """Answer only while it is told to."""
        super().stop()
        if not self.answers:
            threading.Event().wait()


class Ring(Thing):
    """One of three that wait for one another.

    Attributes:
        meeting: Where all three meet, each with its own lock held.
        found_s: How long the one that was refused waited, in seconds.
    """

    following: Any = thing_slot()
    meeting = threading.Barrier(3)
    found_s: float | None = None

    @action
    def reach(self) -> None:
        """Hold this one and want the next."""
        Ring.meeting.wait(30)
        began_s = time.monotonic()
        try:
            self.following.touch()
        except DeadlockError:
            self.found_s = time.monotonic() - began_s
            raise

    @action
    def touch(self) -> int:
        """Nothing but hold it."""
        return 1
