"""Window, network and scripts race for two Things that call each other: a stateful model.

Hypothesis makes up who asks for what, one after the other or all at once. After each step
everything comes to rest, and must stand as a model of fair locks says it does. What was asked at
once may have come in any order; the model follows each that fits what is seen.
"""

from __future__ import annotations

import itertools
import sys
import threading
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

if TYPE_CHECKING:
    from tests.app.actions.racing_arena import PATIENCE_S, WAYS, Arena, events_in
    from tests.app.actions.racing_model import THINGS, Model, Op, orders
else:
    # What lies beside the tests is in no package; the bench names its class by module too.
    sys.path.append(str(Path(__file__).parent))
    from racing_arena import PATIENCE_S, WAYS, Arena, events_in
    from racing_model import THINGS, Model, Op, orders

ACTIVE = 8


@pytest.fixture(scope="module")
def arena() -> Iterator[Arena]:
    arena = Arena(THINGS)
    yield arena
    arena.close()


numbers = st.integers(0, 1000)
ways = st.sampled_from(WAYS)
things = st.sampled_from(THINGS)
actions = st.sampled_from(("reach", "reach", "hold", "deaf", "beside"))
Asked = tuple[str, str, int, str, str]
anything = st.tuples(
    st.sampled_from(("start", "let go", "let go", "let go", "cancel", "write", "stop")),
    ways,
    numbers,
    things,
    actions,
)


def racing(arena: Arena) -> type[RuleBasedStateMachine]:
    """The state machine of an arena."""

    class Racing(RuleBasedStateMachine):
        counted = itertools.count(1)

        def __init__(self) -> None:
            super().__init__()
            arena.runs, arena.writes, arena.refused = {}, {}, set()
            self.models = [Model()]
            self.models[0].levels = {name: arena.things[name]._level for name in THINGS}

        # No preconditions: what may be drawn must not depend on who won a race before.

        @rule(asked=anything)
        def one_by_one(self, asked: Asked) -> None:
            self.ask([asked])

        @rule(asked=st.lists(anything, min_size=2, max_size=3))
        def all_at_once(self, asked: list[Asked]) -> None:
            self.ask(asked)

        @invariant()
        def nobody_shares_a_thing(self) -> None:
            assert [each for thing in arena.things.values() for each in thing.broken] == []

        @property
        def active(self) -> list[int]:
            return [number for number, run in arena.runs.items() if not run.status.ended]

        def ask(self, asked: list[Asked]) -> None:
            """Make operations of what was drawn, as far as there is anything to do them on."""
            race: dict[Hashable, tuple[Op, str]] = {}
            active = self.active
            stopped = [each for each in asked if each[0] == "stop"]
            if stopped:  # with one thing more: of several there were too many orders to follow
                asked = [stopped[0], *(each for each in asked if each[0] != "stop")][:2]
            for what, way, number, thing, action in asked:
                if what == "start" and len(active) < ACTIVE:
                    new = next(self.counted)
                    # Whether a deaf one began before it was stopped, no order of the two tells.
                    race[new] = ("start", new, thing, "hold" if stopped else action), way
                elif what == "write":  # one at a time: they hold the lock for a moment themselves
                    race[what, thing] = ("write", next(self.counted), thing), way
                elif what == "stop":
                    race[what] = ("stop",), way
                elif what in ("let go", "cancel") and active:
                    run = active[number % len(active)]
                    race[what, run] = (what, run), way
            if race:
                self.do(*race.values())

        def do(self, *asked: tuple[Op, str]) -> None:
            """Do it, all at once, and look how everything stands."""
            failed: list[BaseException] = []
            ready = threading.Barrier(len(asked))

            def ask(op: Op, way: str) -> None:
                try:
                    ready.wait(PATIENCE_S)
                    arena.do(op, way)
                except BaseException as error:
                    failed.append(error)

            threads = [threading.Thread(target=ask, args=each) for each in asked]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(PATIENCE_S)
            assert failed == []
            arena.at_rest()
            seen = arena.stands(), arena.writes, {n: t._level for n, t in arena.things.items()}
            ops = [op for op, _ in asked]
            could_be = [model.after(*each) for model in self.models for each in orders(ops, model)]
            fitting = [each for each in could_be if (each.stands, each.writes, each.levels) == seen]
            if not fitting:
                was = [f"{vars(model)}" for model in self.models]
                pytest.fail("\n".join([f"{asked} made {seen} of", *was]))
            self.models = list({str(each.line): each for each in fitting}.values())

        def teardown(self) -> None:
            try:
                while self.active:
                    for run in self.active:
                        self.do((("let go", run), "script"))
                self.usable_afterwards()
                self.one_order()
            finally:
                arena.clear()

        def usable_afterwards(self) -> None:
            for thing, way in zip(THINGS, WAYS, strict=False):
                run = next(self.counted)
                self.do((("start", run, thing, "reach"), way))
                self.do((("let go", run), way))
                self.do((("let go", run), way))
                assert arena.runs[run].status.value == "completed"

        def one_order(self) -> None:
            first, second = (events_in(each) for each in arena.heard)
            numbered = [each[0] for each in first if isinstance(each[0], int)]
            assert first == second
            assert numbered == list(range(numbered[0], numbered[-1] + 1))
            assert list(arena.heard_between(numbered[0], numbered[-1])) == numbered

    return Racing


def race(arena: Arena, examples: int, steps: int) -> None:
    run_state_machine_as_test(
        racing(arena),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            # Threads never race the same way twice: a shorter example of what failed means nothing.
            phases=[Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_never_two_holders_one_order_of_events_a_fair_line_and_an_end_for_all(arena):
    race(arena, 15, 20)


@pytest.mark.soak
def test_the_same_for_a_long_time(arena):
    race(arena, 1500, 40)
