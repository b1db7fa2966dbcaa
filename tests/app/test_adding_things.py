"""Things that come and go while the bench runs, seen by everybody who looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.errors import ClosingError
from app.handles import Origin, OriginKind
from app.local import LocalBench
from things.errors import AffordanceNotFoundError, NotAvailableError, ValueRefusedError
from things.events import Event, ThingAdded, ThingRemoved, ThingState, ThingStateChanged

THERMOSTAT = "things.simulated.thermostat:Thermostat"
CAMERA = "things.simulated.camera:Camera"
STAGE = "things.simulated.stage:Stage"
ORIGIN = Origin(OriginKind.WINDOW)


def spec(name: str, class_path: str = THERMOSTAT, **more: object) -> ThingSpec:
    return ThingSpec(name, class_path, **more)  # type: ignore[arg-type]


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench(BenchSpec("Bench", (spec("stage", STAGE),))) as made:
        yield made


@pytest.fixture
def happened(bench: Bench) -> Callable[[], list[Event]]:
    mailbox = bench.bus.subscribe(lambda: None)
    return mailbox.take


def test_an_added_thing_runs_and_is_told_of(
    bench: Bench, happened: Callable[[], list[Event]]
) -> None:
    bench.add(spec("bath", title="Water bath", args={"start": 30.0}))

    assert list(bench.things) == ["stage", "bath"]
    assert bench.entry("bath").state is ThingState.READY
    assert bench.read("bath", "temperature").value == pytest.approx(30.0, abs=2)
    kinds = [type(event) for event in happened() if event.thing == "bath"]
    assert kinds.index(ThingAdded) < kinds.index(ThingStateChanged)
    assert [each.name for each in bench.spec.things] == ["stage", "bath"]


def test_what_is_there_fills_the_slots_of_what_comes_and_the_other_way_round(
    bench: Bench,
) -> None:
    bench.add(spec("camera", CAMERA))
    assert bench.thing("camera")._core.slots["stage"] is bench.thing("stage")

    with pytest.raises(NotAvailableError, match="used by Camera"):
        bench.remove("stage")
    bench.remove("camera")
    bench.remove("stage")
    bench.add(spec("camera", CAMERA))
    bench.add(spec("stage", STAGE))
    assert bench.thing("camera")._core.slots["stage"] is bench.thing("stage")


def test_one_that_fails_is_there_and_says_why(bench: Bench) -> None:
    bench.add(spec("odd", "no_such_module:Odd"))
    assert bench.entry("odd").state is ThingState.FAILED
    assert "no_such_module" in bench.entry("odd").reason
    bench.remove("odd")
    assert list(bench.things) == ["stage"]


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        (spec("stage"), "name", "already"),
        (spec("2nd"), "name", "a letter first"),
        (spec("events"), "name", "route"),
        (spec("bath", "Thermostat"), "class", "module:Class"),
        (spec("cam", CAMERA, slots={"stage": "table"}), "slots", "no Thing called 'table'"),
    ],
)
def test_what_cannot_be_added_is_refused_field_by_field(
    bench: Bench, wrong: ThingSpec, field: str, reason: str
) -> None:
    with pytest.raises(ValueRefusedError, match=reason) as refused:
        bench.add(wrong)
    assert refused.value.name == field
    assert list(bench.things) == ["stage"]


def test_a_removed_thing_is_left_and_told_of(
    bench: Bench, happened: Callable[[], list[Event]]
) -> None:
    bench.add(spec("bath"))
    thing = bench.thing("bath")
    bench.remove("bath")

    with pytest.raises(AffordanceNotFoundError):
        bench.read("bath", "temperature")
    assert thing not in [entry.thing for entry in bench._life.entered]
    told = [event for event in happened() if event.thing == "bath"]
    assert isinstance(told[-1], ThingRemoved)
    # The same name again is another Thing.
    bench.add(spec("bath"))
    assert bench.thing("bath") is not thing


def test_nothing_is_taken_away_under_a_run(bench: Bench) -> None:
    bench.add(spec("bath"))
    bench.write("bath", "target", 60.0, ORIGIN)
    run = bench.invoke("bath", "wait_until_stable", None, ORIGIN)
    with pytest.raises(Exception, match="bath is busy"):
        bench.remove("bath")
    assert bench.entry("bath").state is ThingState.READY
    run.cancel()


def test_a_closed_bench_takes_nothing_in() -> None:
    bench = Bench(BenchSpec("Bench", ()))
    with bench:
        pass
    with pytest.raises(ClosingError):
        bench.add(spec("bath"))


def test_handles_stay_the_same_while_others_come_and_go(bench: Bench) -> None:
    handle = LocalBench(bench)
    stage = handle.things["stage"]
    bench.add(spec("bath"))
    bath = handle.things["bath"]
    assert handle.things["stage"] is stage
    bench.remove("bath")
    bench.add(spec("bath"))
    assert handle.things["bath"] is not bath
    assert handle.things is handle.things


def test_safe_starts_nothing_not_even_an_import_and_each_by_itself(tmp_path: Path) -> None:
    bench = Bench(BenchSpec("Bench", (spec("bath"), spec("odd", "no_such_module:Odd"))))
    bench.open(safe=True)
    try:
        for entry in bench.things.values():
            assert entry.state is ThingState.NOT_STARTED
            assert "--safe" in entry.reason
            assert entry.thing is None
        bench.reconnect("bath")
        assert bench.entry("bath").state is ThingState.READY
        assert bench.entry("odd").state is ThingState.NOT_STARTED
    finally:
        bench.close()
