"""The end of a bench: nothing new begins, and what has begun ends in order."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.errors import TooManyInvocationsError
from app.handles import InvocationStatus, Origin, OriginKind
from things import BusyError, NotAvailableError

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


@pytest.mark.parametrize("how", ["reload", "reconnect", "remove"])
def test_a_thing_is_not_left_under_what_runs_beside_others(bench: Bench, how: str) -> None:
    run = begun(bench, "scanner", "beside")
    scanner: Any = bench.thing("scanner")

    with pytest.raises(BusyError, match="Beside, asked by"):
        getattr(bench, how)("scanner")

    assert scanner.moves == []
    scanner.go.set()
    assert run.wait_ended(PATIENCE_S)
    getattr(bench, how)("scanner")
    assert scanner.moves == ["exit"]


def test_what_waited_while_a_thing_was_opened_anew_does_not_run_on_the_old_one(
    bench: Bench,
) -> None:
    scanner: Any = bench.thing("scanner")
    scanner.leave.clear()
    reloading = threading.Thread(target=bench.reload, args=("scanner",))
    descriptor: Any = type(scanner)._affordances["move"]
    beside: Any = type(scanner)._affordances["beside"]
    reloading.start()
    assert scanner.being_left.wait(PATIENCE_S)
    late = bench.actions.invoke_action(descriptor, scanner, input=descriptor.validated_input({}))
    at_once = bench.actions.invoke_action(beside, scanner)

    assert at_once.wait_ended(PATIENCE_S)
    assert isinstance(at_once.exception, BusyError)
    scanner.leave.set()
    reloading.join(PATIENCE_S)

    assert late.wait_ended(PATIENCE_S)
    assert isinstance(late.exception, NotAvailableError)
    assert scanner.moves == ["exit"]


def test_one_that_was_opened_anew_is_left_after_who_uses_it(bench: Bench) -> None:
    bench.reload("axis")
    left: list[str] = []
    for name in ("axis", "scanner"):
        note_exit(bench.thing(name), name, left)

    bench.close()

    assert left == ["scanner", "axis"]


def note_exit(thing: Any, name: str, left: list[str]) -> None:
    """Keep that it was left, in order."""

    class Moves(list[Any]):
        def append(self, what: Any) -> None:
            if what == "exit":
                left.append(name)

    thing.moves = Moves()


def test_an_action_that_stops_is_started_although_as_many_run_as_may() -> None:
    thing = ThingSpec("halting", "stopping_things:Halting")
    with Bench(BenchSpec("Test bench", (thing,)), limit=1) as bench:
        halting: Any = bench.thing("halting")
        run = bench.start("halting", "beside", {}, ME)
        with pytest.raises(TooManyInvocationsError):
            bench.start("halting", "beside", {}, ME)

        halt = bench.start("halting", "stop", {}, ME)

        assert halt.wait_ended(PATIENCE_S)
        assert halt.status is InvocationStatus.COMPLETED
        halting.go.set()
        assert run.wait_ended(PATIENCE_S)
