"""Promises about runs that are kept whoever asks: who asked, progress, the line, and memory."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.actions import InvocationStatus
from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.handles import Origin, OriginKind
from app.local import LocalBench
from app.server.settings import ServerSettings
from app.server.thread import ServerThread
from app.stopping import in_own_thread

# A bench file names its classes by module; this one lies beside the tests.
sys.path.append(str(Path(__file__).parent))

PATIENCE_S = 60.0
ME = Origin(OriginKind.SCRIPT, "a test")


class Rig:
    """Two Things, the first with the second in its slot, and a server."""

    def __init__(self) -> None:
        path = "circle_things:Link"
        first = ThingSpec("first", path, slots={"following": "second"})
        self.bench = Bench(
            BenchSpec("Promises", (first, ThingSpec("second", path))), write_wait_s=PATIENCE_S
        )
        self.bench.open()
        self.first: Any = self.bench.thing("first")
        self.window = LocalBench(self.bench)
        self.server = ServerThread(self.bench, ServerSettings(port=0))
        self.server.start()
        self.http = httpx.Client(base_url=self.server.url, timeout=PATIENCE_S)

    def close(self) -> None:
        self.first.go_on.set()
        self.http.close()
        self.server.stop()
        self.bench.close()


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    yield made
    made.close()


def test_each_run_says_who_asked_and_which_run_called_it(rig):
    ids = {
        OriginKind.WINDOW: asyncio.run(rig.window.things["first"].invoke("reach")).id,
        OriginKind.NETWORK: UUID(rig.http.post("/first/reach").json()["id"]),
        OriginKind.SCRIPT: rig.bench.invoke("first", "reach", {}, ME).id,
    }

    for kind, id in ids.items():
        run = rig.bench.actions.get_invocation(id)
        assert run.wait_ended(PATIENCE_S)
        (child,) = [each for each in rig.bench.actions.invocations if each.parent == id]
        assert run.origin.kind is kind
        assert run.parent is None
        assert (child.origin, child.root, child.thing_name) == (run.origin, id, "second")


def test_progress_comes_from_loops_and_from_threads_that_the_action_starts(rig):
    id = rig.http.post("/first/count").json()["id"]
    assert rig.first.began.wait(PATIENCE_S)

    told = rig.http.get(f"/action_invocations/{id}").json()["progress"]
    rig.first.go_on.set()

    steps = {step["label"]: step for step in told}
    assert (steps["rows"]["done"], steps["rows"]["total"]) == (3, 3)
    assert steps["rows"]["remaining_s"] == 0
    assert (steps["columns"]["done"], steps["columns"]["total"]) == (2, 4)
    assert steps["columns"]["remaining_s"] >= 0
    assert all(step["elapsed_s"] >= 0 for step in told)


def test_stopping_a_thing_never_waits_for_its_lock_also_as_an_action(rig):
    holding = rig.bench.invoke("first", "hold", {}, ME)
    assert rig.first.began.wait(PATIENCE_S)

    stopping = rig.bench.invoke("first", "stop", {}, ME)

    assert stopping.wait_ended(PATIENCE_S)
    assert stopping.status is InvocationStatus.COMPLETED
    assert holding.status is InvocationStatus.RUNNING
    assert rig.first.stops == 1


def test_one_that_waits_is_pending_and_says_for_whom(rig):
    rig.bench.invoke("first", "hold", {}, Origin(OriginKind.NETWORK, "ann"))
    assert rig.first.began.wait(PATIENCE_S)
    something = threading.Event()
    mailbox = rig.bench.bus.subscribe(something.set)
    waiting = rig.bench.invoke("first", "touch", {}, ME)
    while not waiting.snapshot().waiting_for:
        assert something.wait(PATIENCE_S)
        something.clear()
        mailbox.take()

    told = rig.http.get(f"/action_invocations/{waiting.id}").json()
    rig.first.go_on.set()

    assert told["status"] == "pending"
    assert told["waiting_for"] == "waiting for Hold on first, asked by network ann"
    assert waiting.wait_ended(PATIENCE_S)
    assert waiting.result == 1


def test_a_write_waits_as_long_as_the_settings_say(rig):
    rig.bench.invoke("first", "hold", {}, ME)
    assert rig.first.began.wait(PATIENCE_S)
    writing = in_own_thread(lambda: rig.bench.write("first", "level", 5, ME))
    something = threading.Event()
    while not rig.first.lock._queue:  # in line, though no event tells
        something.wait(0.005)
    assert not writing.done()

    rig.first.go_on.set()

    assert writing.result(PATIENCE_S).value == 5


def test_what_a_window_keeps_of_a_run_keeps_no_blob_alive(rig):
    run = rig.bench.invoke("first", "snap", {}, ME)
    assert run.wait_ended(PATIENCE_S)
    kept = rig.window.invocations()
    blob = weakref.ref(run.result.data)
    run.retention_time = 0.0
    run.join(PATIENCE_S)
    del run

    rig.bench.actions.expire_invocations()
    gc.collect()

    assert kept[0].blobs[0].media_type == "image/png"
    assert blob() is None
