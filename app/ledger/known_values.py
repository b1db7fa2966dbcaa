"""The last known values of a Thing and of those in its slots, when a run begins and ends."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING

from things.errors import ThingError
from things.events import Reading
from things.properties import PropertyDescriptor

if TYPE_CHECKING:
    from typing import Any

    from things.thing import Thing

_log = logging.getLogger(__name__)

KnownValues = tuple[tuple[str, Mapping[str, Reading]], ...]
"""Readings by property, for each Thing by its name."""

FRESH_WAIT_S = 1.0
"""How long a run waits for the properties that are read anew for its record, all together."""

Reads = Callable[["Thing", "PropertyDescriptor[Any]"], "Future[Reading]"]
"""Reads a property from its device, in a worker."""


def known_values(thing: Thing) -> KnownValues:
    """The last known values, without asking any device. Takes a microsecond or two."""
    return tuple((each.name, dict(each._core.readings)) for each in involved(thing))


def involved(thing: Thing) -> tuple[Thing, ...]:
    """A Thing, those in its slots, those in theirs and so on, each once."""
    if not thing._core.slots:
        return (thing,)
    found = {thing: None}
    waiting = [thing]
    while waiting:
        for other in waiting.pop()._core.slots.values():
            if other is not None and other not in found:
                found[other] = None
                waiting.append(other)
    return tuple(found)


def read_afresh(thing: Thing, reads: Reads, wait_s: float = FRESH_WAIT_S) -> bool:
    """Read the properties that are declared `snapshot=True`; one that fails keeps its last value.

    Args:
        thing: The Thing of a run; those in its slots are read too.
        reads: Reads one of them.
        wait_s: How long to wait for all of them together, in seconds.

    Returns:
        Whether there was anything to read.
    """
    return _read_those(lambda each, prop: prop.snapshot, thing, reads, wait_s)


def learn_unknown(thing: Thing, reads: Reads, wait_s: float = FRESH_WAIT_S) -> bool:
    """Read the properties that nobody has read yet: how something was made has to say them all.

    As `read_afresh`; after the first time there is mostly nothing left to read.
    """
    return _read_those(
        lambda each, prop: prop.name not in each._core.readings, thing, reads, wait_s
    )


def _read_those(
    wanted: Callable[[Thing, PropertyDescriptor[Any]], bool],
    thing: Thing,
    reads: Reads,
    wait_s: float,
) -> bool:
    asked: list[tuple[str, Future[Reading]]] = []
    for each in involved(thing):
        for affordance in each._core.affordances.values():
            if (
                isinstance(affordance, PropertyDescriptor)
                and affordance.needs_device
                and wanted(each, affordance)
            ):
                try:
                    asked.append((f"{each.name}.{affordance.name}", reads(each, affordance)))
                except ThingError as error:
                    _log.debug("%s.%s is not read: %s", each.name, affordance.name, error)
    deadline = time.monotonic() + wait_s
    for name, reading in asked:
        try:
            reading.result(max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            _log.warning("%s did not answer within %.1f s; its last value is kept.", name, wait_s)
        except BaseException as error:  # a driver's SystemExit says no more than any failure
            _log.info("%s could not be read; its last value is kept: %s", name, error)
    return bool(asked)
