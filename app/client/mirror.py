"""What is known of a bench elsewhere, kept up to date by its events.

One thread writes (that of the `EventFeed`), any thread reads. Whatever changes is published on a
bus of our own, so that a window cannot tell it from a bench in its own process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, TypeAdapter, ValidationError

from app.actions.events import InvocationChanged, InvocationProgressed
from app.client.errors import BenchUnreachableError, UnexpectedAnswerError
from app.client.http import HttpLink
from app.client.problems import Subject
from app.event_bus import EventBus
from app.handles import InvocationSnapshot, InvocationStatus, Problem
from app.wire import WireError, invocation_from
from things.errors import ThingError
from things.events import (
    Event,
    PropertyChanged,
    PropertyFailed,
    Reading,
    ThingState,
    ThingStateChanged,
    now,
)

_log = logging.getLogger(__name__)

_READ_AGAIN_S: Final = 5.0

MOST_KEPT: Final = 1000
"""Invocations that are remembered; those that run always are."""

_UNKNOWN_END: Final = Problem(
    "Interrupted",
    "How it ended is not known: the bench was not in reach then, or was started anew.",
    "urn:labwright:error#Interrupted",
    503,
)


class _Value(BaseModel):
    value: Any
    at: AwareDatetime
    age_s: float


class _Standing(BaseModel):
    title: str
    state: ThingState
    reason: str = ""
    values: dict[str, _Value] = {}


class _State(BaseModel):
    id: str
    title: str
    things: dict[str, _Standing]
    invocations: list[dict[str, Any]] = []


_DESCRIPTIONS: Final = TypeAdapter(dict[str, dict[str, Any]])


@dataclass(slots=True)
class KnownThing:
    """What is known of one Thing.

    Attributes:
        title: What to call it.
        state: What it is doing, as its bench says.
        reason: Why it failed or is disconnected.
        description: Its Thing Description; {} for one that never started.
        readings: The last known value of each property.
        told: When the newest value was true that the bench told by itself, by its own clock.
    """

    title: str
    state: ThingState = ThingState.STARTING
    reason: str = ""
    description: Mapping[str, Any] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    told: dict[str, datetime] = field(default_factory=dict)


class Mirror:
    """A bench as it was last seen; the `Follower` of an `EventFeed`.

    Args:
        http: Asks the bench.

    Attributes:
        bus: Where changes are published.
        title: What to call the bench.
        things: What is known of each, in the order of the bench.
        trouble: Why the line is cut; '' while it stands.
    """

    def __init__(self, http: HttpLink) -> None:
        self.bus = EventBus()
        self.title = ""
        self.things: Mapping[str, KnownThing] = {}
        self.trouble = ""
        self._http = http
        self._connected = threading.Condition()
        self._is_connected = False
        self._invocations: dict[UUID, InvocationSnapshot] = {}
        self._lock = threading.Lock()
        self._seq = 0
        self._unread: list[tuple[str, str]] = []

    # For readers, on any thread.

    @property
    def connected(self) -> bool:
        """Whether the line stands, so that what is known is true now."""
        return self._is_connected

    def wait_connected(self, timeout_s: float) -> bool:
        """Wait until the line stands.

        Returns:
            Whether it does.
        """
        with self._connected:
            return self._connected.wait_for(lambda: self._is_connected, timeout_s)

    def standing(self, name: str) -> tuple[ThingState, str]:
        """State and reason of a Thing; disconnected, and why, while the line is cut."""
        if not self._is_connected:
            return ThingState.DISCONNECTED, self.trouble or "not connected yet"
        known = self.things[name]
        return known.state, known.reason

    @property
    def invocations(self) -> Sequence[InvocationSnapshot]:
        """What runs and what ended recently, oldest first."""
        with self._lock:
            return list(self._invocations.values())

    def invocation(self, id: UUID) -> InvocationSnapshot | None:
        """One of them."""
        with self._lock:
            return self._invocations.get(id)

    def note(self, thing: str, name: str, reading: Reading) -> None:
        """Keep what somebody read, unless the bench itself tells of that property.

        The answer to a read may be older than an event that has come meanwhile.
        """
        known = self.things[thing]
        with self._lock:
            last = known.readings.get(name)
            if last is None or last.value == reading.value:
                known.readings = {**known.readings, name: reading}

    # For the feed, in its thread.

    def load(self) -> str:
        """Look at everything anew, and publish what differs from what was known."""
        state = self._asked()
        if self._vanished(state):
            self._read_again(self._vanished(state))
            state = self._asked()
        described = self._http.get("/thing_descriptions/")
        try:
            descriptions = _DESCRIPTIONS.validate_python(described)
            snapshots = [invocation_from(each) for each in state.invocations]
        except (ValidationError, WireError) as error:
            raise UnexpectedAnswerError(self._http.url, f"is no bench: {error}") from None
        self.title = state.title
        self._take_things(state, descriptions)
        self._take_invocations(snapshots)
        return state.id

    def back(self) -> None:
        """The line stands."""
        with self._connected:
            was, self._is_connected = self._is_connected, True
            self.trouble = ""
            self._connected.notify_all()
        if not was:
            self._publish_states()
            self._publish_unread()

    def lost(self, error: ThingError) -> None:
        """The line is cut: nothing that is known is sure any more."""
        with self._connected:
            was, self._is_connected = self._is_connected, False
            told, self.trouble = self.trouble, str(error)
        if was or told != self.trouble:
            self._publish_states()

    def received(self, event: Event) -> None:
        """Take an event in and publish it."""
        match event:
            case PropertyChanged():
                self._take_value(event)
            case ThingStateChanged():
                self._take_state(event)
            case InvocationChanged() | InvocationProgressed():
                self._take_invocation(event)
            case _:
                self.bus.publish(event)

    # Inside.

    def _asked(self) -> _State:
        answer = self._http.get("/events/state")
        try:
            return _State.model_validate(answer)
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(str(part) for part in fault["loc"])
            raise UnexpectedAnswerError(
                self._http.url, f"is no bench of this program: {place}: {fault['msg']}"
            ) from None

    def _take_things(self, state: _State, descriptions: Mapping[str, Mapping[str, Any]]) -> None:
        arrived_s = time.monotonic()
        things = {name: self.things.get(name) or KnownThing("") for name in state.things}
        changes: list[Event] = []
        for name, standing in state.things.items():
            thing = things[name]
            thing.title, thing.description = standing.title, descriptions.get(name, {})
            thing.state, thing.reason = standing.state, standing.reason
            before = thing.readings
            with self._lock:
                thing.told = {key: value.at for key, value in standing.values.items()}
                thing.readings = {
                    key: Reading(value.value, value.at, arrived_s - value.age_s)
                    for key, value in standing.values.items()
                }
            changes += [
                PropertyChanged(thing=name, at=reading.at, name=key, value=reading.value)
                for key, reading in thing.readings.items()
                if key not in before or before[key].at != reading.at
            ]
            self._unread += [(name, key) for key in before.keys() - thing.readings.keys()]
        for name, gone in self.things.items():
            if name not in things:
                gone.state, gone.reason = ThingState.CLOSED, "it is not on the bench any more"
                things[name] = gone
        self.things = things
        for change in changes:
            self.bus.publish(change)
        if self._is_connected:  # a gap, not a new line
            self._publish_states()
            self._publish_unread()

    def _take_invocations(self, snapshots: Sequence[InvocationSnapshot]) -> None:
        there = {snapshot.id for snapshot in snapshots}
        for snapshot in self.invocations:
            if snapshot.id not in there and not snapshot.status.ended:
                self._tell_invocation(
                    replace(
                        snapshot,
                        status=InvocationStatus.ERROR,
                        ended_at=now(),
                        error=_UNKNOWN_END,
                        waiting_for="",
                        version=snapshot.version + 1,
                    )
                )
        for snapshot in snapshots:
            known = self.invocation(snapshot.id)
            if known is None or known.status is not snapshot.status:
                self._tell_invocation(snapshot)
            else:
                self._keep(snapshot)

    def _take_value(self, event: PropertyChanged) -> None:
        thing = self.things.get(event.thing)
        if thing is None:
            return
        with self._lock:
            told = thing.told.get(event.name)
            if told is not None and event.at < told:
                return  # it was in what was loaded already, or something newer was
            thing.told[event.name] = event.at
            reading = Reading(event.value, event.at, time.monotonic())
            thing.readings = {**thing.readings, event.name: reading}
        self.bus.publish(event)

    def _take_state(self, event: ThingStateChanged) -> None:
        thing = self.things.get(event.thing)
        if thing is None:
            return
        if event.state is ThingState.READY and thing.state is not ThingState.READY:
            self._describe_again(event.thing, thing)
        thing.state, thing.reason = event.state, event.reason
        self.bus.publish(event)

    def _describe_again(self, name: str, thing: KnownThing) -> None:
        """A Thing that came back may have another driver by now."""
        try:
            described = self._http.get(f"/{name}/", Subject("bench", name))
        except BenchUnreachableError:
            raise
        except ThingError:
            return  # it is gone again; that is an event too
        if isinstance(described, dict):
            thing.description = described

    def _take_invocation(self, event: InvocationChanged | InvocationProgressed) -> None:
        snapshot = event.snapshot
        known = self.invocation(snapshot.id)
        if known is not None and snapshot.version <= known.version:
            return
        if isinstance(event, InvocationProgressed):
            if known is not None:  # progress comes without input and output
                snapshot = replace(
                    snapshot, input=known.input, output=known.output, blobs=known.blobs
                )
            event = replace(event, snapshot=snapshot)
        self._keep(snapshot)
        self.bus.publish(event)

    def _tell_invocation(self, snapshot: InvocationSnapshot) -> None:
        self._keep(snapshot)
        self._seq += 1
        self.bus.publish(InvocationChanged(thing=snapshot.thing, snapshot=snapshot, seq=self._seq))

    def _keep(self, snapshot: InvocationSnapshot) -> None:
        with self._lock:
            self._invocations[snapshot.id] = snapshot
            surplus = len(self._invocations) - MOST_KEPT
            if surplus > 0:
                ended = [id for id, each in self._invocations.items() if each.status.ended]
                for id in ended[:surplus]:
                    del self._invocations[id]

    def _vanished(self, state: _State) -> list[tuple[str, str]]:
        """The properties that were known and, since the bench was started anew, are not."""
        return [
            (name, key)
            for name, thing in self.things.items()
            if name in state.things and state.things[name].state is ThingState.READY
            for key in thing.readings.keys() - state.things[name].values.keys()
        ]

    def _read_again(self, vanished: Sequence[tuple[str, str]]) -> None:
        """Have the bench read what somebody looks at; for a few seconds at most."""
        deadline = time.monotonic() + _READ_AGAIN_S
        for thing, name in vanished:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return
            path = f"/{quote(thing, safe='')}/{quote(name, safe='')}"
            try:
                self._http.ask("GET", path, Subject("property", thing, name), timeout_s=left_s)
            except Exception as error:  # whatever a driver raises; it is said of the property
                _log.info("%s of %s could not be read: %s", name, thing, error)

    def _publish_unread(self) -> None:
        unread, self._unread = self._unread, []
        for thing, name in unread:
            self.bus.publish(
                PropertyFailed(
                    thing=thing, name=name, reason="not read since the bench was started anew"
                )
            )

    def _publish_states(self) -> None:
        for name in self.things:
            state, reason = self.standing(name)
            self.bus.publish(ThingStateChanged(thing=name, state=state, reason=reason))
