"""Typed events, and the sink they are published to.

Every event is frozen, names its Thing and says when it happened (UTC). Events are in the past
tense. What happens to invocations is in `app.actions.events`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


def now() -> datetime:
    """The time now, in UTC, with its zone."""
    return datetime.now(UTC)


class ThingState(enum.Enum):
    """What a Thing is doing, as the bench list shows it."""

    NOT_STARTED = "not started"
    STARTING = "starting"
    READY = "ready"
    DISCONNECTED = "disconnected"
    FAILED = "failed"
    CLOSED = "closed"

    @property
    def can_be_tried(self) -> bool:
        """Whether it makes sense to start it, or to start it again."""
        return self in (ThingState.NOT_STARTED, ThingState.FAILED, ThingState.DISCONNECTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened to a Thing.

    Attributes:
        thing: The name of the Thing.
        at: When, in UTC.
    """

    thing: str
    at: datetime = field(default_factory=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyChanged(Event):
    """A property was read or written and its value is known.

    Attributes:
        name: The property.
        value: The value as JSON would carry it (numbers, strings, lists, dicts, None).
        skipped: How many newer-than-last values this subscriber did not get before this one.
    """

    name: str
    value: Any
    skipped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyFailed(Event):
    """Reading a property failed; its last value is stale.

    Attributes:
        name: The property.
        reason: In words.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingStateChanged(Event):
    """A Thing came, went or failed.

    Attributes:
        state: What it is now.
        reason: Why, in words, where there is something to say.
    """

    state: ThingState
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingAdded(Event):
    """A Thing was added to the bench while it ran; its state follows.

    Attributes:
        title: What to call it.
    """

    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingRemoved(Event):
    """A Thing was taken off the bench while it ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventEmitted(Event):
    """A Thing emitted an event of its own, declared with `event()`.

    Attributes:
        name: The event affordance.
        data: Its data, as JSON would carry it.
    """

    name: str
    data: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamChanged(Event):
    """A live stream began or stopped delivering frames.

    Attributes:
        name: The stream affordance.
        live: Whether frames are arriving.
    """

    name: str
    live: bool


EventSink = Callable[[Event], None]
"""Where a Thing publishes to. Called from any thread; must not block or raise."""


def discard(_event: Event) -> None:
    """The sink of a Thing that stands alone."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A value and when it was true.

    Attributes:
        value: In JSON form.
        at: When it was read or set, UTC.
        monotonic_s: The same moment on `time.monotonic()`, for ages.
    """

    value: Any
    at: datetime
    monotonic_s: float
