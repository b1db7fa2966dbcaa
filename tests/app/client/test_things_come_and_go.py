"""Things that are added and taken off while a remote window looks on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.client.remote_bench import RemoteBench
from app.server.settings import ServerSettings
from app.server.thread import ServerThread
from things.events import Event, ThingAdded, ThingRemoved, ThingState

WAIT_S = 20.0
BATH = ThingSpec("bath", "things.simulated.thermostat:Thermostat", title="Water bath")


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Bench(BenchSpec("Bench", ())) as made:
        yield made


@pytest.fixture
def remote(bench: Bench) -> Iterator[RemoteBench]:
    server = ServerThread(bench, ServerSettings(port=0))
    server.start()
    found = RemoteBench(server.url).open()
    yield found
    found.close()
    server.stop()


@pytest.fixture
def wait_for(remote: RemoteBench) -> Iterator[Callable[[Callable[[list[Event]], Any]], None]]:
    """Waits until what came so far satisfies a condition."""
    came: list[Event] = []
    woken = threading.Event()
    mailbox = remote.subscribe(woken.set)

    def wait(condition: Callable[[list[Event]], Any]) -> None:
        while True:
            came.extend(mailbox.take())
            if condition(came):
                return
            assert woken.wait(WAIT_S), f"it never came; there was {came}"
            woken.clear()

    yield wait
    mailbox.close()


def test_a_thing_added_later_is_seen_with_its_panel_and_its_values(
    bench: Bench, remote: RemoteBench, wait_for: Callable[[Callable[[list[Event]], Any]], None]
) -> None:
    assert dict(remote.things) == {}
    bench.add(BATH)

    wait_for(lambda came: any(isinstance(each, ThingAdded) for each in came))
    bath = remote.things["bath"]
    wait_for(lambda _came: bath.state is ThingState.READY)
    assert bath.title == "Water bath"
    assert "temperature" in bath.describe()["properties"]


def test_one_taken_off_is_gone_and_its_old_handle_says_so(
    bench: Bench, remote: RemoteBench, wait_for: Callable[[Callable[[list[Event]], Any]], None]
) -> None:
    bench.add(BATH)
    wait_for(lambda _came: "bath" in remote.things)
    bath = remote.things["bath"]
    bench.remove("bath")

    wait_for(lambda came: any(isinstance(each, ThingRemoved) for each in came))
    assert "bath" not in remote.things
    assert bath.state is ThingState.CLOSED
    assert bath.reason == "it is not on the bench any more"
