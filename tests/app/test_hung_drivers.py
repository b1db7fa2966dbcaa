"""A driver that never returns, wherever: others work, it is said, and the bench can be closed."""

from __future__ import annotations

import asyncio
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import httpx
import pytest

import app.bench as bench_module
import app.thing_life as life_module
from app.actions.events import InvocationProgressed
from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.errors import ClosingError
from app.handles import InvocationStatus, Origin, OriginKind
from app.local import LocalBench
from app.server.settings import ServerSettings
from app.server.thread import ServerThread
from app.stopping import in_own_thread
from things import ThingState
from things.errors import BusyError

# A bench file names its classes by module; this one lies beside the tests.
sys.path.append(str(Path(__file__).parent))

PATIENCE_S = 60.0
ME = Origin(OriginKind.SCRIPT, "a test")
WAYS = ("window", "network", "script")


class Rig:
    """A bench with a Thing that hangs and one that does not, and three ways to ask."""

    def __init__(self, where: str) -> None:
        path = "hanging_drivers:Hanging"
        things = ThingSpec("bad", path, args={"where": where}), ThingSpec("good", path)
        self.bench = Bench(BenchSpec("Hanging", things), stuck_after_s=0.05, write_wait_s=0.05)
        self.bench.open()
        self._handle = LocalBench(self.bench)
        self._server = ServerThread(self.bench, ServerSettings(port=0))
        self._server.start()
        self._http = httpx.Client(base_url=self._server.url, timeout=PATIENCE_S)

    @property
    def bad(self) -> Any:
        thing = self.bench.entry("bad").thing
        assert thing is not None
        return thing

    def heal(self) -> None:
        self.bad.where = ""
        self.bad.go_on.set()

    def ask(self, way: str, thing: str, what: str) -> Future[Any]:
        """Read, set or reset the level, in a thread of its own, or start the action."""
        call: Callable[[], Any] = {
            "window": lambda: asyncio.run(self._by_handle(thing, what)),
            "network": lambda: self._over_http(thing, what),
            "script": lambda: self._by_bench(thing, what),
        }[way]
        return in_own_thread(call)

    async def _by_handle(self, name: str, what: str) -> Any:
        thing = self._handle.things[name]
        calls = {
            "getter": lambda: thing.read("level"),
            "setter": lambda: thing.write("level", 2.0),
            "resetter": lambda: thing.reset("level"),
            "action": lambda: thing.invoke("work"),
        }
        return await calls[what]()

    def _over_http(self, name: str, what: str) -> Any:
        answer = {
            "getter": lambda: self._http.get(f"/{name}/level"),
            "setter": lambda: self._http.put(f"/{name}/level", json=2.0),
            "resetter": lambda: self._http.post(f"/{name}/level/reset"),
            "action": lambda: self._http.post(f"/{name}/work"),
        }[what]()
        if answer.status_code == 409:
            raise BusyError(name, answer.json()["detail"])
        return answer.raise_for_status().json()

    def _by_bench(self, name: str, what: str) -> Any:
        return {
            "getter": lambda: self.bench.read(name, "level"),
            "setter": lambda: self.bench.write(name, "level", 2.0, ME),
            "resetter": lambda: self.bench.reset(name, "level", ME),
            "action": lambda: self.bench.invoke(name, "work", {}, ME),
        }[what]()

    def others_work(self) -> None:
        """Everything that can be asked of the other Thing, all three ways."""
        for way in WAYS:
            for what in ("getter", "setter", "resetter", "action"):
                self.ask(way, "good", what).result(PATIENCE_S)
        for invocation in self.bench.actions.invocations:
            if invocation.thing_name == "good":
                assert invocation.wait_ended(PATIENCE_S)
                assert invocation.status is InvocationStatus.COMPLETED

    def close(self) -> None:
        thing = self.bench.entry("bad").thing
        if thing is not None:
            thing.go_on.set()  # type: ignore[attr-defined]  # of the test's class
        self._http.close()
        self._server.stop()
        self.bench.close()


@pytest.fixture
def rig(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Rig]]:
    # Less patience than usual, that the tests may be quick.
    for name in ("STOP_ANSWER_S", "WORKERS_WAIT_S"):
        monkeypatch.setattr(bench_module, name, 0.3)
    for name in ("STARTING_WAIT_S", "STOP_WAIT_S", "ENTER_WAIT_S", "EXIT_WAIT_S"):
        monkeypatch.setattr(life_module, name, 0.3)
    rigs: list[Rig] = []

    def make(where: str) -> Rig:
        rigs.append(Rig(where))
        return rigs[-1]

    yield make
    for each in rigs:
        each.close()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("where", ["getter", "setter", "resetter"])
def test_a_property_that_hangs_keeps_no_other_thing_waiting_and_works_again_afterwards(
    rig, way, where
):
    rigged = rig(where)

    hanging = rigged.ask(way, "bad", where)
    assert rigged.bad.hangs.wait(PATIENCE_S)
    rigged.others_work()
    assert not hanging.done()
    if where != "getter":  # who sets it holds the Thing
        with pytest.raises(BusyError, match="Level being"):
            rigged.ask(way, "bad", "setter").result(PATIENCE_S)
    rigged.heal()

    hanging.result(PATIENCE_S)
    rigged.ask(way, "bad", where).result(PATIENCE_S)


@pytest.mark.parametrize("way", WAYS)
def test_an_action_that_hangs_is_stuck_keeps_no_other_waiting_and_the_next_one_works(rig, way):
    rigged = rig("action")
    stuck = threading.Event()

    def look() -> None:
        for event in mailbox.take():
            if isinstance(event, InvocationProgressed) and event.snapshot.stuck:
                stuck.set()

    mailbox = rigged.bench.bus.subscribe(look)
    rigged.ask(way, "bad", "action").result(PATIENCE_S)
    assert rigged.bad.hangs.wait(PATIENCE_S)
    (hanging,) = rigged.bench.actions.active
    hanging.cancel()
    assert stuck.wait(PATIENCE_S)
    rigged.others_work()
    with pytest.raises(BusyError, match="Work on bad"):
        rigged.ask(way, "bad", "setter").result(PATIENCE_S)
    rigged.ask(way, "bad", "getter").result(PATIENCE_S)
    rigged.ask(way, "bad", "action").result(PATIENCE_S)
    waiting = next(each for each in rigged.bench.actions.active if each is not hanging)
    rigged.heal()

    assert hanging.wait_ended(PATIENCE_S)
    assert waiting.wait_ended(PATIENCE_S)
    assert waiting.result == 5
    mailbox.close()


@pytest.mark.parametrize("where", ["getter", "setter", "action", "exit", "stop"])
def test_whatever_hangs_the_bench_closes_names_it_and_leaves_the_others(rig, where):
    rigged = rig(where)
    bad, good = rigged.bad, rigged.bench.thing("good")
    if where in ("getter", "setter", "action"):
        rigged.ask("script", "bad", where)
        assert bad.hangs.wait(PATIENCE_S)

    named = rigged.bench.close(0.3)

    said = {"action": ["Work on bad"], "exit": ["leaving bad"], "stop": ["stopping bad"]}
    assert named == said.get(where, [])
    assert good.left
    assert bad.left is (where != "exit")
    with pytest.raises(ClosingError):
        rigged.bench.actions.invoke_action(type(good)._affordances["work"], good)


def test_one_that_hangs_while_it_begins_is_left_alone_and_ready_when_it_comes(rig):
    rigged = rig("enter")
    assert rigged.bench.entry("bad").state is not ThingState.READY

    rigged.others_work()
    rigged.heal()

    ready = threading.Event()
    mailbox = rigged.bench.bus.subscribe(ready.set)
    while rigged.bench.entry("bad").state is not ThingState.READY:
        assert ready.wait(PATIENCE_S)
        ready.clear()
        mailbox.take()
    assert rigged.ask("script", "bad", "getter").result(PATIENCE_S).value == 1.0


def test_a_reconnect_that_hangs_keeps_no_other_thing_waiting(rig):
    rigged = rig("reconnect")
    rigged.bench.entry("bad").lost("the cable is out")

    hanging = in_own_thread(lambda: rigged.bench.reconnect("bad"))
    assert rigged.bad.hangs.wait(PATIENCE_S)
    rigged.others_work()
    rigged.heal()

    hanging.result(PATIENCE_S)
    assert rigged.ask("script", "bad", "getter").result(PATIENCE_S).value == 1.0
