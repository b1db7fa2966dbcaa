"""What is known of a bench elsewhere, kept up to date by its events.

One thread writes (that of the `EventFeed`), any thread reads. Whatever changes is published on a
bus of our own, so that a window cannot tell it from a bench in its own process.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

from app.actions.events import (
    InterlockChanged,
    InvocationChanged,
    InvocationProgressed,
    LedgerTroubled,
    StampChanged,
)
from app.archive.events import ArchiveTroubled, marking_of
from app.client.errors import BenchUnreachableError
from app.client.http import HttpLink
from app.client.known_invocations import KnownInvocations
from app.client.problems import Subject
from app.client.state import Seen, State, ask_state, complete
from app.event_bus import EventBus
from app.run_facts import Stamp
from things.errors import ThingError
from things.events import (
    Event,
    PropertyChanged,
    PropertyFailed,
    Reading,
    ThingAdded,
    ThingRemoved,
    ThingState,
    ThingStateChanged,
)

_log = logging.getLogger(__name__)

GONE: Final = "it is not on the bench any more"

_READ_AGAIN_S: Final = 5.0


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
        unread: Properties that were known before the bench was started anew, and are not now.
        refusals: Actions and properties whose use would be refused now, and why.
    """

    title: str
    state: ThingState = ThingState.STARTING
    reason: str = ""
    description: Mapping[str, Any] = field(default_factory=dict)
    readings: Mapping[str, Reading] = field(default_factory=dict)
    told: dict[str, datetime] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    refusals: Mapping[str, str] = field(default_factory=dict)


class Mirror:
    """A bench as it was last seen; the `Follower` of an `EventFeed`.

    Args:
        http: Asks the bench.

    Attributes:
        bus: Where changes are published.
        title: What to call the bench.
        things: What is known of each, in the order of the bench.
        invocations: What is known of those.
        trouble: Why the line is cut; '' while it stands.
        stamp: What is written on everything over there.
        ledger_trouble: Why nothing can be recorded over there; '' while all is well.
        archive_trouble: Why nothing can be kept over there; '' while all is well.
        keeps_files: Whether the bench has an archive.
    """

    def __init__(self, http: HttpLink) -> None:
        self.bus = EventBus()
        self.title = ""
        self.things: Mapping[str, KnownThing] = {}
        self.trouble = ""
        self.stamp = Stamp()
        self.ledger_trouble = ""
        self.archive_trouble = ""
        self.keeps_files = False
        self.invocations = KnownInvocations(self.bus.publish)
        self._http = http
        self._connected = threading.Condition()
        self._is_connected = False
        self._lock = threading.Lock()

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
        known = self.known(name)
        return known.state, known.reason

    def known(self, name: str) -> KnownThing:
        """What is known of a Thing; of one that is gone, that it is."""
        known = self.things.get(name)
        return KnownThing(name, ThingState.CLOSED, GONE) if known is None else known

    def note(self, thing: str, name: str, reading: Reading) -> None:
        """Keep what somebody read, unless the bench itself tells of that property.

        The answer to a read may be older than an event that has come meanwhile.
        """
        known = self.known(thing)
        with self._lock:
            last = known.readings.get(name)
            if last is None or last.value == reading.value:
                known.readings = {**known.readings, name: reading}

    # For the feed, in its thread.

    def load(self) -> str:
        """Look at everything anew, and publish what differs from what was known."""
        seen = complete(self._http, ask_state(self._http))
        self.title = seen.state.title
        self._take_things(seen)
        self._take_records(seen.state)
        self.invocations.replace_all(seen.invocations)
        return seen.state.id

    def back(self) -> None:
        """The line stands."""
        with self._connected:
            was, self._is_connected = self._is_connected, True
            self.trouble = ""
            self._connected.notify_all()
        if not was:
            self._publish_states()

    def lost(self, error: ThingError) -> None:
        """The line is cut: nothing that is known is sure any more."""
        trouble = str(error)
        if isinstance(error, BenchUnreachableError):
            trouble = f"no connection to {urlsplit(error.url).netloc}: {error.reason}"
        with self._connected:
            was, self._is_connected = self._is_connected, False
            told, self.trouble = self.trouble, trouble
        if was or told != self.trouble:
            self._publish_states()

    def received(self, event: Event) -> None:
        """Take an event in and publish it."""
        match event:
            case PropertyChanged():
                self._take_value(event)
            case ThingStateChanged():
                self._take_state(event)
            case ThingAdded():
                if event.thing not in self.things:
                    self.things = {**self.things, event.thing: KnownThing(event.title)}
                    self.bus.publish(event)
            case ThingRemoved():
                self.things = {key: each for key, each in self.things.items() if key != event.thing}
                self.bus.publish(event)
            case InterlockChanged():
                self._take_refusal(event)
            case InvocationChanged() | InvocationProgressed():
                self.invocations.take(event)
            case StampChanged():
                self.stamp = event.stamp
                self.bus.publish(event)
            case LedgerTroubled():
                self.ledger_trouble = event.reason
                self.bus.publish(event)
            case ArchiveTroubled():
                self.archive_trouble = event.reason
                self.bus.publish(event)
            case _:
                found = marking_of(event)
                if found is not None:
                    self.invocations.mark(found)
                self.bus.publish(event)

    # Inside.

    def _take_things(self, seen: Seen) -> None:
        state = seen.state
        arrived_s = time.monotonic()
        things = {name: self.things.get(name) or KnownThing("") for name in state.things}
        changes: list[Event] = []
        for name, standing in state.things.items():
            thing = things[name]
            thing.title, thing.description = standing.title, seen.descriptions.get(name, {})
            thing.state, thing.reason = standing.state, standing.reason
            refused, thing.refusals = thing.refusals, standing.refusals
            changes += [
                InterlockChanged(thing=name, name=key, reason=standing.refusals.get(key, ""))
                for key in sorted({*refused, *standing.refusals})
                if refused.get(key) != standing.refusals.get(key)
            ]
            before = thing.readings
            thing.unread |= before.keys()
            thing.unread -= standing.values.keys()
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
        for name, gone in self.things.items():
            if name not in things:
                gone.state, gone.reason = ThingState.CLOSED, GONE
                things[name] = gone
        came = [name for name in things if name not in self.things] if self.things else []
        self.things = things
        changes[:0] = [ThingAdded(thing=name, title=things[name].title) for name in came]
        for change in changes:
            self.bus.publish(change)
        for name, thing in things.items():
            if thing.state is ThingState.READY:
                self._read_unread(name)
        if self._is_connected:  # a gap, not a new line
            self._publish_states()

    def _take_records(self, state: State) -> None:
        """What is written on runs, and whether they can be recorded."""
        if state.stamp != self.stamp:
            self.stamp = state.stamp
            self.bus.publish(StampChanged(thing="", stamp=self.stamp))
        if state.ledger_trouble != self.ledger_trouble:
            self.ledger_trouble = state.ledger_trouble
            self.bus.publish(LedgerTroubled(thing="", reason=self.ledger_trouble))
        self.keeps_files = state.keeps_files
        if state.archive_trouble != self.archive_trouble:
            self.archive_trouble = state.archive_trouble
            self.bus.publish(ArchiveTroubled(thing="", reason=self.archive_trouble))

    def _take_value(self, event: PropertyChanged) -> None:
        thing = self.things.get(event.thing)
        if thing is None:
            return
        told = thing.told.get(event.name)
        if told is not None and event.at < told:
            return  # it was in what was loaded already, or something newer was
        thing.told[event.name] = event.at
        self._put(event.thing, event)

    def _take_refusal(self, event: InterlockChanged) -> None:
        thing = self.things.get(event.thing)
        if thing is None:
            return
        kept = {key: reason for key, reason in thing.refusals.items() if key != event.name}
        thing.refusals = {**kept, event.name: event.reason} if event.reason else kept
        self.bus.publish(event)

    def _put(self, name: str, event: PropertyChanged) -> None:
        thing = self.things[name]
        thing.unread.discard(event.name)
        with self._lock:
            reading = Reading(event.value, event.at, time.monotonic())
            thing.readings = {**thing.readings, event.name: reading}
        self.bus.publish(event)

    def _take_state(self, event: ThingStateChanged) -> None:
        thing = self.things.get(event.thing)
        if thing is None:
            return
        if event.state is ThingState.READY and thing.state is not ThingState.READY:
            self._describe_again(event.thing, thing)
            self._read_unread(event.thing)
        thing.state, thing.reason = event.state, event.reason
        self.bus.publish(event)
        self._publish_unread(event.thing)

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

    def _read_unread(self, name: str) -> None:
        """Read what was known of a Thing before its bench was started anew; a few seconds at most.

        Somebody may look at those values: they must not stand there as if they were true.
        """
        thing = self.things[name]
        deadline = time.monotonic() + _READ_AGAIN_S
        for key in sorted(thing.unread):
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return
            path = f"/{quote(name, safe='')}/{quote(key, safe='')}"
            subject = Subject("property", name, key)
            try:
                value = self._http.ask("GET", path, subject, timeout_s=left_s)
            except Exception as error:  # whatever a driver raises; it is said of the property
                _log.info("%s of %s could not be read: %s", key, name, error)
                continue
            self._put(name, PropertyChanged(thing=name, name=key, value=value))

    def _publish_unread(self, name: str) -> None:
        reason = "not read since the bench was started anew"
        for key in sorted(self.things[name].unread):
            self.bus.publish(PropertyFailed(thing=name, name=key, reason=reason))

    def _publish_states(self) -> None:
        for name in self.things:
            state, reason = self.standing(name)
            self.bus.publish(ThingStateChanged(thing=name, state=state, reason=reason))
            self._publish_unread(name)
