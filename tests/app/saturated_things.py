"""Things to be stopped while everything is taken."""

from __future__ import annotations

import threading

from things import Thing, action, cancellable_sleep, property


class Arm(Thing):
    """Moves until it is told to stop.

    Attributes:
        reads: How many readings hang.
        go_on: Lets the readings, the deaf action and a `stop()` that hangs go on.
        stops: How often it was told to stop.
        answers: Whether its `stop()` returns.
    """

    def __init__(self) -> None:
        self.reads = threading.Semaphore(0)
        self.go_on = threading.Event()
        self.began = threading.Semaphore(0)
        self.stops = 0
        self.answers = True

    @property
    def level(self) -> float:
        self.reads.release()
        self.go_on.wait(60)
        return 1.0

    @action
    def move(self) -> None:
        self.began.release()
        cancellable_sleep(600)

    @action(exclusive=False)
    def deaf(self) -> None:
        self.began.release()
        self.go_on.wait(60)

    def stop(self) -> None:
        self.stops += 1
        if not self.answers:
            self.go_on.wait(60)
