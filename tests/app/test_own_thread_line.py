"""Whoever waits for a Thing's own thread stands in line: seen, called off, and never for ever."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.handles import InvocationStatus, Origin, OriginKind
from things import BusyError, DeadlockError

# A bench file names its classes by module; this one lies beside the tests.
sys.path.append(str(Path(__file__).parent))

ME = Origin(OriginKind.SCRIPT, "a test")
PATIENCE_S = 30.0
WRITE_WAIT_S = 0.05


class Rig:
    def __init__(self, folder: Path) -> None:
        things = (
            ThingSpec("vendor", "one_thread_things:Vendor", slots={"user": "user"}),
            ThingSpec("user", "one_thread_things:User"),
        )
        self.bench = Bench(
            BenchSpec("Test bench", things), write_wait_s=WRITE_WAIT_S, data_folder=folder
        )
        self.bench.open()
        self.vendor: Any = self.bench.thing("vendor")
        self.user: Any = self.bench.thing("user")

    def start(self, thing: str, action: str) -> Any:
        return self.bench.invoke(thing, action, {}, ME)

    def begun(self, thing: str, action: str) -> Any:
        """A run whose body has begun."""
        run = self.start(thing, action)
        assert getattr(self, thing).begun.wait(PATIENCE_S)
        return run

    def waits(self, run: Any) -> str:
        """What a run waits for, once it does."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not run.snapshot().waiting_for:
            assert not run.wait_ended(0.005)
            assert time.monotonic() < deadline_s
        words: str = run.snapshot().waiting_for
        return words


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    rig.vendor.go.set()
    rig.user.go.set()
    rig.bench.close()


def test_a_run_that_waits_for_the_thread_is_pending_says_why_and_can_be_cancelled(
    rig: Rig,
) -> None:
    rig.begun("vendor", "work")
    late = rig.start("vendor", "quick")

    assert rig.waits(late) == f"waiting for Work on vendor, asked by {ME}"
    assert late.status is InvocationStatus.PENDING
    late.cancel()

    assert late.wait_ended(PATIENCE_S)
    assert late.status is InvocationStatus.CANCELLED
    assert rig.vendor.done == []


def test_what_waits_for_the_thread_when_all_is_stopped_is_not_done(rig: Rig) -> None:
    work = rig.begun("vendor", "work")
    late = rig.start("vendor", "quick")
    rig.waits(late)

    rig.bench.stop_all()
    rig.vendor.go.set()

    assert late.wait_ended(PATIENCE_S)
    assert work.wait_ended(PATIENCE_S)
    assert late.status is InvocationStatus.CANCELLED
    assert rig.vendor.done == ["stop", "work"]


def test_a_write_waits_no_longer_for_the_thread_than_for_the_thing(rig: Rig) -> None:
    rig.begun("vendor", "work")

    with pytest.raises(BusyError, match="vendor is busy: Work on vendor, asked by"):
        rig.bench.write("vendor", "temperature", 5.0, ME)

    assert rig.vendor.lock.holder == ""
    assert rig.vendor.done == []


def test_a_written_value_is_read_back_from_the_device(rig: Rig) -> None:
    assert rig.bench.write("vendor", "temperature", 5.0, ME).value == 21.0


def test_while_the_thread_is_taken_the_last_value_is_shown(rig: Rig) -> None:
    rig.bench.write("vendor", "temperature", 5.0, ME)
    rig.begun("vendor", "work")

    assert rig.bench.read("vendor", "temperature").value == 21.0


@pytest.mark.parametrize("action", ["call", "look", "put"])
def test_a_circle_through_a_thread_is_found_and_both_things_work_afterwards(
    rig: Rig, action: str
) -> None:
    """The vendor's thread waits for the user, whose run waits for that thread."""
    reach, other = rig.begun("vendor", "reach"), rig.begun("user", action)
    if action == "look":
        rig.vendor._core.readings.pop("temperature", None)  # a last value would do

    rig.vendor.go.set()
    rig.user.go.set()

    assert reach.wait_ended(PATIENCE_S)
    assert other.wait_ended(PATIENCE_S)
    failed = [type(run.exception) for run in (reach, other) if run.exception is not None]
    # A write gives up after a short while anyway.
    allowed = {DeadlockError, BusyError} if action == "put" else {DeadlockError}
    assert failed
    assert allowed.issuperset(failed)
    assert len(failed) == 1 or action == "put"
    again = rig.start("user", action)
    assert again.wait_ended(PATIENCE_S)
    assert again.status is InvocationStatus.COMPLETED


def test_the_state_before_a_run_is_read_although_the_thread_will_be_its_own(rig: Rig) -> None:
    rig.vendor._core.readings.pop("temperature", None)

    run = rig.start("vendor", "quick")

    assert run.wait_ended(PATIENCE_S)
    record = rig.bench.history.run(run.id)
    deadline_s = time.monotonic() + PATIENCE_S
    while not record.after:
        assert time.monotonic() < deadline_s
        threading.Event().wait(0.005)
        record = rig.bench.history.run(run.id)
    assert record.before["vendor"]["temperature"].value == 20.0
    assert record.after["vendor"]["temperature"].value == 21.0
