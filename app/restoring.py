"""Putting settings back: what is different now, then writes by the ordinary checks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from app.archive.records import ArchivedFile, SettingDifference, SettingRestored
from app.bench import Bench
from app.problems import said_by
from app.run_facts import Origin
from things.errors import ThingError
from things.properties import PropertyDescriptor
from things.thing import Thing

_CLOSE = 1e-9


def difference(bench: Bench, file: ArchivedFile) -> list[SettingDifference]:
    """Which properties that can be written have another value than when a file was made.

    Those of a device are read anew; where that fails the last known value counts. May wait for
    devices.

    Args:
        bench: The bench as it is now.
        file: With the values in its provenance.
    """
    found: list[SettingDifference] = []
    for thing_name, values in file.provenance.settings.items():
        entry = bench.things.get(thing_name)
        thing = None if entry is None else entry.thing
        for name, then in values.items():
            prop = None if thing is None else thing._core.affordances.get(name)
            if thing is None:
                reason = f"there is no Thing called {thing_name} now"
                found.append(
                    SettingDifference(thing_name, name, name, then.value, None, "", reason)
                )
            elif not isinstance(prop, PropertyDescriptor):
                reason = f"{thing_name} has no property {name} now"
                found.append(
                    SettingDifference(thing_name, name, name, then.value, None, "", reason)
                )
            elif not prop.read_only:
                now = _value_now(bench, thing, prop)
                if not same(then.value, now):
                    found.append(
                        SettingDifference(
                            thing_name,
                            name,
                            prop.title,
                            then.value,
                            now,
                            prop.unit or "",
                            bench.interlocks.refusal(thing_name, name),
                        )
                    )
    return found


def restore(
    bench: Bench,
    file: ArchivedFile,
    origin: Origin,
    only: Sequence[tuple[str, str]] | None = None,
) -> list[SettingRestored]:
    """Set properties back to what they were when a file was made.

    Each is a write like any other: ranges, interlocks and locks are obeyed. What one refuses
    because of another is tried once more when the others are set.

    Args:
        bench: The bench as it is now.
        file: With the values in its provenance.
        origin: Who asks.
        only: Which, by Thing and name; all that differ where None. One that the file does not know
            is answered with that.
    """
    unknown = [
        SettingRestored(thing, name, None, f"what {thing}.{name} was is not known of this file")
        for thing, name in only or ()
        if name not in file.provenance.settings.get(thing, {})
    ]
    wanted = [
        (each.thing, each.name, each.then)
        for each in difference(bench, file)
        if only is None or (each.thing, each.name) in only
    ]
    done: list[SettingRestored] = []
    refused: list[tuple[SettingRestored, Any]] = []
    for thing, name, value in wanted:
        outcome = _write(bench, thing, name, value, origin)
        if outcome.error:
            refused.append((outcome, value))
        else:
            done.append(outcome)
    if not done:
        return [outcome for outcome, _ in refused] + unknown
    return (
        done
        + unknown
        + [_write(bench, outcome.thing, outcome.name, value, origin) for outcome, value in refused]
    )


def same(one: Any, other: Any) -> bool:
    """Whether two values in JSON form are the same setting."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=_CLOSE, abs_tol=1e-12)
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return bool(one == other)


def _value_now(bench: Bench, thing: Thing, prop: PropertyDescriptor[Any]) -> Any:
    known = thing._core.readings.get(prop.name)
    try:
        return bench.read(thing.name, prop.name).value
    except ThingError:
        return None if known is None else known.value


def _write(bench: Bench, thing: str, name: str, value: Any, origin: Origin) -> SettingRestored:
    try:
        return SettingRestored(thing, name, bench.write(thing, name, value, origin).value)
    except Exception as error:  # a driver may raise anything; the others are still to be set
        return SettingRestored(thing, name, None, said_by(error) or type(error).__name__)
