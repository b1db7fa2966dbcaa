"""When the line is cut: values are stale, and come back with the bench; nothing is lost."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from app.actions.events import InvocationChanged
from app.client import BenchUnreachableError, RemoteBench, connect
from app.client.event_feed import EventFeed
from app.client.http import HttpLink
from app.client.sse import ServerSent, events_in
from app.errors import InvocationNotFoundError
from app.handles import InvocationStatus
from app.wire import WireError
from things.errors import NotAvailableError
from things.events import PropertyChanged, PropertyFailed, ThingState, ThingStateChanged

run = asyncio.run


@pytest.fixture
def opened(serving):
    """A window's connection that tries again quickly."""
    remote = RemoteBench(serving.url, timeout_s=3, pauses_s=(0.02, 0.1)).open()
    yield remote
    remote.close()


def test_values_are_stale_while_the_server_is_gone_and_back_when_it_returns(serving, opened, until):
    demo = opened.things["demo"]
    run(demo.write("label", "before"))
    mailbox = opened.subscribe(lambda: None)
    serving.stop()
    until(lambda: demo.state is ThingState.DISCONNECTED)

    assert demo.reason.startswith("no connection to 127.0.0.1:")
    assert demo.last("label").value == "before"
    assert opened.server.note == "connection lost, trying again"
    with pytest.raises(BenchUnreachableError):
        run(demo.read("label"))
    serving.start()
    until(lambda: demo.state is ThingState.READY)

    assert opened.server.note == ""
    assert demo.last("label").value == "untitled"
    told = [
        event
        for event in mailbox.take()
        if isinstance(event, (ThingStateChanged, PropertyChanged)) and event.thing == "demo"
    ]
    states = [event.state for event in told if isinstance(event, ThingStateChanged)]
    assert states[-1] is ThingState.READY
    assert ThingState.DISCONNECTED in states
    back = max(
        index for index, event in enumerate(told) if getattr(event, "state", "") == states[-1]
    )
    assert any(getattr(event, "value", "") == "untitled" for event in told[:back])


def test_what_cannot_be_read_after_a_restart_stays_stale(serving, opened, until):
    demo = opened.things["demo"]
    mailbox = opened.subscribe(lambda: None)
    opened._mirror.note("demo", "broken", run(demo.read("label")))
    serving.stop()
    until(lambda: demo.state is not ThingState.READY)
    serving.start()
    until(lambda: demo.state is ThingState.READY)

    told: list[PropertyFailed] = []

    def failures():
        told.extend(event for event in mailbox.take() if isinstance(event, PropertyFailed))
        return any("started anew" in event.reason for event in told)

    until(failures)
    assert {event.name for event in told} == {"broken"}
    assert demo.last("label").value == "untitled"


def test_what_happened_while_the_line_was_cut_is_told_afterwards(serving, opened, until):
    demo = opened.things["demo"]
    mailbox = opened.subscribe(lambda: None)
    running = run(demo.invoke("slow_count", {"n": 30, "dt": 0.05}))
    until(lambda: any(each.id == running.id for each in opened.invocations()))
    serving.server.stop()
    until(lambda: not opened.connected)

    inside = serving.bench.thing("demo")
    inside.label = "meanwhile"
    serving.bench.actions.cancel(running.id)
    assert serving.bench.actions.get_invocation(running.id).wait_ended(10)
    serving.serve()
    until(lambda: opened.connected)

    until(lambda: demo.last("label").value == "meanwhile")
    events = mailbox.take()
    assert any(getattr(event, "value", None) == "meanwhile" for event in events)
    ends = [
        event.snapshot.status
        for event in events
        if isinstance(event, InvocationChanged) and event.snapshot.id == running.id
    ]
    assert ends[-1] is InvocationStatus.CANCELLED


def test_after_a_short_cut_every_event_comes_once_and_in_order(serving, opened, until):
    demo = opened.things["demo"]
    mailbox = opened.subscribe(lambda: None)
    stop = threading.Event()

    def count():
        inside = serving.bench.thing("demo")
        for value in range(1, 101):
            inside.counter = value
            if stop.wait(0.005):
                return

    counting = threading.Thread(target=count)
    counting.start()
    for _ in range(4):
        time.sleep(0.08)
        cut(opened)
    counting.join()
    until(lambda: demo.last("counter").value == 100)

    values = [
        event.value
        for event in mailbox.take()
        if isinstance(event, PropertyChanged) and event.name == "counter"
    ]
    assert values == list(range(1, 101))


def cut(remote):
    """Cut the line of the events, as a network does."""
    from app.client import event_feed

    answer = remote._feed._answer
    if answer is not None:
        event_feed._cut(answer)


def test_a_run_that_the_bench_forgot_ends_as_not_known(serving, opened, until):
    running = run(opened.things["probe"].invoke("hold"))
    until(lambda: any(each.id == running.id for each in opened.invocations()))
    serving.server.stop()
    until(lambda: not opened.connected)
    serving.bench.close()

    serving.start()
    until(lambda: opened.connected)

    (known,) = [each for each in opened.invocations() if each.id == running.id]
    assert known.status is InvocationStatus.ERROR
    assert "not known" in known.error.detail


def test_reconnect_tries_the_line_at_once(serving):
    remote = RemoteBench(serving.url, timeout_s=5, pauses_s=(60.0, 60.0)).open()
    try:
        demo = remote.things["demo"]
        mailbox = remote.subscribe(lambda: None)
        serving.stop()
        deadline = time.monotonic() + 10
        while remote.connected and time.monotonic() < deadline:
            time.sleep(0.01)
        serving.start()
        began = time.monotonic()

        run(demo.reconnect())

        assert demo.state is ThingState.READY
        assert time.monotonic() - began < 40
        assert mailbox.take()
    finally:
        remote.close()


def test_reconnect_says_when_the_bench_is_still_gone(serving):
    remote = RemoteBench(serving.url, timeout_s=3, pauses_s=(60.0, 60.0)).open()
    try:
        demo = remote.things["demo"]
        serving.stop()
        deadline = time.monotonic() + 10
        while remote.connected and time.monotonic() < deadline:
            time.sleep(0.01)

        with pytest.raises(NotAvailableError, match="no connection to"):
            run(demo.reconnect())
    finally:
        remote.close()
        serving.start()


def test_a_script_that_waits_does_not_mind_a_short_cut(serving):
    with connect(serving.url, timeout_s=5) as client:
        running = client["demo"].slow_count.start(n=20, dt=0.05)
        found = []
        waiting = threading.Thread(target=lambda: found.append(running.wait()))
        waiting.start()
        serving.server.stop()
        serving.serve()
        waiting.join(20)

    assert found == [20]


def test_a_script_learns_that_the_bench_forgot_its_run(serving):
    with connect(serving.url, timeout_s=5) as client:
        running = client["demo"].slow_count.start(n=200, dt=0.05)
        serving.stop()
        serving.start()

        with pytest.raises(InvocationNotFoundError):
            running.wait()


def test_closing_leaves_no_thread_even_while_the_bench_is_gone(serving):
    before = set(threading.enumerate())
    remote = RemoteBench(serving.url).open()
    client = connect(serving.url)
    client.subscribe(lambda event: None)
    serving.server.stop()

    remote.close()
    client.close()

    left = [
        thread.name
        for thread in set(threading.enumerate()) - before
        if thread.name.startswith("remote-")
    ]
    serving.serve()
    assert left == []


def test_a_bench_that_never_was_there_is_not_opened():
    with pytest.raises(BenchUnreachableError):
        RemoteBench("http://127.0.0.1:9").open()


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_events_are_read_however_they_are_cut_into_pieces(size):
    text = (
        b": alive\n\nretry: 1000\nid: ab-1\n\n"
        b"id: ab-2\nevent: property\ndata: {\ndata: }\r\n\r\n"
        b"data:bare \xc3\xa9\n\nevent: nothing\n\nid: ab-3\nevent: late\ndata: cut off"
    )

    found = list(events_in(text[at : at + size] for at in range(0, len(text), size)))

    assert found == [
        None,
        ServerSent("message", "", "ab-1"),
        ServerSent("property", "{\n}", "ab-2"),
        ServerSent("message", "bare é", "ab-2"),
    ]


def test_an_endless_event_is_given_up(monkeypatch):
    monkeypatch.setattr("app.client.sse.MAX_EVENT_BYTES", 1000)

    with pytest.raises(WireError, match="too long"):
        list(events_in(b"x" * 100 for _ in range(100)))
    with pytest.raises(WireError, match="too long"):
        list(events_in(b"data: x\n" for _ in range(1000)))


class Follower:
    """Keeps what it is told."""

    def __init__(self):
        self.told: list[object] = []
        self.loads = 0

    def load(self):
        self.loads += 1
        return "00000000-1"

    def back(self):
        self.told.append("back")

    def received(self, event):
        self.told.append(event)

    def lost(self, error):
        self.told.append(error)


def test_a_gap_in_the_events_makes_it_look_at_everything_anew(serving, until):
    follower = Follower()
    http = HttpLink(serving.url)
    feed = EventFeed(http, follower, pauses_s=(0.02, 0.1))

    feed.start()
    # The id is of no event of this server, so that it answers 'reset'.
    until(lambda: follower.loads == 2 and follower.told)

    feed.close()
    http.close()
    assert follower.told[0] == "back"
