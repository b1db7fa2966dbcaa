"""STOP ALL with everything taken: workers, limit and locks, one run deaf and one Thing mute."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.errors import TooManyInvocationsError
from app.fair_workers import THREADS
from app.handles import InvocationStatus, Origin, OriginKind
from app.local import LocalBench
from app.server.settings import ServerSettings
from app.server.thread import ServerThread

# A bench file names its classes by module; this one lies beside the tests.
sys.path.append(str(Path(__file__).parent))

PATIENCE_S = 60.0
LIMIT = 12
NAMES = ("left", "right", "mute")
ME = Origin(OriginKind.SCRIPT, "a test")

Reports = Sequence[dict[str, Any]]


class Taken:
    """A bench of which nothing is free."""

    def __init__(self) -> None:
        things = tuple(ThingSpec(name, "saturated_things:Arm") for name in NAMES)
        self.bench = Bench(BenchSpec("Taken", things), limit=LIMIT, stuck_after_s=0.05)
        self.bench.open()
        self.things: dict[str, Any] = {name: self.bench.thing(name) for name in NAMES}
        self.things["mute"].answers = False
        self.server = ServerThread(self.bench, ServerSettings(port=0))
        self.server.start()
        self.http = httpx.Client(base_url=self.server.url, timeout=PATIENCE_S)
        left = self.things["left"]
        for _ in range(THREADS):
            self.bench.workers.submit(lambda: left.level)
        for _ in range(THREADS):
            assert left.reads.acquire(timeout=PATIENCE_S)
        self.deaf = self.bench.invoke("right", "deaf", {}, ME)
        assert self.things["right"].began.acquire(timeout=PATIENCE_S)
        self.heeding = [
            self.bench.invoke(NAMES[number % 2], "move", {}, ME) for number in range(LIMIT - 1)
        ]
        for name in NAMES[:2]:
            assert self.things[name].began.acquire(timeout=PATIENCE_S)

    def by_the_window(self) -> Reports:
        reports = asyncio.run(LocalBench(self.bench).stop_all())
        return [
            {"thing": each.thing, "answered": each.answered, "reason": each.reason}
            for each in reports
        ]

    def by_a_client(self) -> Reports:
        things: Reports = self.http.post("/stop").raise_for_status().json()["things"]
        return things

    def by_a_script(self) -> Reports:
        return [
            {"thing": each.thing, "answered": each.answered, "reason": each.reason}
            for each in self.bench.stop_all()
        ]

    def close(self) -> None:
        for thing in self.things.values():
            thing.go_on.set()
        self.http.close()
        self.server.stop()
        self.bench.close()


@pytest.fixture
def taken() -> Iterator[Taken]:
    made = Taken()
    yield made
    made.close()


@pytest.mark.parametrize(
    "stop",
    [Taken.by_the_window, Taken.by_a_client, Taken.by_a_script],
    ids=["window", "client", "script"],
)
def test_with_everything_taken_everything_is_stopped(
    taken: Taken, stop: Callable[[Taken], Reports]
) -> None:
    with pytest.raises(TooManyInvocationsError):
        taken.bench.invoke("left", "move", {}, ME)

    reports = {each["thing"]: each for each in stop(taken)}

    assert {name: thing.stops for name, thing in taken.things.items()} == dict.fromkeys(NAMES, 1)
    assert {name: report["answered"] for name, report in reports.items()} == {
        "left": True,
        "right": True,
        "mute": False,
    }
    assert reports["mute"]["reason"] == "did not answer"
    for run in taken.heeding:
        assert run.wait_ended(PATIENCE_S)
        assert run.status is InvocationStatus.CANCELLED
    assert taken.deaf.status is InvocationStatus.RUNNING
    assert taken.deaf.snapshot().cancel_requested
    assert taken.bench.actions.active == [taken.deaf]
    again = taken.bench.invoke("left", "move", {}, ME)
    assert taken.things["left"].began.acquire(timeout=PATIENCE_S), "there is room again"
    again.cancel()
    assert again.wait_ended(PATIENCE_S)
