"""Whatever a driver raises, wherever: it is an error with a reason, and the next call works."""

from __future__ import annotations

import asyncio
import builtins
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.handles import InvocationStatus, Origin, OriginKind
from app.local import LocalBench
from app.server.settings import ServerSettings
from app.server.thread import ServerThread
from things import ThingState
from things.errors import ThingError

# A bench file names its classes by module; this one lies beside the tests.
sys.path.append(str(Path(__file__).parent))

KINDS = (
    "SystemExit",
    "KeyboardInterrupt",
    "GeneratorExit",
    "BaseException",
    "RecursionError",
    "MemoryError",
)
ME = Origin(OriginKind.SCRIPT, "a test")
every_kind = pytest.mark.parametrize("kind", KINDS)


class Rig:
    """A bench with a Thing that fails and one that does not, and a server."""

    def __init__(self, where: str, kind: str) -> None:
        path = "faulty_drivers:Faulty"
        args = {"where": where, "kind": kind}
        spec = BenchSpec(
            "Faults",
            (
                ThingSpec("bad", path, args=args),
                ThingSpec("good", path, slots={"neighbour": "bad"}),
            ),
        )
        self.bench = Bench(spec)
        self.bench.open()
        self._server: ServerThread | None = None
        self._http: httpx.Client | None = None

    @property
    def http(self) -> httpx.Client:
        if self._http is None:
            self._server = ServerThread(self.bench, ServerSettings(port=0))
            self._server.start()
            self._http = httpx.Client(base_url=self._server.url, timeout=30)
        return self._http

    def heal(self) -> None:
        self.bench.thing("bad").where = ""  # type: ignore[attr-defined]  # of the test's class

    def run(self, thing: str, action: str) -> Any:
        invocation = self.bench.invoke(thing, action, {}, ME)
        assert invocation.wait_ended(30)
        return invocation

    def close(self) -> None:
        if self._http is not None:
            self._http.close()
        if self._server is not None:
            self._server.stop()
        self.bench.close()


@pytest.fixture
def rig() -> Iterator[Callable[[str, str], Rig]]:
    rigs: list[Rig] = []

    def make(where: str, kind: str) -> Rig:
        rigs.append(Rig(where, kind))
        return rigs[-1]

    yield make
    for each in rigs:
        each.close()


@every_kind
def test_an_action_ends_as_error_with_the_reason_and_the_next_works(rig, kind):
    rigged = rig("action", kind)

    failed = rigged.run("bad", "work")
    rigged.heal()
    worked = rigged.run("bad", "work")

    assert failed.status is InvocationStatus.ERROR
    assert failed.problem is not None
    assert failed.problem.title == kind
    assert failed.problem.detail
    assert (worked.status, worked.result) == (InvocationStatus.COMPLETED, 5)


@every_kind
@pytest.mark.parametrize("way", ["window", "network"])
def test_whoever_asked_for_it_an_action_ends_as_error_and_the_next_works(rig, kind, way):
    rigged = rig("action", kind)
    handle = LocalBench(rigged.bench).things["bad"]

    def run() -> Any:
        if way == "window":
            id = asyncio.run(handle.invoke("work")).id
        else:
            id = UUID(rigged.http.post("/bad/work").raise_for_status().json()["id"])
        invocation = rigged.bench.actions.get_invocation(id)
        assert invocation.wait_ended(30)
        return invocation.snapshot()

    failed = run()
    rigged.heal()
    worked = run()

    assert (failed.status, failed.error.title) == (InvocationStatus.ERROR, kind)
    assert (worked.status, worked.output) == (InvocationStatus.COMPLETED, 5)


@every_kind
def test_through_a_slot_parent_and_child_end_as_error_and_both_things_are_free(rig, kind):
    rigged = rig("action", kind)

    failed = rigged.run("good", "ask_the_other")
    statuses = {each.status for each in rigged.bench.actions.invocations}
    rigged.heal()

    assert statuses == {InvocationStatus.ERROR}
    assert failed.problem.title == kind
    assert rigged.bench.thing("bad").lock.holder == ""
    assert rigged.bench.thing("good").lock.holder == ""
    assert rigged.run("good", "ask_the_other").result == 6.0


@every_kind
@pytest.mark.parametrize(
    ("where", "action"), [("getter", "ask_the_other"), ("setter", "set_the_other")]
)
def test_a_property_used_through_a_slot_fails_the_action_and_nothing_else(rig, kind, where, action):
    rigged = rig(where, kind)

    failed = rigged.run("good", action)
    rigged.heal()

    assert failed.status is InvocationStatus.ERROR
    assert kind in f"{failed.problem.title} {failed.problem.detail}"
    assert rigged.run("good", action).status is InvocationStatus.COMPLETED


@every_kind
def test_a_thread_of_an_action_takes_nobody_along(rig, kind, monkeypatch):
    # What falls out of a thread is printed, which pytest takes for a warning.
    fell: list[str] = []
    monkeypatch.setattr("threading.excepthook", lambda args: fell.append(args.exc_type.__name__))
    rigged = rig("thread", kind)

    assert rigged.run("bad", "work_beside").result == 6

    assert fell == [kind]


@every_kind
@pytest.mark.parametrize("where", ["getter", "setter", "resetter"])
def test_over_http_a_property_that_fails_is_a_500_that_says_what_and_the_server_lives(
    rig, kind, where
):
    rigged = rig(where, kind)
    calls: dict[str, Callable[[], httpx.Response]] = {
        "getter": lambda: rigged.http.get("/bad/level"),
        "setter": lambda: rigged.http.put("/bad/level", json=2.0),
        "resetter": lambda: rigged.http.post("/bad/level/reset"),
    }

    refused = calls[where]()
    rigged.heal()

    assert refused.status_code == 500
    assert kind in f"{refused.json()['title']} {refused.json()['detail']}"
    assert rigged.http.get("/good/level").json() == 1.0
    assert calls[where]().status_code in (200, 201)


@every_kind
@pytest.mark.parametrize("where", ["getter", "setter", "resetter"])
def test_the_windows_loop_hears_of_it_as_an_error_and_goes_on(rig, kind, where):
    rigged = rig(where, kind)
    handle = LocalBench(rigged.bench).things["bad"]

    async def use() -> float:
        calls = {
            "getter": lambda: handle.read("level"),
            "setter": lambda: handle.write("level", 2.0),
            "resetter": lambda: handle.reset("level"),
        }
        caught = (await asyncio.gather(calls[where](), return_exceptions=True))[0]
        assert kind in f"{type(caught).__name__} {caught}"
        rigged.heal()
        value: float = (await handle.read("level")).value
        return value

    assert asyncio.run(use()) == 1.0


@every_kind
@pytest.mark.parametrize("where", ["init", "enter"])
def test_a_thing_that_cannot_begin_is_failed_with_its_reason_and_the_others_run(rig, kind, where):
    rigged = rig(where, kind)
    bad = rigged.bench.entry("bad")

    assert bad.state is ThingState.FAILED
    assert kind in bad.reason
    assert rigged.http.get("/good/level").json() == 1.0
    assert rigged.http.get("/bad/level").status_code == 503


@every_kind
def test_an_exit_that_fails_keeps_no_other_thing_from_leaving(rig, kind):
    rigged = rig("exit", kind)
    good, bad = rigged.bench.thing("good"), rigged.bench.thing("bad")

    assert not rigged.bench.close()

    assert (good.left, bad.left) == (True, True)


@every_kind
def test_a_stop_that_fails_is_reported_and_the_others_are_stopped(rig, kind):
    rigged = rig("stop", kind)

    reports = {each["thing"]: each for each in rigged.http.post("/stop").json()["things"]}

    assert kind in reports["bad"]["reason"]
    assert reports["good"]["reason"] == ""
    assert reports["good"]["answered"]


@every_kind
def test_a_reconnect_that_fails_is_an_error_and_the_window_goes_on(rig, kind):
    rigged = rig("reconnect", kind)
    rigged.bench.entry("bad").lost("the cable is out")
    handle = LocalBench(rigged.bench).things["bad"]

    async def use() -> None:
        with pytest.raises(ThingError, match=kind):
            await handle.reconnect()
        rigged.heal()
        await handle.reconnect()

    asyncio.run(use())

    assert rigged.bench.entry("bad").state is ThingState.READY


@every_kind
def test_what_a_worker_is_given_may_raise_anything_and_the_pool_goes_on(rig, kind):
    rigged = rig("", kind)

    def fail() -> None:
        raise getattr(builtins, kind)("bang")

    async def use() -> int:
        loop = asyncio.get_running_loop()
        with suppress(Exception):
            await loop.run_in_executor(rigged.bench.workers, fail)
        with suppress(Exception):
            await loop.run_in_executor(rigged.bench.workers.of("bad"), fail)
        return await loop.run_in_executor(rigged.bench.workers.of("bad"), lambda: 7)

    assert asyncio.run(use()) == 7
