"""Two Things that call each other, and notice when more than one run has hold of them."""

from __future__ import annotations

import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from typing import Any

from things import Thing, action, property, raise_if_cancelled, thing_slot
from things.context import current_invocation

LOOK_S = 0.003
"""How often a run that pauses looks whether it may go on: it has to hear of a cancellation too."""


class Peer(Thing):
    """Each of its actions pauses until the test lets it go on.

    Attributes:
        gates: Of the runs that pause here, by their root's id.
        broken: What must never happen, in words.
    """

    other: Peer = thing_slot()

    def __init__(self) -> None:
        self.gates: dict[Hashable, threading.Event] = {}
        self.broken: list[str] = []
        self._inside: list[Hashable] = []
        self._level = 0

    @property
    def level(self) -> int:
        return self._level

    @level.setter
    def _set_level(self, value: int) -> None:
        with self._alone(object()):
            self._level = value

    @action
    def hold(self) -> None:
        with self._alone(_root()):
            self._pause()

    @action
    def deaf(self) -> None:
        """Hears of no cancellation."""
        with self._alone(_root()):
            self._pause(heed=False)

    @action
    def reach(self) -> None:
        """Holds this one and wants the other one too."""
        with self._alone(_root()):
            self._pause()
            self.other.hold()

    @action(exclusive=False)
    def beside(self) -> None:
        """Runs whoever holds it."""
        self._pause()

    @contextmanager
    def _alone(self, who: Hashable) -> Iterator[None]:
        self._inside.append(who)
        if any(each != who for each in self._inside):
            self.broken.append(f"two had hold of {self.name}: {self._inside}")
        try:
            yield
        finally:
            self._inside.remove(who)

    def _pause(self, *, heed: bool = True) -> None:
        running: Any = current_invocation()
        gate = self.gates[running.root] = threading.Event()
        while not gate.wait(LOOK_S):
            if heed and running.cancel_event.is_set():
                break
        # Before it is heard: who looks must not find it pausing and asked nothing.
        del self.gates[running.root]
        if heed:
            raise_if_cancelled()


def _root() -> Hashable:
    running: Any = current_invocation()
    root: Hashable = running.root
    return root
