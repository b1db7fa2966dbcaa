"""Runs that wait for one another in a circle: one is refused, the others go on, all work again."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.actions import Invocation, InvocationStatus
from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.handles import Origin, OriginKind

# A bench file names its classes by module; this one lies beside the tests.
sys.path.append(str(Path(__file__).parent))

PATIENCE_S = 60.0
ME = Origin(OriginKind.SCRIPT, "a test")
NAMES = ("north", "east", "south")


class Ring:
    """Things of which each has the next one in its slot."""

    def __init__(self, names: tuple[str, ...]) -> None:
        following = dict(zip(names, (*names[1:], names[0]), strict=True))
        path = "circle_things:Link"
        specs = [ThingSpec(name, path, slots={"following": following[name]}) for name in names]
        self.bench = Bench(BenchSpec("Ring", tuple(specs)), write_wait_s=PATIENCE_S)
        self.bench.open()
        self.things: list[Any] = [self.bench.thing(name) for name in names]

    def start(self, thing: str, action: str) -> Invocation:
        return self.bench.invoke(thing, action, {}, ME)

    def meet(self, action: str) -> list[Invocation]:
        """Have each hold itself, then all want the next; waits for their ends."""
        meeting = threading.Barrier(len(self.things))
        for thing in self.things:
            thing.meeting = meeting
        runs = [self.start(thing.name, action) for thing in self.things]
        for run in runs:
            assert run.wait_ended(PATIENCE_S), run.snapshot().waiting_for
        for thing in self.things:
            thing.meeting = None
        return runs

    def usable(self) -> None:
        for thing in self.things:
            assert thing.lock.holder == ""
            for action in ("touch", "reach"):
                run = self.start(thing.name, action)
                assert run.wait_ended(PATIENCE_S)
                assert run.result == 1


@pytest.fixture
def ring() -> Iterator[Callable[..., Ring]]:
    rings: list[Ring] = []

    def make(*names: str) -> Ring:
        rings.append(Ring(names))
        return rings[-1]

    yield make
    for each in rings:
        for thing in each.things:
            thing.go_on.set()
        each.bench.close()


@pytest.mark.parametrize("action", ["reach", "set_next"])
@pytest.mark.parametrize("names", [NAMES, NAMES[:2]], ids=["three", "two"])
def test_of_those_who_wait_in_a_circle_one_is_refused_and_the_others_go_on(ring, names, action):
    made = ring(*names)

    runs = made.meet(action)

    refused = [run for run in runs if run.status is InvocationStatus.ERROR]
    assert len(refused) == 1
    assert refused[0].problem.title == "DeadlockError"
    assert "waiting in a circle" in refused[0].problem.detail
    assert {run.status for run in runs if run is not refused[0]} == {InvocationStatus.COMPLETED}
    made.usable()


def test_a_circle_through_children_of_children_is_found(ring):
    made = ring(*NAMES)

    runs = made.meet("reach_through")

    refused = [run for run in runs if run.status is InvocationStatus.ERROR]
    assert refused
    assert {run.problem.title for run in refused} == {"DeadlockError"}
    made.usable()


def test_two_threads_of_a_run_that_wait_for_the_same_thing_are_no_circle(ring):
    made = ring(*NAMES[:2])
    holding = made.start("east", "hold")
    assert made.things[1].began.wait(PATIENCE_S)
    twice = made.start("north", "reach_twice")
    children = made.bench.actions

    def waiting() -> int:
        return sum(bool(each.snapshot().waiting_for) for each in children.active)

    something = threading.Event()
    mailbox = made.bench.bus.subscribe(something.set)
    while waiting() < 2:
        assert something.wait(PATIENCE_S)
        something.clear()
        mailbox.take()
    mailbox.close()
    made.things[1].go_on.set()

    assert holding.wait_ended(PATIENCE_S)
    assert twice.wait_ended(PATIENCE_S)
    assert twice.result == [1, 1]
    made.usable()
