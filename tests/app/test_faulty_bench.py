"""What an operator gets of each fault on the faulty bench, through the engine."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec, read_bench_file
from app.handles import InvocationSnapshot, InvocationStatus, Origin, OriginKind
from app.packaged_benches import bench_file_of
from things.errors import NotAvailableError, ValueRefusedError
from things.events import Event, PropertyFailed, ThingState, ThingStateChanged
from things.simulated.instrument import SimulatedInstrument
from things.simulated.stage import Stage

WAIT_S = 30.0
SCRIPT = Origin(OriginKind.SCRIPT)


class Faulty:
    """A bench, and all that is said on it."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.said: list[Event] = []
        self._something = threading.Event()
        self._mailbox = bench.bus.subscribe(self._something.set)

    def until(self, look: Callable[[], Any]) -> Any:
        """Look again whenever something happens; what was found."""
        while True:
            self._something.clear()
            self.said += self._mailbox.take()
            found = look()
            if found:
                return found
            assert self._something.wait(WAIT_S), "nothing happens any more"

    def failure(self, thing: str, name: str) -> str:
        """Why a reading failed, once it has."""
        reason: str = self.until(
            lambda: next(
                (
                    each.reason
                    for each in self.said
                    if isinstance(each, PropertyFailed) and (each.thing, each.name) == (thing, name)
                ),
                "",
            )
        )
        return reason

    def states(self, thing: str) -> list[ThingState]:
        """All that a Thing has been so far, as it was said; without what was said twice."""
        said = [
            each.state
            for each in self.said
            if isinstance(each, ThingStateChanged) and each.thing == thing
        ]
        return [state for state, _ in itertools.groupby(said)]

    def run(self, thing: str, action: str, **input: Any) -> InvocationSnapshot:
        """Run an action to its end."""
        invocation = self.bench.invoke(thing, action, input, SCRIPT)
        assert invocation.wait_ended(WAIT_S)
        return invocation.snapshot()

    def heal(self) -> None:
        """Take all faults off, so that nothing hangs any more."""
        for entry in self.bench.things.values():
            if isinstance(entry.thing, SimulatedInstrument):
                entry.thing.faults.put({})


@pytest.fixture
def opened() -> Iterator[Callable[[BenchSpec], Faulty]]:
    made: list[Faulty] = []

    def make(spec: BenchSpec) -> Faulty:
        made.append(Faulty(Bench(spec)))
        made[-1].bench.open()
        return made[-1]

    yield make
    for faulty in made:
        faulty.heal()
        faulty.bench.close()


@pytest.fixture(scope="module")
def _faulty() -> Iterator[Faulty]:
    faulty = Faulty(Bench(read_bench_file(bench_file_of(Path("faulty")))))
    faulty.bench.open()
    yield faulty
    faulty.heal()
    faulty.bench.close()


@pytest.fixture
def faulty(_faulty: Faulty) -> Faulty:
    """The faulty bench, open; its faults are left as they are."""
    return _faulty


def test_it_opens_and_only_what_cannot_start_has_failed(faulty: Faulty) -> None:
    states = {name: entry.state for name, entry in faulty.bench.things.items()}

    assert [name for name, state in states.items() if state is ThingState.FAILED] == ["misspelt"]
    assert "did you mean 'latency_s'?" in faulty.bench.entry("misspelt").reason
    with pytest.raises(NotAvailableError, match="did you mean 'latency_s'"):
        faulty.bench.read("misspelt", "temperature")


def test_each_thing_says_in_its_title_what_is_wrong_with_it(faulty: Faulty) -> None:
    titles = [entry.title for entry in faulty.bench.things.values()]

    assert len(titles) == len(set(titles))
    assert "Thermostat" not in titles


def test_a_device_that_is_gone_is_offline_with_its_reason(faulty: Faulty) -> None:
    entry = faulty.bench.entry("unplugged")
    faulty.until(lambda: entry.state is ThingState.DISCONNECTED)

    assert entry.reason == "The device is gone: nobody answers (simulated)."
    assert "is gone" in faulty.failure("unplugged", "temperature")


def test_a_device_that_leaves_is_noticed_by_its_readings(faulty: Faulty) -> None:
    entry = faulty.bench.entry("leaving")
    faulty.until(lambda: entry.state is ThingState.DISCONNECTED)

    assert faulty.bench.entry("stage").state is ThingState.READY


@pytest.mark.parametrize(
    ("thing", "name", "reason"),
    [
        ("silent", "temperature", "did not answer within 2 s"),
        ("nan", "temperature", "not finite"),
        ("mute", "heater_power", "no answer for 3 s; it is still waited for"),
    ],
)
def test_a_reading_that_cannot_be_had_says_why(
    faulty: Faulty, thing: str, name: str, reason: str
) -> None:
    assert reason in faulty.failure(thing, name)
    assert faulty.bench.entry(thing).state is ThingState.READY


def test_beside_a_reading_that_never_comes_the_others_go_on(faulty: Faulty) -> None:
    faulty.failure("mute", "heater_power")

    assert faulty.bench.read("mute", "temperature").value == pytest.approx(36.5, abs=3)
    assert faulty.bench.write("mute", "target", 38.0, SCRIPT).value == 38.0


def test_a_device_that_refuses_leaves_what_was(faulty: Faulty) -> None:
    with pytest.raises(ValueRefusedError, match="the device refuses to be set"):
        faulty.bench.write("refusing", "target", 40.0, SCRIPT)

    assert faulty.bench.read("refusing", "target").value == 37.0


def test_a_device_that_clamps_confirms_another_value_than_was_asked(faulty: Faulty) -> None:
    assert faulty.bench.write("clamping", "target", 60.0, SCRIPT).value == 50.0


def test_a_move_of_a_stuck_axis_fails_with_where_it_stands(faulty: Faulty) -> None:
    stage = faulty.bench.thing("stuck")
    assert isinstance(stage, Stage)

    ended = faulty.run("stuck", "move_to", x=12.5)

    assert ended.status is InvocationStatus.ERROR
    assert ended.error is not None
    assert ended.error.title == "NotArrivedError"
    assert "stands at 12.480 mm, not at 12.500 mm" in ended.error.detail
    assert not stage.moving


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("nothing", "ThingError"),
        ("zero", "RuntimeError"),
        ("increment", "SystemExit"),
        ("explode", "RecursionError"),
        ("plan_scan", "MemoryError"),
    ],
)
def test_whatever_an_action_raises_ends_only_itself(faulty: Faulty, action: str, kind: str) -> None:
    plan = {"plan": {"name": "one", "points": [{"x": 0}]}} if action == "plan_scan" else {}
    ended = faulty.run("failing", action, **plan)

    assert ended.status is InvocationStatus.ERROR
    assert ended.error is not None
    assert ended.error.title == kind
    assert ended.error.detail == f"{action} fails, as it was told to (simulated)."
    assert faulty.run("failing", "slow_count", n=1, dt=0.0).output == 1


def test_a_flooded_picture_is_a_picture(faulty: Faulty) -> None:
    ended = faulty.run("flooded", "snap")

    assert ended.status is InvocationStatus.COMPLETED
    assert "highest 65535" in ended.last_log


def test_a_late_answer_is_an_answer(faulty: Faulty) -> None:
    assert faulty.bench.read("slow", "temperature").value == pytest.approx(36.5, abs=3)


def test_an_action_that_never_returns_is_abandoned_when_the_bench_closes(
    opened: Callable[[BenchSpec], Faulty],
) -> None:
    faulty = opened(simulated("spectrometer:Spectrometer", hanging=["take_spectrum"]))
    hung = faulty.bench.invoke("it", "take_spectrum", {}, SCRIPT)
    faulty.until(lambda: hung.status is InvocationStatus.RUNNING)
    assert faulty.bench.actions.cancel(hung.id)

    assert list(faulty.bench.close(timeout_s=0.2)) == ["Take a spectrum on it"]
    faulty.heal()
    assert hung.wait_ended(WAIT_S)


def test_a_device_that_comes_and_goes_is_brought_back_by_its_rule(
    opened: Callable[[BenchSpec], Faulty],
) -> None:
    faulty = opened(
        simulated(
            "thermostat:Thermostat",
            reconnect_s=0.05,
            disconnect_after_accesses=3,
            back_after_s=0.3,
        )
    )
    entry = faulty.bench.entry("it")
    before = entry.thing

    came_and_went = [ThingState.READY, ThingState.DISCONNECTED] * 2
    faulty.until(lambda: len(faulty.states("it")) >= len(came_and_went))

    assert faulty.states("it")[: len(came_and_went)] == came_and_went
    assert entry.thing is before


def simulated(class_path: str, reconnect_s: float | None = None, **faults: Any) -> BenchSpec:
    """A bench of one Thing, `it`, with faults."""
    spec = ThingSpec(
        "it", f"things.simulated.{class_path}", {"faults": faults}, reconnect_s=reconnect_s
    )
    return BenchSpec("Faulty", (spec,))
