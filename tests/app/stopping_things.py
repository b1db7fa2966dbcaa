"""Things that wait, clean up and go on; for `test_closing` and `test_standing_still`."""

from __future__ import annotations

import threading
from typing import Any

from things import InvocationCancelledError, Thing, action, cancellable_sleep, property, thing_slot

PATIENCE_S = 30.0


class Axis(Thing):
    """Moves when it is written to or told to.

    Attributes:
        moves: Where it went, and 'stop' and 'exit', in order.
        begun: Set when `hold` or `beside` has begun.
        go: Lets `hold` clean up, and `beside` end.
        leave: Lets it be left.
        being_left: Set when it is being left.
        stopped_holding: Set when `hold` cleans up.
        asked: Set when it is asked whether it is safe.
        answer: Lets it answer that it is.
    """

    def __init__(self) -> None:
        self.moves: list[Any] = []
        self.begun = threading.Event()
        self.go = threading.Event()
        self.leave = threading.Event()
        self.leave.set()
        self.being_left = threading.Event()
        self.stopped_holding = threading.Event()
        self.asked = threading.Event()
        self.answer = threading.Event()
        self.answer.set()

    def __exit__(self, *_: object) -> None:
        self.being_left.set()
        self.leave.wait(PATIENCE_S)
        self.moves.append("exit")

    def stop(self) -> None:
        self.moves.append("stop")

    @property
    def position(self) -> float:
        return 0.0

    @position.setter
    def _set_position(self, value: float) -> None:
        self.moves.append(value)

    @position.resetter
    def _reset_position(self) -> None:
        self.moves.append("reset")

    @property
    def safe(self) -> bool:
        self.asked.set()
        return self.answer.wait(PATIENCE_S)

    @action(requires="safe")
    def move_safely(self) -> None:
        self.moves.append("moved")

    @action
    def move(self, to: float = 1.0) -> None:
        self.moves.append(to)

    @action
    def hold(self) -> None:
        """Holds the Thing until it is cancelled, and then until it may go."""
        try:
            self.begun.set()
            cancellable_sleep(PATIENCE_S)
        finally:
            self.stopped_holding.set()
            self.go.wait(PATIENCE_S)

    @action(exclusive=False)
    def beside(self) -> None:
        self.begun.set()
        self.go.wait(PATIENCE_S)


class Scanner(Axis):
    """Moves another one, and parks it whatever happens."""

    axis: Axis = thing_slot()
    park_at_exit = False

    def __exit__(self, *_: object) -> None:
        if self.park_at_exit:
            self.axis.move(to=-1.0)
            self.axis.position = -2.0
        super().__exit__()

    @action
    def scan(self) -> None:
        """Its clean-up takes another Thing, and a while."""
        try:
            self.begun.set()
            cancellable_sleep(PATIENCE_S)
        finally:
            cancellable_sleep(0.5)
            self.axis.move(to=0.0)
            self.axis.position = 0.5

    @action
    def put(self) -> None:
        """Writes to another Thing, which may have to be waited for."""
        self.begun.set()
        self.axis.position = 7.0

    @action
    def swallow(self) -> str:
        """Ends at the second cancellation only."""
        self.begun.set()
        try:
            cancellable_sleep(PATIENCE_S)
        except InvocationCancelledError:
            cancellable_sleep(PATIENCE_S)
        return "never"


class Halting(Thing):
    """Its stopping is an action."""

    def __init__(self) -> None:
        self.go = threading.Event()

    @action(exclusive=False)
    def beside(self) -> None:
        self.go.wait(PATIENCE_S)

    @action
    def stop(self) -> None:
        pass
