"""What the tests of the instruments share: recorded events, and an invocation without an app."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable

import pytest

from things import CancelEvent, Event, Thing
from things.progress import ProgressTracker
from things.strands import Strands


class FakeInvocation:
    """As much of an invocation as running code sees."""

    def __init__(self) -> None:
        self.id = uuid.uuid4()
        self.cancel_event = CancelEvent(self.id)
        self.strands = Strands()
        self.logger = logging.getLogger("tests.invocation")
        self.notified = 0
        self.progress = ProgressTracker(self._notify)

    def _notify(self) -> None:
        self.notified += 1


@pytest.fixture
def invocation():
    """An invocation to run code in: `with running_in(invocation):`."""
    made = FakeInvocation()
    yield made
    made.progress.close()


@pytest.fixture
def listen() -> Callable[[Thing], list[Event]]:
    """Record what a Thing publishes: `events = listen(camera)`."""

    def start(thing: Thing) -> list[Event]:
        events: list[Event] = []
        thing._core.sink = events.append
        return events

    return start
