"""The way to the device: all code of a driver that may touch its device runs through it.

A real device is reached directly. Simulated ones put a line of their own in between, on which
faults can be tried.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

R = TypeVar("R")
V = TypeVar("V")


class DeviceLine(Protocol):
    """What stands between a Thing's affordances and the code behind them."""

    def read(self, name: str, getter: Callable[[], V]) -> V:
        """Read a property that has a getter."""

    def write(self, name: str, value: V, setter: Callable[[V], None]) -> None:
        """Write a property; the value has been checked."""

    def call(self, name: str, body: Callable[[], R]) -> R:
        """Run an action, or bring a property back to its default."""


class DirectLine:
    """Nothing in between."""

    def read(self, name: str, getter: Callable[[], V]) -> V:
        """Ask the getter."""
        return getter()

    def write(self, name: str, value: V, setter: Callable[[V], None]) -> None:
        """Call the setter."""
        setter(value)

    def call(self, name: str, body: Callable[[], R]) -> R:
        """Run the body."""
        return body()


DIRECT = DirectLine()
"""It keeps nothing, so that one is enough for all."""
