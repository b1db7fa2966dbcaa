"""Two Things on a bench that is served, and three ways to them: for `test_racing`."""

from __future__ import annotations

import asyncio
import json
import queue
import threading
import time
from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

import httpx

from app.actions import Invocation
from app.actions.events import InvocationChanged
from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.errors import StoppedError
from app.event_bus import Mailbox
from app.handles import Origin, OriginKind
from app.local import LocalBench
from app.server.settings import ServerSettings
from app.server.thread import ServerThread
from things.errors import BusyError
from things.events import PropertyChanged

if TYPE_CHECKING:
    from tests.app.actions.racing_model import Op

WAYS = ("window", "network", "script")
PATIENCE_S = 60.0
BUSY_S = 0.02
ME = Origin(OriginKind.SCRIPT, "a test")


class Arena:
    """The two Things on a bench, and three ways to them."""

    def __init__(self, names: Sequence[str]) -> None:
        spec = BenchSpec(
            "Racing",
            tuple(
                ThingSpec(name, "racing_things:Peer", slots={"other": other})
                for name, other in zip(names, reversed(names), strict=True)
            ),
        )
        self.bench = Bench(spec, write_wait_s=BUSY_S)
        self.bench.open()
        self.things: dict[str, Any] = {name: self.bench.thing(name) for name in names}
        self.window = LocalBench(self.bench)
        self.server = ServerThread(self.bench, ServerSettings(port=0))
        self.server.start()
        self.http = httpx.Client(base_url=self.server.url, timeout=PATIENCE_S)
        self.runs: dict[int, Invocation] = {}
        self.refused: set[int] = set()
        self.writes: dict[int, str] = {}
        self._moved = threading.Event()
        self._told = self.bench.bus.subscribe(self._moved.set)
        self.heard = [self.bench.bus.subscribe(_nothing, backlog=10**6) for _ in range(2)]
        self.heard_far: queue.SimpleQueue[int] = queue.SimpleQueue()
        self._loop = asyncio.new_event_loop()
        self._threads = [
            threading.Thread(target=work, daemon=True)
            for work in (self._loop.run_forever, self._listen)
        ]
        for thread in self._threads:
            thread.start()
        assert self.heard_far.get(timeout=PATIENCE_S) == 0  # it listens

    def close(self) -> None:
        self.server.stop()
        self.http.close()
        self.bench.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        for thread in self._threads:
            thread.join(PATIENCE_S)
        self._loop.close()

    def do(self, op: Op, way: str) -> None:
        """Do it as the window, the network or a script does."""
        what, *about = op
        match what, way:
            case "start", _:
                self._start(way, *about)
            case "let go", _:
                for thing in self.things.values():
                    gate = thing.gates.get(self.runs[about[0]].id)
                    if gate is not None:
                        gate.set()
            case "cancel", "window":
                self._in_window(self.window.cancel(self.runs[about[0]].id))
            case "cancel", "network":
                answer = self.http.delete(f"/action_invocations/{self.runs[about[0]].id}")
                assert answer.status_code in (200, 503), answer.text
            case "cancel", _:
                self.bench.actions.cancel(self.runs[about[0]].id)
            case "stop", "window":
                self._in_window(self.window.stop_all())
            case "stop", "network":
                assert self.http.post("/stop").status_code == 200
            case "stop", _:
                self.bench.stop_all()
            case "write", _:
                self.writes[about[0]] = self._write(about[0], about[1], way)

    def clear(self) -> None:
        """Let every run end, however things stand."""
        while any(run.parent is None for run in self.bench.actions.active):
            self.bench.actions.cancel_all()
            for thing in self.things.values():
                for gate in list(thing.gates.values()):
                    gate.set()
            self._moved.wait(0.01)
            self._moved.clear()
            self._told.take()
        for mailbox in self.heard:
            mailbox.take()

    def heard_between(self, first: int, last: int) -> Iterator[int]:
        """The numbers from one to another that a client hears of; waits for the last."""
        number = 0
        while number != last:
            number = self.heard_far.get(timeout=PATIENCE_S)
            if number >= first:
                yield number

    def at_rest(self) -> None:
        """Wait until every run has ended, pauses, or waits for one that does."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not self._rests():
            self._moved.wait(0.002)
            self._moved.clear()
            self._told.take()
            assert time.monotonic() < deadline_s, self.stands()

    def stands(self) -> dict[int, str]:
        """As `Model.stands`."""
        refused = dict.fromkeys(self.refused, "cancelled")
        return {**refused, **{number: self._stands(run) for number, run in self.runs.items()}}

    def _rests(self) -> bool:
        registry = self.bench._registry
        with registry.changed:
            waiting = {owner: list(locks) for owner, locks in registry.waiting.items()}
            free = {self.things[name].lock for name in self.things if self._owner(name) is None}
        for run in self.bench.actions.active:
            if run.parent is None and not self._pauses_on(run):
                locks = waiting.get(run.id, [])
                if not locks or free & set(locks) or run.cancel_event.is_set():
                    return False
        return True

    def _owner(self, name: str) -> Hashable:
        owner: Hashable = self.things[name].lock._owner
        return owner

    def _pauses_on(self, run: Invocation) -> str:
        for name, thing in self.things.items():
            gate = thing.gates.get(run.id)
            deaf = run.action_name == "deaf"
            if gate is not None and not gate.is_set() and (deaf or not run.cancel_event.is_set()):
                return name
        return ""

    def _stands(self, run: Invocation) -> str:
        if run.status.ended:
            problem = run.problem
            why = f" {problem.title}" if problem and run.status.value == "error" else ""
            return run.status.value + why
        where = self._pauses_on(run)
        return f"pauses on {where}" if where else "waits"

    def _start(self, way: str, number: int, thing: str, action: str) -> None:
        """Start a run; one that is refused since all is being stopped counts as cancelled."""
        try:
            if way == "window":
                id = self._in_window(self.window.things[thing].invoke(action)).id
            elif way == "network":
                answer = self.http.post(f"/{thing}/{action}")
                if answer.status_code == 409:
                    raise StoppedError
                assert answer.status_code == 201, answer.text
                id = UUID(answer.json()["id"])
            else:
                id = self.bench.invoke(thing, action, {}, ME).id
        except StoppedError:
            self.refused.add(number)
        else:
            self.runs[number] = self.bench.actions.get_invocation(id)

    def _write(self, value: int, thing: str, way: str) -> str:
        if way == "network":
            answer = self.http.put(f"/{thing}/level", json=value)
            return {201: "written", 409: "busy"}[answer.status_code]
        try:
            if way == "window":
                self._in_window(self.window.things[thing].write("level", value))
            else:
                self.bench.write(thing, "level", value, ME)
        except (BusyError, StoppedError):
            return "busy"
        return "written"

    def _in_window(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE_S)

    def _listen(self) -> None:
        """What a client hears: the numbers of all changes of status, as they come."""
        name = ""
        with httpx.stream("GET", f"{self.server.url}/events", timeout=None) as answer:
            for line in answer.iter_lines():
                if line.startswith("id:") and not name:
                    self.heard_far.put(0)
                    name = "up to date"
                elif line.startswith("event:"):
                    name = line.removeprefix("event: ")
                elif line.startswith("data:") and name == "invocation":
                    self.heard_far.put(json.loads(line.removeprefix("data: "))["seq"])


def _nothing() -> None:
    pass


def events_in(mailbox: Mailbox) -> list[tuple[Any, ...]]:
    """What a listener heard, without what may be conflated for one and not for another."""
    told: list[tuple[Any, ...]] = []
    for event in mailbox.take():
        if isinstance(event, InvocationChanged):
            told.append((event.seq, event.snapshot.id, event.snapshot.status))
        elif isinstance(event, PropertyChanged):
            told.append((event.thing, event.name, event.value))
    return told
