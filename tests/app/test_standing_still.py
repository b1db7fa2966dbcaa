"""After STOP ALL nothing moves that was asked for before, and had to wait."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.errors import ClosingError, StoppedError
from app.handles import InvocationStatus, Origin, OriginKind
from app.interlocks.rules import read_rule
from app.local import LocalBench

# A bench file names its classes by module; this one lies beside the tests.
sys.path.append(str(Path(__file__).parent))

ME = Origin(OriginKind.SCRIPT, "a test")
PATIENCE_S = 30.0


class Rig:
    """A bench with an axis and a scanner that uses it; each thread's outcome is kept."""

    def __init__(self) -> None:
        things = (
            ThingSpec("axis", "stopping_things:Axis"),
            ThingSpec("scanner", "stopping_things:Scanner"),
        )
        rule = read_rule(["axis.position"], "axis.safe")
        self.bench = Bench(BenchSpec("Test bench", things, None, (rule,)), write_wait_s=PATIENCE_S)
        self.bench.open()
        self.axis: Any = self.bench.thing("axis")
        self.scanner: Any = self.bench.thing("scanner")
        self._waits = threading.Semaphore(0)
        self._threads: list[threading.Thread] = []

    def start(self, thing: str, action: str) -> Any:
        """A run; its body has begun."""
        invocation = self.bench.start(thing, action, {}, ME)
        instrument: Any = self.bench.thing(thing)
        assert instrument.begun.wait(PATIENCE_S)
        return invocation

    def aside(self, call: Callable[[], object]) -> list[object]:
        """Call in a thread; what comes of it will be in the list."""
        found: list[object] = []

        def work() -> None:
            try:
                found.append(call())
            except Exception as error:
                found.append(error)

        self._threads.append(threading.Thread(target=work))
        self._threads[-1].start()
        return found

    def in_line(self, many: int = 1) -> None:
        """Wait until so many wait for the axis."""
        registry = self.bench._registry
        deadline_s = time.monotonic() + PATIENCE_S
        with registry.changed:
            while sum(self.axis.lock in each for each in registry.waiting.values()) < many:
                assert time.monotonic() < deadline_s
                registry.changed.wait(0.005)  # nobody is told when one begins to wait

    def join(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE_S)
            assert not thread.is_alive()

    def close(self) -> None:
        for thing in (self.axis, self.scanner):
            thing.go.set()
            thing.leave.set()
            thing.answer.set()
        self.bench.close()
        self.join()


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    yield rig
    rig.close()


@pytest.mark.parametrize("how", ["write", "reset"])
def test_a_write_that_waits_when_all_is_stopped_is_refused(rig: Rig, how: str) -> None:
    hold = rig.start("axis", "hold")
    if how == "write":
        written = rig.aside(lambda: rig.bench.write("axis", "position", 9.0, ME))
    else:
        written = rig.aside(lambda: rig.bench.reset("axis", "position", ME))
    rig.in_line()

    rig.bench.stop_all()
    rig.join()  # while the run it waited for is still cleaning up

    assert [type(each) for each in written] == [StoppedError]
    rig.axis.go.set()
    assert hold.wait_ended(PATIENCE_S)
    assert rig.axis.moves == ["stop"]
    rig.bench.write("axis", "position", 3.0, ME)
    assert rig.axis.moves == ["stop", 3.0]  # what is asked for anew is done


def test_a_write_is_refused_where_all_is_stopped_while_it_is_judged(rig: Rig) -> None:
    rig.axis.answer.clear()
    written = rig.aside(lambda: rig.bench.write("axis", "position", 9.0, ME))
    assert rig.axis.asked.wait(PATIENCE_S)

    rig.bench.stop_all()
    rig.axis.answer.set()
    rig.join()

    assert [type(each) for each in written] == [StoppedError]
    assert rig.axis.moves == ["stop"]


def test_a_run_is_refused_where_all_is_stopped_while_it_is_judged(rig: Rig) -> None:
    rig.axis.answer.clear()
    started = rig.aside(lambda: rig.bench.start("axis", "move_safely", {}, ME))
    assert rig.axis.asked.wait(PATIENCE_S)

    rig.bench.stop_all()
    rig.axis.answer.set()
    rig.join()

    assert [type(each) for each in started] == [StoppedError]
    assert rig.axis.moves == ["stop"]


def test_a_run_that_waits_to_write_to_another_thing_is_cancelled_and_writes_nothing(
    rig: Rig,
) -> None:
    rig.start("axis", "hold")
    put = rig.start("scanner", "put")
    rig.in_line()

    rig.bench.stop_all()

    assert put.wait_ended(PATIENCE_S)
    assert put.status is InvocationStatus.CANCELLED
    assert rig.axis.moves == ["stop"]


@pytest.mark.parametrize("what", ["write", "reset", "invoke"])
def test_what_waits_for_a_worker_when_all_is_stopped_is_not_begun(rig: Rig, what: str) -> None:
    handle: Any = LocalBench(rig.bench).things["axis"]
    go = threading.Event()
    taken = [rig.bench.workers.of("axis").submit(go.wait, PATIENCE_S) for _ in range(2)]
    asks: dict[str, Callable[[], Any]] = {
        "write": lambda: handle.write("position", 9.0),
        "reset": lambda: handle.reset("position"),
        "invoke": lambda: handle.invoke("move"),
    }

    async def ask() -> None:
        asked = asyncio.ensure_future(asks[what]())
        await asyncio.sleep(0)  # it has been asked, and waits for a worker
        rig.bench.stop_all()
        go.set()
        with pytest.raises(StoppedError):
            await asked

    asyncio.run(ask())

    assert all(each.result(PATIENCE_S) for each in taken)
    assert rig.axis.moves == ["stop"]


@pytest.mark.parametrize("how", ["write", "reset"])
def test_nothing_is_written_any_more_while_the_bench_closes(rig: Rig, how: str) -> None:
    rig.start("axis", "hold")
    waiting = rig.aside(lambda: rig.bench.write("axis", "position", 9.0, ME))
    rig.in_line()
    rig.scanner.leave.clear()
    closing = rig.aside(lambda: rig.bench.close(PATIENCE_S))
    assert rig.axis.stopped_holding.wait(PATIENCE_S)
    rig.axis.go.set()
    assert rig.scanner.being_left.wait(PATIENCE_S)

    late = rig.aside(
        lambda: (
            rig.bench.write("axis", "position", 7.0, ME)
            if how == "write"
            else rig.bench.reset("axis", "position", ME)
        )
    )
    rig.scanner.leave.set()
    rig.join()
    assert [type(each) for each in (*waiting, *late)] == [ClosingError, ClosingError]
    assert closing == [[]]
    assert rig.axis.moves == ["stop", "exit"]


def test_all_is_stopped_where_no_thread_is_to_be_had(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    asker = threading.current_thread()
    stopped_in: list[threading.Thread] = []
    rig.axis.stop = lambda: stopped_in.append(threading.current_thread())
    run = rig.start("scanner", "put")

    def refuse(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        reports = rig.bench.stop_all_soon().result(PATIENCE_S)

    assert [(each.thing, each.answered) for each in reports] == [("axis", True), ("scanner", True)]
    assert [thread is asker for thread in stopped_in] == [False]
    assert run.wait_ended(PATIENCE_S)
