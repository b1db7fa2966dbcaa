"""A Thing that does all in one thread of its own, and one that holds itself and uses it."""

from __future__ import annotations

import threading
from typing import Any

from things import Thing, action, property, thing_slot

PATIENCE_S = 30.0


class Vendor(Thing, thread="own"):
    """Its library insists on one thread.

    Attributes:
        done: What was done, in order.
        begun: Set when `work` or `reach` has begun.
        go: Lets it go on.
    """

    user: User = thing_slot(optional=True)

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.begun = threading.Event()
        self.go = threading.Event()

    def stop(self) -> None:
        self.done.append("stop")

    @property(snapshot=True)
    def temperature(self) -> float:
        return 20.0 + len(self.done)

    @temperature.setter
    def _set_temperature(self, value: float) -> None:
        self.done.append(value)

    @action(exclusive=False)
    def work(self) -> None:
        self.begun.set()
        self.go.wait(PATIENCE_S)
        self.done.append("work")

    @action(exclusive=False)
    def quick(self) -> str:
        self.done.append("quick")
        return "quick"

    @action
    def reach(self) -> str:
        """Has its thread, and wants the other Thing."""
        self.begun.set()
        self.go.wait(PATIENCE_S)
        return self.user.rest()


class User(Thing):
    """Holds itself, and wants the one with a thread."""

    vendor: Vendor = thing_slot()

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.go = threading.Event()

    @action
    def rest(self) -> str:
        return "rested"

    @action
    def call(self) -> str:
        self.begun.set()
        self.go.wait(PATIENCE_S)
        return self.vendor.quick()

    @action
    def look(self) -> float:
        self.begun.set()
        self.go.wait(PATIENCE_S)
        return self.vendor.temperature

    @action
    def put(self) -> None:
        self.begun.set()
        self.go.wait(PATIENCE_S)
        self.vendor.temperature = 5.0
