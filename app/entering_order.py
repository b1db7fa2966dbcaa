"""In which order Things are entered and left.

What fills a slot is entered before who needs it and left after, else as written.
"""

from __future__ import annotations

import graphlib
from collections.abc import Mapping, Sequence

from app.bench_things import BenchThing
from things.slots import SlotDescriptor


def entering_order(things: Mapping[str, BenchThing]) -> list[str]:
    """Names in order of entering.

    Args:
        things: By name, in the order of the bench file. Where slots go in a circle, that order
            is kept.
    """
    names = list(things)
    graph = {name: _needs(entry, things) for name, entry in things.items()}
    sorter = graphlib.TopologicalSorter(graph)
    try:
        sorter.prepare()
    except graphlib.CycleError:
        return names
    ordered: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=names.index)
        ordered += ready
        sorter.done(*ready)
    return ordered


def leaving_order(entered: Sequence[BenchThing]) -> list[BenchThing]:
    """Things in order of leaving: the exact reverse, but for one that another one still uses.

    So it is where one came back later than who uses it.

    Args:
        entered: As they were entered.
    """
    left = list(entered)
    ordered: list[BenchThing] = []
    while left:
        unused = (
            entry
            for entry in reversed(left)
            if not any(other.uses(entry) for other in left if other is not entry)
        )
        following = next(unused, left[-1])  # slots in a circle: as they were entered
        left.remove(following)
        ordered.append(following)
    return ordered


def _needs(entry: BenchThing, things: Mapping[str, BenchThing]) -> set[str]:
    affordances = entry.thing._core.affordances if entry.thing is not None else {}
    return {
        other
        for slot, affordance in affordances.items()
        if isinstance(affordance, SlotDescriptor)
        and (other := entry.spec.slots.get(slot, slot)) in things
    }
