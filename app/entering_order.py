"""In which order Things are entered: what fills a slot before who needs it, else as written."""

from __future__ import annotations

import graphlib
from collections.abc import Mapping

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


def _needs(entry: BenchThing, things: Mapping[str, BenchThing]) -> set[str]:
    affordances = entry.thing._core.affordances if entry.thing is not None else {}
    return {
        other
        for slot, affordance in affordances.items()
        if isinstance(affordance, SlotDescriptor)
        and (other := entry.spec.slots.get(slot, slot)) in things
    }
