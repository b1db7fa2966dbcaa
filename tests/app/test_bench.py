from __future__ import annotations

import importlib
import sys
import textwrap
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.handles import InvocationStatus, Origin, OriginKind
from things import (
    BusyError,
    NotAvailableError,
    SlotError,
    ThingState,
    ThingStateChanged,
    ValueRefusedError,
)

ME = Origin(OriginKind.SCRIPT, "a test")

DRIVERS = """
    import threading
    from things import DisconnectedError, Thing, action, cancellable_sleep
    from things import property, setting, thing_slot

    trace = []

    class Lamp(Thing):
        "A lamp."
        power: float = property(default=0.0, ge=0, le=100)
        memory: int = setting(default=1, ge=0)

        def __enter__(self):
            trace.append(f"enter {self.name}")
            return self

        def __exit__(self, *_):
            trace.append(f"exit {self.name}")

        @action
        def shine(self, seconds: float = 60.0) -> int:
            cancellable_sleep(seconds)
            return 1

        def stop(self):
            trace.append(f"stop {self.name}")

    class Needy(Lamp):
        lamp: Lamp = thing_slot()

        @action
        def use(self) -> float:
            self.lamp.power = 5.0
            self.lamp.shine(seconds=0.0)
            return self.lamp.power

    class BadExit(Lamp):
        def __exit__(self, *_):
            raise RuntimeError("stuck shutter")

    class BadEnter(Lamp):
        plugged = False

        def __enter__(self):
            if not BadEnter.plugged:
                raise RuntimeError("no answer on USB")
            return super().__enter__()

    class Own(Thing, thread="own"):
        "Everything in one thread."
        began = threading.Event()
        release = threading.Event()
        value = 1.0

        @property
        def level(self) -> float:
            return self.value

        @action
        def work(self) -> None:
            Own.began.set()
            Own.release.wait(30)
            self.value = 2.0

    class Device(Lamp):
        there = True
        breaks = False

        @property
        def level(self) -> float:
            if Device.breaks:
                raise ConnectionResetError("reset by the device")
            if not Device.there:
                raise DisconnectedError("the cable is out")
            return 7.0

        @level.setter
        def _set_level(self, value: float) -> None:
            trace.append(f"level {value}")

    class Stuck(Lamp):
        release = threading.Event()

        @action
        def hang(self) -> None:
            Stuck.release.wait(30)

    class SlowStart(Lamp):
        release = threading.Event()
        entering = threading.Event()

        def __enter__(self):
            SlowStart.entering.set()
            SlowStart.release.wait(30)
            return super().__enter__()

        def stop(self):
            SlowStart.release.set()

    class SlowStop(Lamp):
        release = threading.Event()

        def stop(self):
            SlowStop.release.wait(30)
"""


@pytest.fixture
def drivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    file = tmp_path / "drivers_for_test.py"
    file.write_text(textwrap.dedent(DRIVERS))
    monkeypatch.syspath_prepend(str(tmp_path))
    yield file
    sys.modules.pop("drivers_for_test", None)


def module() -> Any:
    return sys.modules["drivers_for_test"]


def spec(**classes: str) -> BenchSpec:
    things = tuple(
        ThingSpec(name, path if ":" in path else f"drivers_for_test:{path}")
        for name, path in classes.items()
    )
    return BenchSpec("A bench", things)


def states(bench: Bench) -> dict[str, ThingState]:
    return {name: entry.state for name, entry in bench.things.items()}


def wait_for_state(bench: Bench, name: str, state: ThingState) -> Callable[[], None]:
    """Call before the change; the result waits for it."""
    happened = threading.Event()

    def wake() -> None:
        for event in box.take():
            if isinstance(event, ThingStateChanged) and (event.thing, event.state) == (name, state):
                happened.set()

    box = bench.bus.subscribe(wake)

    def wait() -> None:
        assert happened.wait(10), f"{name} never became {state}"
        box.close()

    return wait


@pytest.mark.usefixtures("drivers")
def test_things_enter_in_order_of_what_they_need_and_leave_in_reverse() -> None:
    with Bench(spec(needy="Needy", other="Lamp", lamp="Lamp")):
        assert module().trace == ["enter other", "enter lamp", "enter needy"]
    assert sorted(module().trace[3:6]) == ["stop lamp", "stop needy", "stop other"]
    assert module().trace[6:] == ["exit needy", "exit lamp", "exit other"]


@pytest.mark.usefixtures("drivers")
def test_one_failing_exit_does_not_stop_the_others() -> None:
    with Bench(spec(a="Lamp", b="BadExit", c="Lamp")):
        pass

    assert module().trace[-2:] == ["exit c", "exit a"]


@pytest.mark.usefixtures("drivers")
def test_what_fails_to_import_or_enter_is_there_with_its_reason_and_the_others_run() -> None:
    classes = {
        "good": "Lamp",
        "nowhere": "no_such_module:Lamp",
        "missing": "drivers_for_test:Lump",
        "bad": "BadEnter",
    }
    with Bench(spec(**classes)) as bench:
        assert states(bench)["good"] is ThingState.READY
        assert bench.things["nowhere"].reason == "there is no module 'no_such_module'"
        assert "no class 'Lump'; there is BadEnter" in bench.things["missing"].reason
        assert bench.things["bad"].reason == "RuntimeError: no answer on USB"
        assert bench.write("good", "power", 5, ME).value == 5.0
        with pytest.raises(NotAvailableError, match="no answer on USB"):
            bench.read("bad", "power")


@pytest.mark.usefixtures("drivers")
def test_a_failed_thing_comes_back_by_reconnect_and_fills_the_slots_of_others() -> None:
    with Bench(spec(needy="Needy", lamp="BadEnter")) as bench:
        assert states(bench) == {"needy": ThingState.READY, "lamp": ThingState.FAILED}
        with pytest.raises(NotAvailableError):
            bench.reconnect("lamp")

        module().BadEnter.plugged = True
        bench.reconnect("lamp")

        assert states(bench)["lamp"] is ThingState.READY
        used = bench.invoke("needy", "use", None, ME)
        assert used.wait_ended(10)
        assert used.result == 5.0


def test_a_driver_that_was_changed_on_disk_is_read_again_by_reload(drivers: Path) -> None:
    with Bench(spec(lamp="Lamp")) as bench:
        bench.write("lamp", "power", 80, ME)
        drivers.write_text(drivers.read_text().replace("le=100", "le=50"))

        bench.reload("lamp")

        with pytest.raises(ValueRefusedError, match="must be 50 or less"):
            bench.write("lamp", "power", 80, ME)


@pytest.mark.usefixtures("drivers")
def test_a_slot_that_does_not_fit_makes_its_thing_fail() -> None:
    things = (
        ThingSpec("needy", "drivers_for_test:Needy", slots={"lamp": "camera"}),
        ThingSpec("camera", "things.simulated.stage:Stage"),
    )
    with Bench(BenchSpec("A bench", things)) as bench:
        assert states(bench)["needy"] is ThingState.FAILED
        assert "kinship with Lamp" in bench.things["needy"].reason


@pytest.mark.usefixtures("drivers")
def test_calling_through_an_empty_slot_is_an_error_of_that_action_only() -> None:
    with Bench(spec(needy="Needy")) as bench:
        used = bench.invoke("needy", "use", None, ME)

        assert used.wait_ended(10)
        assert isinstance(used.exception, SlotError)


@pytest.mark.usefixtures("drivers")
def test_a_lost_device_is_shown_as_disconnected_and_reconnects_by_its_rule() -> None:
    thing = ThingSpec("device", "drivers_for_test:Device", reconnect_s=0.05)
    with Bench(BenchSpec("A bench", (thing,))) as bench:
        assert bench.read("device", "level").value == 7.0
        lost = wait_for_state(bench, "device", ThingState.DISCONNECTED)
        module().Device.there = False
        with pytest.raises(ConnectionError):
            bench.read("device", "level")
        lost()
        assert bench.things["device"].reason == "the cable is out"

        back = wait_for_state(bench, "device", ThingState.READY)
        module().Device.there = True
        back()


@pytest.mark.usefixtures("drivers")
def test_a_value_out_of_range_never_reaches_the_device() -> None:
    with Bench(spec(device="Device")) as bench:
        with pytest.raises(ValueRefusedError):
            bench.write("device", "level", "high", ME)
        assert not [line for line in module().trace if line.startswith("level")]

        bench.write("device", "level", 3, ME)
        assert "level 3.0" in module().trace


@pytest.mark.usefixtures("drivers")
def test_a_write_while_an_action_runs_is_refused_as_busy_and_says_by_whom() -> None:
    with Bench(spec(lamp="Lamp")) as bench:
        running = bench.invoke("lamp", "shine", {"seconds": 60}, ME)
        holding = wait_until_running(bench)
        with pytest.raises(BusyError, match="Shine on lamp, asked by script a test"):
            bench.write("lamp", "power", 1, ME)
        assert holding == running.id


def wait_until_running(bench: Bench) -> Any:
    """Wait by the bus until the only invocation runs."""
    running = threading.Event()
    box = bench.bus.subscribe(running.set)
    while bench.actions.invocations[0].status is InvocationStatus.PENDING:
        assert running.wait(10)
        running.clear()
        box.take()
    box.close()
    return bench.actions.invocations[0].id


@pytest.mark.usefixtures("drivers")
def test_closing_while_an_action_runs_cancels_it_first_then_leaves() -> None:
    bench = Bench(spec(lamp="Lamp"))
    bench.open()
    running = bench.invoke("lamp", "shine", {"seconds": 60}, ME)
    wait_until_running(bench)

    stuck = bench.close()

    assert not stuck
    assert running.status is InvocationStatus.CANCELLED
    assert module().trace[-1] == "exit lamp"


@pytest.mark.usefixtures("drivers")
def test_an_action_that_never_ends_is_abandoned_and_named() -> None:
    bench = Bench(spec(stuck="Stuck"))
    bench.open()
    running = bench.invoke("stuck", "hang", None, ME)
    wait_until_running(bench)

    stuck = bench.close(timeout_s=0.2)
    module().Stuck.release.set()

    assert stuck[0] == "Hang on stuck"
    assert running.wait_ended(10)


@pytest.mark.usefixtures("drivers")
def test_no_thread_is_left_after_closing() -> None:
    before = set(threading.enumerate())
    with Bench(spec(lamp="Lamp", device="Device")) as bench:
        bench.invoke("lamp", "shine", {"seconds": 0}, ME).wait_ended(10)
        bench.read("device", "level")
    assert set(threading.enumerate()) <= before


@pytest.mark.usefixtures("drivers")
def test_stop_all_cancels_calls_each_stop_and_says_who_did_not_answer() -> None:
    with Bench(spec(lamp="Lamp", slow="SlowStop")) as bench:
        running = bench.invoke("lamp", "shine", {"seconds": 60}, ME)
        wait_until_running(bench)

        reports = {report.thing: report for report in bench.stop_all(answer_s=1.0)}
        module().SlowStop.release.set()

        assert running.wait_ended(10)
        assert running.status is InvocationStatus.CANCELLED
        assert reports["lamp"].answered
        assert not reports["slow"].answered
        assert reports["slow"].reason == "did not answer"


@pytest.mark.usefixtures("drivers")
def test_stop_all_stops_a_thing_that_is_still_starting() -> None:
    bench = Bench(spec(slow="SlowStart"))
    slow = importlib.import_module("drivers_for_test").SlowStart
    opening = threading.Thread(target=bench.open)
    opening.start()
    try:
        assert slow.entering.wait(20)
        (report,) = bench.stop_all()
        opening.join(20)
        assert (report.thing, report.answered, report.reason) == ("slow", True, "")
        assert not opening.is_alive()
    finally:
        slow.release.set()
        opening.join(20)
        bench.close()


def test_settings_are_kept_for_the_next_start(drivers: Path, tmp_path: Path) -> None:
    with Bench(spec(lamp="Lamp"), data_folder=tmp_path / "data") as bench:
        bench.write("lamp", "memory", 42, ME)

    with Bench(spec(lamp="Lamp"), data_folder=tmp_path / "data") as bench:
        assert bench.read("lamp", "memory").value == 42
        assert bench.read("lamp", "power").value == 0.0
    assert drivers.exists()


@pytest.mark.usefixtures("drivers")
def test_a_thing_that_starts_slowly_keeps_nobody_waiting_and_is_ready_when_it_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.thing_life.ENTER_WAIT_S", 0.6)
    with Bench(spec(slow="SlowStart", lamp="Lamp")) as bench:
        assert states(bench) == {"slow": ThingState.STARTING, "lamp": ThingState.READY}
        with pytest.raises(NotAvailableError, match="starting"):
            bench.read("slow", "power")

        came = wait_for_state(bench, "slow", ThingState.READY)
        module().SlowStart.release.set()
        came()

        assert bench.read("slow", "power").value == 0.0
    assert module().trace[-2:] == ["exit slow", "exit lamp"]


def test_a_class_typed_slot_still_fits_after_its_thing_was_reloaded(drivers: Path) -> None:
    with Bench(spec(needy="Needy", lamp="Lamp")) as bench:
        bench.reload("lamp")

        assert states(bench) == {"needy": ThingState.READY, "lamp": ThingState.READY}
        used = bench.invoke("needy", "use", None, ME)
        assert used.wait_ended(10)
        assert used.result == 5.0
        assert bench.read("lamp", "power").value == 5.0
    assert drivers.exists()


@pytest.mark.parametrize("what", ["raise SystemExit(3)", "raise KeyboardInterrupt"])
def test_a_driver_that_ends_the_program_on_import_is_only_failed(drivers: Path, what: str) -> None:
    (drivers.parent / "ends_the_program.py").write_text(what)
    with Bench(spec(bad="ends_the_program:Bad", lamp="Lamp")) as bench:
        assert states(bench) == {"bad": ThingState.FAILED, "lamp": ThingState.READY}
        assert what.removeprefix("raise ").partition("(")[0] in bench.things["bad"].reason


@pytest.mark.usefixtures("drivers")
def test_getters_that_hang_keep_no_other_thing_waiting() -> None:
    with Bench(spec(stuck="Stuck", lamp="Lamp")) as bench:
        stuck = bench.thing("stuck")
        hanging = [
            bench.workers.of("stuck").submit(module().Stuck.release.wait, 30) for _ in range(20)
        ]
        assert stuck.name == "stuck"

        written = bench.workers.of("lamp").submit(bench.write, "lamp", "power", 3, ME)
        assert written.result(10).value == 3.0
        assert not any(each.done() for each in hanging)

        module().Stuck.release.set()
        assert all(each.result(10) for each in hanging)


@pytest.mark.usefixtures("drivers")
def test_a_busy_thread_of_its_own_answers_with_what_was_read_last() -> None:
    with Bench(spec(own="Own")) as bench:
        assert bench.read("own", "level").value == 1.0
        running = bench.invoke("own", "work", None, ME)
        assert module().Own.began.wait(10)

        assert bench.read("own", "level").value == 1.0

        module().Own.release.set()
        assert running.wait_ended(10)
        assert bench.read("own", "level").value == 2.0


@pytest.mark.usefixtures("drivers")
def test_a_getter_whose_socket_breaks_shows_the_thing_as_disconnected() -> None:
    with Bench(spec(device="Device")) as bench:
        lost = wait_for_state(bench, "device", ThingState.DISCONNECTED)
        module().Device.breaks = True
        with pytest.raises(ConnectionResetError):
            bench.read("device", "level")
        lost()
