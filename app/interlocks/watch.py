"""The live verdict: judges again whenever a value changes that a condition uses, and tells of it.

One thread, which asks no device itself: it judges by what is known, and has the property desk read
what conditions use by the clock and after each action.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from app.actions.events import InterlockChanged
from app.event_bus import EventBus, Mailbox
from app.interlocks.places import Standing
from app.property_desk import PropertyDesk
from things.events import PropertyChanged, PropertyFailed, ThingState, ThingStateChanged
from things.properties import PropertyDescriptor
from things.thing import Thing

_log = logging.getLogger(__name__)

PAUSE_S: Final = 0.05
"""Between two rounds: a value that changes a thousand times a second is judged twenty times."""

Key = tuple[str, str]
"""A Thing and an action or property of it."""


@dataclass(frozen=True)
class Judgement:
    """What came of judging.

    Attributes:
        condition: Which condition refuses, as it was written; '' where none does.
        reason: Why, in words; '' where none does.
        used: The properties that decide it.
    """

    condition: str
    reason: str
    used: frozenset[Key]


Judge = Callable[[Key, Mapping[Key, str]], Judgement]
"""Judges by what is known; gets why a property could not be read when that was last tried."""


class Watch:
    """Keeps the verdicts up to date.

    Args:
        things: All of the bench.
        desk: Reads what conditions use.
        bus: Tells of changes of values, and is told of changes of verdicts.
        judge: Judges one action or property.

    Attributes:
        reasons: Why each would be refused now; '' where it would not. Replaced as a whole.
    """

    def __init__(
        self, things: Mapping[str, Standing], desk: PropertyDesk, bus: EventBus, judge: Judge
    ) -> None:
        self.reasons: Mapping[Key, str] = {}
        self._things = things
        self._desk = desk
        self._bus = bus
        self._judge = judge
        self._keys: frozenset[Key] = frozenset()
        self._used: dict[Key, frozenset[Key]] = {}
        self._failures: dict[Key, str] = {}
        self._watched: dict[Key, weakref.ref[Thing]] = {}
        self._lock = threading.Lock()
        self._look_at_all = False
        self._woken = threading.Event()
        self._closing = threading.Event()
        self._mailbox: Mailbox | None = None
        self._thread: threading.Thread | None = None

    def look(self, keys: Collection[Key]) -> None:
        """Judge these from now on, and all of them soon."""
        with self._lock:
            self._keys = frozenset(keys)
            self._look_at_all = True
            if self._thread is None and not self._closing.is_set():
                self._mailbox = self._bus.subscribe(self._woken.set)
                self._thread = threading.Thread(target=self._run, name="interlocks", daemon=True)
                self._thread.start()
        self._woken.set()

    def close(self) -> None:
        """Judge no more."""
        with self._lock:
            self._closing.set()
            thread, mailbox = self._thread, self._mailbox
        self._woken.set()
        if mailbox is not None:
            mailbox.close()
        if thread is not None:
            thread.join(5.0)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._woken.wait()
            self._woken.clear()
            try:
                self._round()
            except Exception:
                _log.exception("The interlocks could not be judged.")
            self._closing.wait(PAUSE_S)

    def _round(self) -> None:
        changed = self._take_in()
        with self._lock:
            everything = self._look_at_all or changed is None
            self._look_at_all = False
            keys = self._keys
        for gone in self.reasons.keys() - keys:
            self._tell(gone, "")
        for key in sorted(keys):
            if everything or not self._used.get(key, frozenset()).isdisjoint(changed or ()):
                judged = self._judge(key, self._failures)
                self._used[key] = judged.used
                for used in judged.used:
                    self._have_read(used)
                self._tell(key, judged.reason)

    def _take_in(self) -> set[Key] | None:
        """What changed; None where a Thing came or went, which may change anything."""
        changed: set[Key] | None = set()
        for event in self._mailbox.take() if self._mailbox is not None else ():
            match event:
                case PropertyChanged():
                    self._failures.pop((event.thing, event.name), None)
                case PropertyFailed():
                    self._failures[event.thing, event.name] = event.reason
                case ThingStateChanged():
                    changed = None
                    continue
                case _:
                    continue
            if changed is not None:
                changed.add((event.thing, event.name))
        return changed

    def _tell(self, key: Key, reason: str) -> None:
        if self.reasons.get(key, "") == reason:
            return
        self.reasons = {**self.reasons, key: reason}
        self._bus.publish(InterlockChanged(thing=key[0], name=key[1], reason=reason))

    def _have_read(self, used: Key) -> None:
        """Have a property read by the clock, once its Thing is ready."""
        standing = self._things.get(used[0])
        thing = None if standing is None else standing.thing
        if standing is None or thing is None or standing.state is not ThingState.READY:
            return
        known = self._watched.get(used)
        if known is not None and known() is thing:
            return
        prop = thing._core.affordances.get(used[1])
        if isinstance(prop, PropertyDescriptor) and prop.needs_device:
            self._desk.watch(thing, prop)
        self._watched[used] = weakref.ref(thing)
