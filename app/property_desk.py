"""The property desk: every read and write of a property from outside goes over it.

One hardware read serves all who ask at once. Writes are checked first, then take the Thing's
lock for a short time, then are read back. Polled properties are read by one clock; those without
a clock are read again after each action on their Thing, once somebody has shown interest.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Executor, Future
from typing import Any

from things.errors import AffordanceNotFoundError, DisconnectedError, ReadOnlyError
from things.events import PropertyFailed, Reading
from things.properties import PropertyDescriptor
from things.thing import Thing

_log = logging.getLogger(__name__)

WRITE_WAIT_S = 0.5
"""How long a write waits for a Thing that is busy."""


class PropertyDesk:
    """Reads, writes and polls properties.

    Args:
        workers: Where slow reads run when nobody waits for them.
        lost: Called with a Thing and a reason when a read or write finds the device gone.
        write_wait_s: How long a write waits for a busy Thing, in seconds.
    """

    def __init__(
        self,
        workers: Executor,
        lost: Callable[[Thing, str], None] = lambda thing, reason: None,
        *,
        write_wait_s: float = WRITE_WAIT_S,
    ) -> None:
        self._workers = workers
        self._lost = lost
        self._write_wait_s = write_wait_s
        self._in_flight: dict[tuple[int, str], Future[Reading]] = {}
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
            known = thing._core.readings.get(prop.name)
            if known is not None:
                return known
            return thing._core.note(prop.name, prop.to_json(prop.read(thing)), publish=False)
        key = (id(thing), prop.name)
        with self._lock:
            self._interest.add(key)
            mine: Future[Reading] = Future()
            shared = self._in_flight.setdefault(key, mine)
        if shared is not mine:
            return shared.result()
        try:
            reading = self._read_device(thing, prop)
        except BaseException as error:
            self._finish(key)
            mine.set_exception(error)
            mine.exception()  # it is raised here too; nobody may be waiting for the future
            raise
        self._finish(key)
        mine.set_result(reading)
        return reading

    def write(
        self, thing: Thing, prop: PropertyDescriptor[Any], value: Any, owner: Hashable, asked: str
    ) -> Reading:
        """Check, set, read back.

        Args:
            thing: On which Thing.
            prop: Which property.
            value: In JSON form or as Python.
            owner: Who takes the lock: a root invocation's id, or any token.
            asked: Who asks, in words, told to those who wait.

        Raises:
            ValueRefusedError: It does not fit; the device was not touched.
            BusyError: The Thing is held by somebody else.
            ThingError: The device refused or is gone.
        """
        if prop.read_only:
            raise ReadOnlyError(prop.name)
        checked = prop.validated(value)
        described = f"{prop.title} being set, asked by {asked}"
        with thing.lock.held_by(owner, described, timeout_s=self._write_wait_s):
            self._guarded(thing, lambda: prop.write(thing, checked))
        return self.read_again(thing, prop)

    def reset(
        self, thing: Thing, prop: PropertyDescriptor[Any], owner: Hashable, asked: str
    ) -> Reading:
        """Set back to the default.

        Raises:
            ReadOnlyError: It has none to go back to.
            BusyError: The Thing is held by somebody else.
        """
        if not prop.resettable:
            raise ReadOnlyError(prop.name)
        described = f"{prop.title} being reset, asked by {asked}"
        with thing.lock.held_by(owner, described, timeout_s=self._write_wait_s):
            self._guarded(thing, lambda: prop.reset(thing))
        return self.read_again(thing, prop)

    def read_again(self, thing: Thing, prop: PropertyDescriptor[Any]) -> Reading:
        """The value after a write: never one that was being read before it."""
        if not prop.needs_device:
            return self.read(thing, prop)
        return self._read_device(thing, prop)

    def after_action(self, thing: Thing) -> None:
        """Read again, in a worker, what an action may have changed and somebody looks at."""
        for name, affordance in thing._core.affordances.items():
            if (
                isinstance(affordance, PropertyDescriptor)
                and affordance.needs_device
                and ((id(thing), name) in self._interest or affordance.observable)
            ):
                self._submit(thing, affordance)

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

    def stop_polling(self, thing: Thing) -> None:
        """Read the Thing by the clock no more."""
        with self._clock_changed:
            self._polled.discard(id(thing))
            self._due = [entry for entry in self._due if entry[2] is not thing]
            heapq.heapify(self._due)
        with self._lock:
            self._interest = {key for key in self._interest if key[0] != id(thing)}

    def close(self) -> None:
        """End the clock."""
        with self._clock_changed:
            self._stopped = True
            self._clock_changed.notify_all()
        self._clock.join(5.0)

    def _finish(self, key: tuple[int, str]) -> None:
        with self._lock:
            self._in_flight.pop(key, None)

    def _read_device(self, thing: Thing, prop: PropertyDescriptor[Any]) -> Reading:
        try:
            value = prop.to_json(self._guarded(thing, lambda: prop.read(thing)))
        except Exception as error:
            thing._core.sink(
                PropertyFailed(
                    thing=thing.name, name=prop.name, reason=str(error) or type(error).__name__
                )
            )
            raise
        known = thing._core.readings.get(prop.name)
        return thing._core.note(prop.name, value, publish=known is None or known.value != value)

    def _guarded(self, thing: Thing, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except DisconnectedError as error:
            self._lost(thing, str(error) or "the device is gone")
            raise

    def _submit(self, thing: Thing, prop: PropertyDescriptor[Any]) -> None:
        def work() -> None:
            try:
                self.read(thing, prop)
            except Exception as error:  # said to all by PropertyFailed
                _log.debug("Reading %s of %s failed: %s", prop.name, thing.name, error)

        try:
            self._workers.submit(work)
        except RuntimeError:  # the workers are closed: the bench is ending
            _log.debug("%s of %s is not read any more.", prop.name, thing.name)

    def _poll(self) -> None:
        while True:
            with self._clock_changed:
                if self._stopped:
                    return
                if not self._due:
                    self._clock_changed.wait()
                    continue
                due_s, _, thing, prop = self._due[0]
                left_s = due_s - time.monotonic()
                if left_s > 0:
                    self._clock_changed.wait(left_s)
                    continue
                heapq.heappop(self._due)
                next_s = max(due_s + (prop.poll_s or 1.0), time.monotonic())
                heapq.heappush(self._due, (next_s, next(self._ticks), thing, prop))
            if (id(thing), prop.name) not in self._in_flight:
                self._submit(thing, prop)


def property_named(thing: Thing, name: str) -> PropertyDescriptor[Any]:
    """The property of that name.

    Raises:
        AffordanceNotFoundError: The Thing has none.
    """
    affordance = thing._core.affordances.get(name)
    if not isinstance(affordance, PropertyDescriptor):
        raise AffordanceNotFoundError(thing.name, name)
    return affordance
