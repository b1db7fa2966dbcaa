from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from app.errors import ClosingError
from app.property_desk import PropertyDesk, property_named
from things import (
    AffordanceNotFoundError,
    BusyError,
    DisconnectedError,
    PropertyChanged,
    PropertyFailed,
    ReadOnlyError,
    Thing,
    ValueRefusedError,
    property,
)


class Meter(Thing):
    offset: float = property(default=1.0, ge=0)

    def __init__(self) -> None:
        self.reads = 0
        self.writes: list[float] = []
        self.gate = threading.Event()
        self.gate.set()
        self.began = threading.Semaphore(0)
        self.device = 1.0
        self.there = True
        self.ticks = 0
        self.slow_ticks = 0

    @property
    def level(self) -> float:
        self.reads += 1
        found = self.device
        self.began.release()
        assert self.gate.wait(10)
        if not self.there:
            raise DisconnectedError("the cable is out")
        return found

    @level.setter
    def _set_level(self, value: float) -> None:
        self.writes.append(value)
        self.device = value

    @property(poll_s=0.01)
    def tick(self) -> int:
        self.ticks += 1
        return self.ticks

    @property(poll_s=60.0)
    def slow_tick(self) -> int:
        self.slow_ticks += 1
        return self.slow_ticks


class Bench:
    """A meter, a desk, and what was published."""

    def __init__(self, unanswered_s: float = 60.0) -> None:
        self.meter = Meter()
        self.events: list[Any] = []
        self.lost: list[str] = []
        self.meter._core.sink = self.events.append
        self.workers = ThreadPoolExecutor(4)
        self.desk = PropertyDesk(
            self.workers,
            lambda thing, reason: self.lost.append(reason),
            write_wait_s=0.05,
            unanswered_s=unanswered_s,
        )

    def prop(self, name: str) -> Any:
        return property_named(self.meter, name)

    def read(self, name: str) -> Any:
        return self.desk.read(self.meter, self.prop(name)).value

    def write(self, name: str, value: Any) -> Any:
        return self.desk.write(self.meter, self.prop(name), value, uuid4(), "a test").value

    def values(self, name: str) -> list[Any]:
        return [e.value for e in self.events if isinstance(e, PropertyChanged) and e.name == name]

    def close(self) -> None:
        self.meter.gate.set()
        self.desk.close()
        self.workers.shutdown()

    def wait_for(self, what: Any) -> None:
        deadline = time.monotonic() + 5
        while not what():
            assert time.monotonic() < deadline
            threading.Event().wait(0.002)


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.close()


@pytest.fixture
def impatient() -> Iterator[Bench]:
    """A desk that takes a read that lasts for unanswered, almost at once."""
    bench = Bench(unanswered_s=0.03)
    yield bench
    bench.close()


def test_fifty_who_ask_at_once_cost_one_reading(bench, monkeypatch):
    bench.meter.gate.clear()
    joined = threading.Semaphore(0)
    join = bench.desk._join

    def counted(*asked, **how):
        found = join(*asked, **how)
        joined.release()
        return found

    monkeypatch.setattr(bench.desk, "_join", counted)
    with ThreadPoolExecutor(50) as pool:
        asked = [pool.submit(bench.read, "level") for _ in range(50)]
        for _ in asked:
            assert joined.acquire(timeout=20)
        bench.meter.gate.set()
        assert {each.result(5) for each in asked} == {1.0}

    assert bench.meter.reads == 1


def test_those_who_wait_take_no_worker(bench):
    bench.meter.gate.clear()
    asked = [bench.desk.request(bench.meter, bench.prop("level")) for _ in range(50)]
    assert bench.workers.submit(lambda: 5).result(2) == 5
    assert bench.desk.request(bench.meter, bench.prop("offset")).result(2).value == 1.0
    bench.meter.gate.set()

    assert {each.result(5).value for each in asked} == {1.0}
    assert bench.meter.reads == 1


def test_whoever_needs_a_reading_that_waits_for_a_worker_does_it_himself(bench):
    """Else workers that all write would wait for workers to read, for ever."""
    busy = threading.Event()
    hung = [bench.workers.submit(busy.wait, 10) for _ in range(4)]
    queued = bench.desk.request(bench.meter, bench.prop("level"))

    assert bench.read("level") == 1.0
    assert queued.result(1).value == 1.0
    assert bench.write("level", 2.0) == 2.0
    busy.set()
    for each in hung:
        each.result(5)
    assert bench.meter.reads == 2


def test_nobody_can_call_off_what_others_wait_for(bench):
    bench.meter.gate.clear()
    first = bench.desk.request(bench.meter, bench.prop("level"))
    second = bench.desk.request(bench.meter, bench.prop("level"))

    assert not first.cancel()
    bench.meter.gate.set()
    assert second.result(5).value == 1.0


def test_a_failure_is_told_to_all_who_asked_and_published(bench):
    bench.meter.there = False
    bench.meter.gate.clear()
    asked = [bench.desk.request(bench.meter, bench.prop("level")) for _ in range(5)]
    bench.meter.gate.set()

    for each in asked:
        with pytest.raises(DisconnectedError):
            each.result(5)
    assert [e.reason for e in bench.events if isinstance(e, PropertyFailed)] == ["the cable is out"]
    assert bench.lost == ["the cable is out"]
    bench.meter.there = True
    assert bench.read("level") == 1.0


def test_who_asks_after_a_write_never_gets_a_reading_from_before_it(bench):
    bench.meter.gate.clear()
    old = bench.desk.request(bench.meter, bench.prop("level"))
    assert bench.meter.began.acquire(timeout=5)
    writing = threading.Thread(target=bench.write, args=("level", 9.0))
    writing.start()
    assert bench.meter.began.acquire(timeout=5)  # it is being read back
    new = bench.desk.request(bench.meter, bench.prop("level"))
    bench.meter.gate.set()
    writing.join(5)

    assert old.result(5).value == 1.0
    assert new.result(5).value == 9.0
    assert bench.meter._core.readings["level"].value == 9.0


def test_an_old_reading_that_comes_late_does_not_take_the_place_of_a_newer_one(bench):
    """Readings may overtake one another; what is known is what was asked for last."""
    meter, level = bench.meter, bench.prop("level")
    meter.gate.clear()
    old = bench.desk.request(meter, level)
    assert meter.began.acquire(timeout=5)
    slow, meter.gate = meter.gate, threading.Event()
    meter.gate.set()
    # The old getter holds the old gate; the write's own reading passes the new one.
    real = type(meter)._affordances["level"]
    assert real is level
    bench.write("level", 3.0)
    slow.set()
    old.result(5)

    assert meter._core.readings["level"].value == 3.0
    assert bench.values("level")[-1] == 3.0


def test_a_refused_value_never_reaches_the_device(bench):
    for wrong in ("many", None, [1], float("nan")):
        with pytest.raises(ValueRefusedError):
            bench.write("level", wrong)
    with pytest.raises(ValueRefusedError):
        bench.write("offset", -1)

    assert bench.meter.writes == []
    assert bench.meter.offset == 1.0


def test_a_write_is_read_back_and_published(bench):
    assert bench.write("level", 2) == 2.0
    assert bench.values("level") == [2.0]


def test_a_busy_thing_refuses_a_write_after_a_short_while(bench):
    with bench.meter.lock.held_by(uuid4(), "Scan on meter"), pytest.raises(BusyError, match="Scan"):
        bench.write("level", 2)

    assert bench.meter.writes == []
    with bench.meter.lock.held_by(uuid4(), "Scan on meter"):
        assert bench.read("level") == 1.0  # reading takes no lock


def test_what_cannot_be_written_or_reset_says_so(bench):
    with pytest.raises(ReadOnlyError):
        bench.write("tick", 1)
    with pytest.raises(ReadOnlyError):
        bench.desk.reset(bench.meter, bench.prop("level"), uuid4(), "a test")
    with pytest.raises(AffordanceNotFoundError):
        bench.prop("nonsense")


def test_after_an_action_what_somebody_looks_at_is_read_again(bench):
    bench.desk.after_action(bench.meter)
    bench.wait_for(lambda: bench.meter.slow_ticks > 0)
    assert bench.meter.reads == 0  # nobody has looked at it yet
    assert bench.meter.ticks == 0  # the clock reads it in a moment
    bench.read("level")
    bench.meter.device = 4.0
    bench.desk.after_action(bench.meter)

    bench.wait_for(lambda: 4.0 in bench.values("level"))


def test_after_an_action_a_reading_from_during_it_is_too_old(bench):
    bench.read("level")
    bench.meter.gate.clear()
    during = bench.desk.request(bench.meter, bench.prop("level"))
    bench.wait_for(lambda: bench.meter.reads == 2)
    bench.meter.device = 4.0  # the action's effect
    bench.desk.after_action(bench.meter)
    bench.wait_for(lambda: bench.meter.reads == 3)
    bench.meter.gate.set()
    during.result(5)

    bench.wait_for(lambda: bench.meter._core.readings["level"].value == 4.0)


def test_a_polled_property_is_read_by_the_clock_until_told_otherwise(bench):
    bench.desk.start_polling(bench.meter)
    bench.wait_for(lambda: len(bench.values("tick")) >= 5)
    bench.desk.stop_polling(bench.meter)
    bench.wait_for(lambda: not bench.desk._in_flight)
    ticks = bench.meter.ticks
    threading.Event().wait(0.06)

    assert bench.meter.ticks <= ticks + 1
    assert bench.values("tick") == sorted(bench.values("tick"))


def test_a_value_that_stays_the_same_is_not_published_again(bench):
    for _ in range(5):
        bench.read("level")

    assert bench.values("level") == [1.0]


def test_a_value_that_can_be_read_again_is_published_though_it_is_the_same(bench):
    bench.read("level")
    bench.meter.there = False
    with pytest.raises(DisconnectedError):
        bench.read("level")
    bench.meter.there = True
    bench.read("level")
    bench.read("level")

    assert bench.values("level") == [1.0, 1.0]


def test_a_reading_that_never_comes_is_told_once_and_its_end_as_well(impatient):
    impatient.read("level")
    impatient.meter.gate.clear()
    asked = impatient.desk.request(impatient.meter, impatient.prop("level"))

    def failures() -> list[str]:
        return [e.reason for e in impatient.events if isinstance(e, PropertyFailed)]

    impatient.wait_for(failures)
    threading.Event().wait(0.1)
    assert failures() == ["no answer for 0.03 s; it is still waited for"]
    impatient.meter.gate.set()

    assert asked.result(5).value == 1.0
    assert impatient.values("level") == [1.0, 1.0]


def test_a_data_property_is_answered_from_what_is_known(bench):
    assert bench.read("offset") == 1.0
    bench.meter.offset = 2.0
    assert bench.read("offset") == 2.0


def test_once_the_workers_are_gone_it_says_that_the_bench_closes(bench):
    bench.workers.shutdown()

    with pytest.raises(ClosingError):
        bench.desk.request(bench.meter, bench.prop("level"))
    bench.desk.after_action(bench.meter)
