"""The end of a bench: nothing new begins, and what has begun ends in order."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.handles import InvocationStatus, Origin, OriginKind

# A bench file names its classes by module; this one lies beside the tests.
sys.path.append(str(Path(__file__).parent))

ME = Origin(OriginKind.SCRIPT, "a test")
PATIENCE_S = 30.0


@pytest.fixture
def bench() -> Iterator[Bench]:
    things = (
        ThingSpec("axis", "stopping_things:Axis"),
        ThingSpec("scanner", "stopping_things:Scanner"),
    )
    bench = Bench(BenchSpec("Test bench", things))
    bench.open()
    kept = [entry.thing for entry in bench.things.values()]
    yield bench
    for thing in kept:
        gates: Any = thing
        gates.go.set()
        gates.leave.set()
    bench.close()


def begun(bench: Bench, thing: str, action: str) -> Any:
    """A run whose body has begun."""
    invocation = bench.start(thing, action, {}, ME)
    instrument: Any = bench.thing(thing)
    assert instrument.begun.wait(PATIENCE_S)
    return invocation


def test_what_a_run_does_to_clean_up_may_take_its_time_and_another_thing(bench: Bench) -> None:
    axis: Any = bench.thing("axis")
    scan = begun(bench, "scanner", "scan")

    assert bench.close(PATIENCE_S) == []

    assert axis.moves == [0.0, 0.5, "stop", "exit"]
    assert scan.status is InvocationStatus.CANCELLED
    ended = {each.action_name: each.status.value for each in bench.actions.invocations}
    assert ended == {"scan": "cancelled", "move": "completed"}


def test_one_that_swallowed_the_first_cancellation_is_asked_again_late(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    run = begun(bench, "scanner", "swallow")

    bench.close(1.0)

    assert run.wait_ended(PATIENCE_S)
    assert run.status is InvocationStatus.CANCELLED
    assert "on scanner goes on although it was asked to stop" in caplog.text


def test_a_thing_that_is_left_may_take_another_one_to_park(bench: Bench) -> None:
    axis, scanner = bench.thing("axis"), bench.thing("scanner")
    gates: Any = scanner
    gates.park_at_exit = True

    assert bench.close() == []

    moves: Any = axis
    assert moves.moves == ["stop", -1.0, -2.0, "exit"]
    assert gates.moves == ["stop", "exit"]
