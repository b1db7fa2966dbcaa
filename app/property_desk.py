"""The property desk: every read and write of a property from outside goes over it.

One hardware read serves all who ask at once, and no worker waits for another's. A read that began
before a write or an action ended is not given to those who ask afterwards. Writes are checked
first, then take the Thing's lock for a short time, then are read back. Polled properties are read
by one clock; those without a clock are read again after each action on their Thing, once somebody
has shown interest.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app.driver_faults import contained
from app.errors import ClosingError
from app.fair_workers import FairWorkers
from app.problems import said_by
from things.errors import AffordanceNotFoundError, ReadOnlyError
from things.events import PropertyFailed, Reading, now
from things.properties import PropertyDescriptor
from things.thing import Thing

_log = logging.getLogger(__name__)

WRITE_WAIT_S = 0.5
"""How long a write waits for a Thing that is busy."""

UNANSWERED_S = 3.0
"""How long a read may take before all are told that there is no answer."""

SOON_S = 0.5
"""What is polled at least this often is not read again after an action."""

_LOOKS = 3
"""So often a read that goes on is looked at until it counts as unanswered."""


@dataclass(slots=True)
class _UnderWay:
    """A read that has begun and not come back."""

    thing: Thing
    prop: PropertyDescriptor[Any]
    since_s: float
    told: bool = False


class PropertyDesk:
    """Reads, writes and polls properties.

    Args:
        workers: Where slow reads run when nobody waits for them.
        lost: Called with a Thing and a reason when a read or write finds the device gone.
        write_wait_s: How long a write waits for a busy Thing, in seconds.
        interlock: Called before a property is written: when asked, and again (True) with the
            lock held; raises where it may not be.
        unanswered_s: How long a read may take before all are told, in seconds.
    """

    def __init__(
        self,
        workers: Executor,
        lost: Callable[[Thing, str], None] = lambda thing, reason: None,
        *,
        write_wait_s: float = WRITE_WAIT_S,
        unanswered_s: float = UNANSWERED_S,
        interlock: Callable[[Thing, str, bool], None] = lambda thing, name, held: None,
    ) -> None:
        self._workers_of: Callable[[str], Executor] = (
            workers.of if isinstance(workers, FairWorkers) else lambda _thing: workers
        )
        self._lost = lost
        self._write_wait_s = write_wait_s
        self._interlock = interlock
        self._unanswered_s = unanswered_s
        self._in_flight: dict[tuple[int, str], Future[Reading]] = {}
        self._reading: dict[Future[Reading], _UnderWay] = {}
        self._failed: set[tuple[int, str]] = set()
        self._begun = itertools.count(1)
        self._newest: dict[tuple[int, str], int] = {}
        self._interest: set[tuple[int, str]] = set()
        self._lock = threading.Lock()
        self._due: list[tuple[float, int, Thing, PropertyDescriptor[Any]]] = []
        self._polled: set[int] = set()
        self._ticks = itertools.count()
        self._clock_changed = threading.Condition()
        self._stopped = False
        self._clock = threading.Thread(target=self._poll, name="poller", daemon=True)
        self._clock.start()

    def read(self, thing: Thing, prop: PropertyDescriptor[Any]) -> Reading:
        """The value now. Those who ask while a read runs get its result.

        Raises:
            ThingError: The driver could not read it.
            Exception: Whatever else the getter raised.
        """
        if not prop.needs_device:
            return self._known(thing, prop)
        last = self._while_occupied(thing, prop)
        if last is not None:
            return last
        asked = self._join(thing, prop)[0]
        self._fulfil(asked, thing, prop)
        return asked.result()

    def request(self, thing: Thing, prop: PropertyDescriptor[Any]) -> Future[Reading]:
        """Read in a worker; the future cannot be cancelled, since others may share it.

        Raises:
            ClosingError: The workers are gone: the bench is ending.
        """
        return self._asked_for(thing, prop, fresh=False)

    def request_afresh(self, thing: Thing, prop: PropertyDescriptor[Any]) -> Future[Reading]:
        """As `request`, but never a value whose reading began before now.

        Raises:
            ClosingError: The workers are gone: the bench is ending.
        """
        return self._asked_for(thing, prop, fresh=True)

    def _asked_for(
        self, thing: Thing, prop: PropertyDescriptor[Any], *, fresh: bool
    ) -> Future[Reading]:
        last = self._while_occupied(thing, prop)
        if last is None:
            return self._request(thing, prop, fresh=fresh)
        answered: Future[Reading] = Future()
        answered.set_result(last)
        return answered

    def write(
        self,
        thing: Thing,
        prop: PropertyDescriptor[Any],
        value: Any,
        owner: Hashable,
        asked: str,
        wanted: Callable[[], None] = lambda: None,
    ) -> Reading:
        """Check, set, read back.

        Args:
            thing: On which Thing.
            prop: Which property.
            value: In JSON form or as Python.
            owner: Who takes the lock: a root invocation's id, or any token.
            asked: Who asks, in words, told to those who wait.
            wanted: Called while it waits, and just before it is done; raises where it is not to
                be done any more.

        Raises:
            ValueRefusedError: It does not fit; the device was not touched.
            InterlockError: A condition for writing it is not met; the device was not touched.
            BusyError: The Thing is held by somebody else.
            ThingError: The device refused or is gone.
        """
        if prop.read_only:
            raise ReadOnlyError(prop.name)
        checked = prop.validated(value)
        self._interlock(thing, prop.name, False)
        described = f"{prop.title} being set, asked by {asked}"
        with self._holding(thing, prop, owner, described, wanted):
            self._guarded(thing, lambda: prop.write(thing, checked))
            if thing._core.has_own_thread:
                return self._read_in_turn(thing, prop)
        return self.read_again(thing, prop)

    def reset(
        self,
        thing: Thing,
        prop: PropertyDescriptor[Any],
        owner: Hashable,
        asked: str,
        wanted: Callable[[], None] = lambda: None,
    ) -> Reading:
        """Set back to the default. As `write`.

        Raises:
            ReadOnlyError: It has none to go back to.
            InterlockError: A condition for writing it is not met; the device was not touched.
            BusyError: The Thing is held by somebody else.
        """
        if not prop.resettable:
            raise ReadOnlyError(prop.name)
        self._interlock(thing, prop.name, False)
        described = f"{prop.title} being reset, asked by {asked}"
        with self._holding(thing, prop, owner, described, wanted):
            self._guarded(thing, lambda: prop.reset(thing))
            if thing._core.has_own_thread:
                return self._read_in_turn(thing, prop)
        return self.read_again(thing, prop)

    @contextmanager
    def _holding(
        self,
        thing: Thing,
        prop: PropertyDescriptor[Any],
        owner: Hashable,
        described: str,
        wanted: Callable[[], None],
    ) -> Iterator[None]:
        """Hold the Thing, and its own thread, for a write that is still wanted and may be done."""
        wait_s, began_s = self._write_wait_s, time.monotonic()
        with thing.lock.held_by(owner, described, timeout_s=wait_s, check=wanted):
            waited_s = time.monotonic() - began_s
            self._interlock(thing, prop.name, True)
            if not prop.needs_device:
                wanted()  # last, since judging may take a while
                yield
                return
            left_s = max(0.0, wait_s - waited_s)
            with thing._core.in_turn(owner, described, timeout_s=left_s, check=wanted):
                wanted()
                yield

    def read_for(
        self,
        thing: Thing,
        prop: PropertyDescriptor[Any],
        owner: Hashable,
        asked: str,
        wanted: Callable[[], None],
    ) -> Reading:
        """The value now, for a run that may hold other Things.

        A Thing's own thread is waited for in the run's name: who has it may wait for what the run
        holds, and nobody would see that where the run waits for somebody else's read.

        Args:
            thing: Which Thing.
            prop: Which property.
            owner: Who waits: a root invocation's id.
            asked: Who asks, in words, told to those who wait.
            wanted: Called while it waits; raises where it is not to be read any more.

        Raises:
            DeadlockError: It would wait for ever.
            ThingError: The driver could not read it.
        """
        if not prop.needs_device or not thing._core.has_own_thread:
            return self.read(thing, prop)
        last = self._while_occupied(thing, prop)
        if last is not None:
            return last
        described = f"{prop.title} being read, asked by {asked}"
        with thing._core.in_turn(owner, described, check=wanted):
            return self._read_in_turn(thing, prop)

    def _read_in_turn(self, thing: Thing, prop: PropertyDescriptor[Any]) -> Reading:
        """Read it here, where the Thing's own thread is ours: others' reads would wait for it."""
        if not prop.needs_device:
            return self._known(thing, prop)
        with self._lock:
            self._interest.add((id(thing), prop.name))
        return self._read_device(thing, prop)

    def read_again(self, thing: Thing, prop: PropertyDescriptor[Any]) -> Reading:
        """The value after a write: never one that was being read before it."""
        if not prop.needs_device:
            return self._known(thing, prop)
        asked = self._join(thing, prop, fresh=True)[0]
        self._fulfil(asked, thing, prop)
        return asked.result()

    def after_action(self, thing: Thing) -> None:
        """Read again, in a worker, what an action may have changed and somebody looks at.

        Not what the clock reads in a moment anyway: an action that runs a thousand times a second
        is no reason to ask the device as often.
        """
        for name, affordance in thing._core.affordances.items():
            if not isinstance(affordance, PropertyDescriptor) or not affordance.needs_device:
                continue
            if affordance.poll_s is not None:
                wanted = affordance.poll_s > SOON_S
            else:
                wanted = (id(thing), name) in self._interest
            if wanted:
                self._read_soon(thing, affordance, fresh=True)

    def start_polling(self, thing: Thing) -> None:
        """Read the Thing's polled properties by the clock from now on."""
        with self._clock_changed:
            self._polled.add(id(thing))
            for affordance in thing._core.affordances.values():
                if isinstance(affordance, PropertyDescriptor) and affordance.poll_s is not None:
                    heapq.heappush(
                        self._due, (time.monotonic(), next(self._ticks), thing, affordance)
                    )
            self._clock_changed.notify_all()

    def watch(self, thing: Thing, prop: PropertyDescriptor[Any]) -> None:
        """Read a property by the clock and after each action, although nobody looks at it.

        Until `stop_polling`; once a second where it has no rhythm of its own.
        """
        with self._lock:
            self._interest.add((id(thing), prop.name))
        if prop.poll_s is not None:
            return
        with self._clock_changed:
            heapq.heappush(self._due, (time.monotonic(), next(self._ticks), thing, prop))
            self._clock_changed.notify_all()

    def stop_polling(self, thing: Thing) -> None:
        """Read the Thing by the clock no more."""
        with self._clock_changed:
            self._polled.discard(id(thing))
            self._due = [entry for entry in self._due if entry[2] is not thing]
            heapq.heapify(self._due)
        with self._lock:
            self._interest = {key for key in self._interest if key[0] != id(thing)}
            self._newest = {
                key: number for key, number in self._newest.items() if key[0] != id(thing)
            }
            self._failed = {key for key in self._failed if key[0] != id(thing)}

    def close(self) -> None:
        """End the clock."""
        with self._clock_changed:
            self._stopped = True
            self._clock_changed.notify_all()
        self._clock.join(5.0)

    def _known(self, thing: Thing, prop: PropertyDescriptor[Any]) -> Reading:
        """The value that the Thing keeps itself."""
        known = thing._core.readings.get(prop.name)
        if known is not None:
            return known
        with thing._core.publishing:
            return thing._core.note(prop.name, prop.to_json(prop.read(thing)), publish=False)

    def _while_occupied(self, thing: Thing, prop: PropertyDescriptor[Any]) -> Reading | None:
        """The last reading, where the Thing's own thread is taken by an action.

        The getter would wait for the action's end; the last value with its age is worth more.
        """
        if prop.needs_device and thing._core.occupied:
            return thing._core.readings.get(prop.name)
        return None

    def _join(
        self, thing: Thing, prop: PropertyDescriptor[Any], *, fresh: bool = False
    ) -> tuple[Future[Reading], bool]:
        """Ask for a read, or find one that was asked for.

        Args:
            thing: On which Thing.
            prop: Which property.
            fresh: Whether one that has begun already is too old.

        Returns:
            The future of the read, and whether it is a new one.
        """
        key = (id(thing), prop.name)
        with self._lock:
            self._interest.add(key)
            known = self._in_flight.get(key)
            if known is not None and not (fresh and known in self._reading):
                return known, False
            asked: Future[Reading] = Future()
            asked.set_running_or_notify_cancel()  # nobody may cancel what others wait for
            self._in_flight[key] = asked
            return asked, True

    def _fulfil(self, asked: Future[Reading], thing: Thing, prop: PropertyDescriptor[Any]) -> None:
        """Read the device for all who wait for this future, unless somebody does so already.

        So whoever needs a read that still waits for a worker does it himself: no worker ever
        waits for another one to become free.
        """
        with self._lock:
            if asked in self._reading or asked.done():
                return
            self._reading[asked] = _UnderWay(thing, prop, time.monotonic())
        try:
            reading = self._read_device(thing, prop)
        except BaseException as error:  # a SystemExit in a getter belongs to who asked
            self._finish(asked, thing, prop)
            asked.set_exception(error)
        else:
            self._finish(asked, thing, prop)
            asked.set_result(reading)
        finally:
            with self._lock:
                del self._reading[asked]

    def _finish(self, asked: Future[Reading], thing: Thing, prop: PropertyDescriptor[Any]) -> None:
        key = (id(thing), prop.name)
        with self._lock:
            if self._in_flight.get(key) is asked:
                del self._in_flight[key]

    def _read_device(self, thing: Thing, prop: PropertyDescriptor[Any]) -> Reading:
        key = (id(thing), prop.name)
        number = next(self._begun)
        try:
            value = prop.to_json(self._guarded(thing, lambda: prop.read(thing)))
        except Exception as error:
            self._tell_failed(thing, prop, said_by(error))
            raise
        with thing._core.publishing:
            if number < self._newest.get(key, 0):
                # A later read came back earlier: what this one found is history already.
                return Reading(value, now(), time.monotonic())
            self._newest[key] = number
            known = thing._core.readings.get(prop.name)
            changed = known is None or known.value != value
            with self._lock:
                # Whoever heard of a failure must hear that it is over, whatever the value.
                changed = changed or key in self._failed
                self._failed.discard(key)
            return thing._core.note(prop.name, value, publish=changed)

    def _tell_failed(self, thing: Thing, prop: PropertyDescriptor[Any], reason: str) -> None:
        with thing._core.publishing:
            with self._lock:
                self._failed.add((id(thing), prop.name))
            thing._core.sink(PropertyFailed(thing=thing.name, name=prop.name, reason=reason))

    def _tell_unanswered(self) -> None:
        """Say of each read that takes too long that there is no answer, once."""
        late_s = time.monotonic() - self._unanswered_s
        with self._lock:
            late = [
                each for each in self._reading.values() if not each.told and each.since_s < late_s
            ]
            for each in late:
                each.told = True
        for each in late:
            reason = f"no answer for {self._unanswered_s:g} s; it is still waited for"
            self._tell_failed(each.thing, each.prop, reason)

    def _guarded(self, thing: Thing, call: Callable[[], Any]) -> Any:
        try:
            with contained():
                return call()
        except ConnectionError as error:  # ours, or whatever a socket says
            self._lost(thing, said_by(error))
            raise

    def _request(
        self, thing: Thing, prop: PropertyDescriptor[Any], *, fresh: bool
    ) -> Future[Reading]:
        if prop.needs_device:
            asked, new = self._join(thing, prop, fresh=fresh)
            if not new:
                return asked
        else:
            asked = Future()
        try:
            self._workers_of(thing.name).submit(self._work, asked, thing, prop)
        except RuntimeError:  # the workers are closed
            self._finish(asked, thing, prop)
            closing = ClosingError()
            asked.set_exception(closing)
            raise closing from None
        return asked

    def _work(self, asked: Future[Reading], thing: Thing, prop: PropertyDescriptor[Any]) -> None:
        if prop.needs_device:
            self._fulfil(asked, thing, prop)
            return
        try:
            asked.set_result(self._known(thing, prop))
        except Exception as error:
            asked.set_exception(error)

    def _read_soon(self, thing: Thing, prop: PropertyDescriptor[Any], *, fresh: bool) -> None:
        """Read in a worker for those who listen; a failure is said to all by PropertyFailed."""
        try:
            self._request(thing, prop, fresh=fresh)
        except ClosingError:
            _log.debug("%s of %s is not read any more.", prop.name, thing.name)

    def _poll(self) -> None:
        look_s = time.monotonic()
        while True:
            if time.monotonic() >= look_s:
                look_s = time.monotonic() + self._unanswered_s / _LOOKS
                self._tell_unanswered()
            with self._clock_changed:
                if self._stopped:
                    return
                due_s = min(look_s, self._due[0][0]) if self._due else look_s
                left_s = due_s - time.monotonic()
                if left_s > 0:
                    self._clock_changed.wait(left_s)
                    continue
                if not self._due or self._due[0][0] > due_s:
                    continue
                due_s, _, thing, prop = self._due[0]
                heapq.heappop(self._due)
                next_s = max(due_s + (prop.poll_s or 1.0), time.monotonic())
                heapq.heappush(self._due, (next_s, next(self._ticks), thing, prop))
            if self._while_occupied(thing, prop) is None:
                self._read_soon(thing, prop, fresh=False)


def property_named(thing: Thing, name: str) -> PropertyDescriptor[Any]:
    """The property of that name.

    Raises:
        AffordanceNotFoundError: The Thing has none.
    """
    affordance = thing._core.affordances.get(name)
    if not isinstance(affordance, PropertyDescriptor):
        raise AffordanceNotFoundError(thing.name, name)
    return affordance
