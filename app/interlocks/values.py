"""Where the values come from that a condition is judged by: read now, or known already."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Any, Final

from app.interlocks.errors import CannotJudgeError
from app.interlocks.places import Place, Standing, part_of, property_at
from app.problems import said_by
from app.property_desk import PropertyDesk
from things.events import Reading, ThingState
from things.properties import PropertyDescriptor
from things.thing import Thing

READ_WITHIN_S: Final = 2.0
"""How long all readings for one judgement may take together, in seconds."""

STALE_S: Final = 5.0
"""How old the last value of a Thing may be that is too busy to be read, in seconds."""

ValueAt = Callable[[Place], Any]
"""Gives the value at a place; raises CannotJudgeError."""


def ready_thing(standing: Standing | None, name: str) -> Thing:
    """A Thing whose values mean something.

    Raises:
        CannotJudgeError: It is not there, or not ready.
    """
    thing = None if standing is None else standing.thing
    if standing is None:
        raise CannotJudgeError(f"there is no {name} on the bench")
    if standing.state is not ThingState.READY or thing is None:
        reason = f": {standing.reason}" if standing.reason else ""
        raise CannotJudgeError(f"{name} is {standing.state.value}{reason}")
    return thing


class BoundedReader:
    """Reads devices in threads of their own, so that none can hold up a judgement for long.

    They are daemons: a device that never answers must not keep the program from ending.

    Args:
        desk: What is read through.
    """

    def __init__(self, desk: PropertyDesk) -> None:
        self._desk = desk
        self._hung: dict[tuple[int, str], tuple[Future[Reading], float]] = {}
        self._lock = threading.Lock()

    def read(
        self, thing: Thing, prop: PropertyDescriptor[Any], within_s: float, *, held: bool
    ) -> Any:
        """The value now. Takes no lock of any Thing.

        Args:
            thing: On which Thing.
            prop: Which property.
            within_s: How long it may take.
            held: Whether the value has to have been read from now on: the lock of what is to be
                done is held, and what was true before somebody else let go of it does not count.

        Raises:
            CannotJudgeError: It could not be read, or not in time.
        """
        where = f"{thing.name}.{prop.name}"
        if not prop.needs_device:
            return self._desk.read(thing, prop).value
        occupied = thing._core.occupied and bool(thing.lock.holder)
        if held and occupied:
            return self._last(thing, prop, where)
        # A read that has begun already may answer with what was true before it was asked.
        read = self._desk.read if occupied else self._desk.read_again
        try:
            if thing._core.inside:  # its own thread would wait for itself
                return read(thing, prop).value
            return self._in_time(lambda: read(thing, prop), thing, prop, within_s).value
        except TimeoutError:
            raise CannotJudgeError(f"{where} did not answer within {within_s:.1f} s") from None
        except CannotJudgeError:
            raise
        except Exception as error:  # whatever a driver raises
            raise CannotJudgeError(
                f"{where} could not be read: {said_by(error).rstrip('.')}"
            ) from error

    def _last(self, thing: Thing, prop: PropertyDescriptor[Any], where: str) -> Any:
        """The last value, where the Thing's own thread is taken by an action for now."""
        last = thing._core.readings.get(prop.name)
        age_s = None if last is None else time.monotonic() - last.monotonic_s
        if last is None or age_s is None or age_s > STALE_S:
            ago = "never read" if age_s is None else f"last read {age_s:.0f} s ago"
            raise CannotJudgeError(f"{where} was {ago}, and {thing.name} is busy")
        return last.value

    def _in_time(
        self,
        read: Callable[[], Reading],
        thing: Thing,
        prop: PropertyDescriptor[Any],
        within_s: float,
    ) -> Reading:
        key = (id(thing), prop.name)
        with self._lock:
            hung = self._hung.get(key)
            if hung is not None:
                if not hung[0].done():
                    waited_s = time.monotonic() - hung[1]
                    raise CannotJudgeError(
                        f"{thing.name}.{prop.name} has not answered for {waited_s:.0f} s"
                    )
                del self._hung[key]
        future: Future[Reading] = Future()
        began_s = time.monotonic()
        threading.Thread(
            target=_fulfil, args=(future, read), name=f"interlock-{thing.name}", daemon=True
        ).start()
        try:
            return future.result(max(0.0, within_s))
        except TimeoutError:
            if not future.done():
                with self._lock:
                    self._hung[key] = (future, began_s)
            raise


def _fulfil(future: Future[Reading], read: Callable[[], Reading]) -> None:
    try:
        future.set_result(read())
    except BaseException as error:  # a SystemExit of a driver's belongs to who asked
        future.set_exception(error)


def fresh_values(things: Mapping[str, Standing], reader: BoundedReader, *, held: bool) -> ValueAt:
    """Values as they are now; each property is read once for the whole judgement.

    Args:
        things: All of the bench.
        reader: Reads devices.
        held: As for `BoundedReader.read`.
    """
    found: dict[tuple[str, str], Any] = {}
    deadline = time.monotonic() + READ_WITHIN_S

    def value_at(place: Place) -> Any:
        key = (place.thing, place.name)
        thing = ready_thing(things.get(place.thing), place.thing)
        if key not in found:
            prop = property_at(place, thing._core.affordances)
            left_s = deadline - time.monotonic()
            found[key] = reader.read(thing, prop, left_s, held=held)
        return part_of(found[key], place.path, f"{place.thing}.{place.name}")

    return value_at


def known_values(
    things: Mapping[str, Standing], failures: Mapping[tuple[str, str], str]
) -> ValueAt:
    """Values as they were last heard of, without asking a device.

    Args:
        things: All of the bench.
        failures: Why a property could not be read when that was last tried.
    """

    def value_at(place: Place) -> Any:
        where = f"{place.thing}.{place.name}"
        thing = ready_thing(things.get(place.thing), place.thing)
        property_at(place, thing._core.affordances)
        if reason := failures.get((place.thing, place.name)):
            raise CannotJudgeError(f"{where} could not be read: {reason}")
        reading = thing._core.readings.get(place.name)
        if reading is None:
            raise CannotJudgeError(f"{where} has not been read yet")
        return part_of(reading.value, place.path, where)

    return value_at
