from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from app.server.live_jpeg import jpeg_of
from things import Frame
from things.events import now


@contextmanager
def pushing(stream: Any, array: Any, **more: Any) -> Iterator[None]:
    """Push a picture into a stream again and again while somebody watches."""
    done = threading.Event()

    def push() -> None:
        while not done.wait(0.01):
            if stream.watched:
                stream.push(array, **more)

    thread = threading.Thread(target=push)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_browser_gets_jpeg_after_jpeg_and_the_source_rests_when_it_leaves(served):
    live = served.probe.live
    with pushing(live, np.full((20, 30), 200, np.uint8)):
        with served.http.stream("GET", "/probe/live") as answer:
            assert answer.headers["content-type"] == "multipart/x-mixed-replace; boundary=frame"
            received = b""
            for piece in answer.iter_bytes():
                received += piece
                if received.count(b"--frame\r\n") >= 5:
                    break
        assert served.until(lambda: not live.watched)
    head, _, rest = received.split(b"--frame\r\n")[1].partition(b"\r\n\r\n")
    length = int(dict(line.split(b": ") for line in head.split(b"\r\n"))[b"Content-Length"])
    picture = Image.open(io.BytesIO(rest[:length]))

    assert picture.size == (30, 20)
    assert abs(int(np.asarray(picture)[5, 5]) - 200) <= 2


def test_head_of_a_stream_watches_nothing(served):
    answer = served.http.head("/probe/live")

    assert answer.status_code == 200
    assert not served.probe.live.watched


def test_a_snapshot_is_one_jpeg_whose_levels_are_those_of_the_picture(served):
    dim = np.full((64, 64), 400, np.uint16)
    dim[:, 32:] = 1400
    with pushing(served.probe.live, dim, full_scale=65535.0):
        answer = served.http.get("/probe/live/snapshot")

    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "no-store"
    seen = np.asarray(Image.open(io.BytesIO(answer.content)))
    assert seen[5, 5] < 20
    assert seen[5, 60] > 235
    assert served.until(lambda: not served.probe.live.watched)


def test_a_stream_without_frames_is_503(served, monkeypatch):
    monkeypatch.setattr("app.server.live_routes._FIRST_FRAME_S", 0.1)

    assert served.http.get("/probe/live/snapshot").status_code == 503
    assert not served.probe.live.watched


def test_a_frame_is_encoded_once_for_all_who_watch(served, monkeypatch):
    encoded: list[int] = []

    def counting(frame: Frame) -> bytes:
        encoded.append(frame.number)
        return jpeg_of(frame)

    monkeypatch.setattr("app.server.live_routes.jpeg_of", counting)
    received = [0] * 5

    def watch(index: int) -> None:
        with httpx.stream("GET", f"{served.url}/probe/live", timeout=10) as answer:
            for piece in answer.iter_bytes():
                received[index] += piece.count(b"--frame")
                if received[index] > 10:
                    return

    with pushing(served.probe.live, np.zeros((8, 8), np.uint8)):
        watchers = [threading.Thread(target=watch, args=(index,)) for index in range(5)]
        for watcher in watchers:
            watcher.start()
        for watcher in watchers:
            watcher.join(20)

    assert min(received) > 10
    assert len(encoded) == len(set(encoded))


class Events:
    """A reader of server-sent events."""

    def __init__(self, served: Any, path: str, last: str = "") -> None:
        headers = {"last-event-id": last} if last else {}
        self._http = httpx.Client(base_url=served.url, timeout=10)
        self._context = self._http.stream("GET", path, headers=headers)
        self.answer = self._context.__enter__()
        self._lines = self.answer.iter_lines()

    def __enter__(self) -> Events:
        return self

    def __exit__(self, *_: object) -> None:
        self._context.__exit__(None, None, None)
        self._http.close()

    def next(self) -> dict[str, str]:
        """The next block, as its fields."""
        fields: dict[str, str] = {}
        for line in self._lines:
            if not line and fields:
                return fields
            if line and not line.startswith(":"):
                name, _, value = line.partition(": ")
                fields[name] = value
        raise AssertionError("the stream ended")

    def until(self, event: str, **wanted: Any) -> tuple[dict[str, str], Any]:
        while True:
            block = self.next()
            if block.get("event") != event:
                continue
            data = json.loads(block["data"])
            if all(data.get(key) == value for key, value in wanted.items()):
                return block, data


def test_everything_that_happens_is_told(served):
    with Events(served, "/events") as events:
        assert events.answer.headers["content-type"].startswith("text/event-stream")
        served.http.put("/probe/counter", json=5)
        _, changed = events.until("property", thing="probe", name="counter")
        invocation = served.run("wait", {"seconds": 0.05}, wait=False)
        statuses = []
        while "completed" not in statuses:
            _, told = events.until("invocation", id=invocation["id"])
            statuses.append(told["status"])
        served.probe.overheated.emit(81.5)
        _, emitted = events.until("event", name="overheated")

    assert changed["value"] == 5
    assert statuses == ["pending", "running", "completed"]
    assert emitted["data"] == 81.5


def test_a_file_that_is_told_of_has_the_address_that_answers_give_it(keeping_at, tmp_path):
    kept = keeping_at(tmp_path, prefix="/lab")
    with Events(kept, "/lab/events") as events:
        id = kept.http.post("/lab/archive", json={"name": "cells"}).json()["id"]
        file = kept.http.put(f"/lab/archive/{id}/content", content=b"cells").json()
        _, told = events.until("fileKept")

    assert told["file"]["uri"] == file["uri"]
    assert kept.http.get(told["file"]["uri"]).text == "cells"


def test_why_something_waits_and_how_far_it_is_is_told(served):
    with Events(served, "/events") as events:
        first = served.run("wait", {"seconds": 0.4}, wait=False)
        _, told = events.until("progress", id=first["id"])
        assert told["progress"][0]["label"] == "steps"
        second = served.run("wait", {"seconds": 0.01}, wait=False)
        _, waiting = events.until("progress", id=second["id"])

    assert "Wait on probe" in waiting["waiting_for"]


def test_who_comes_back_gets_what_was_missed_in_order(served):
    with Events(served, "/events") as events:
        served.http.put("/other/counter", json=1)
        block, _ = events.until("property", thing="other", name="counter", value=1)
    for value in (2, 3, 4):
        served.http.put("/other/counter", json=value)

    with Events(served, "/events", block["id"]) as events:
        values = [
            events.until("property", thing="other", name="counter")[1]["value"] for _ in range(3)
        ]

    assert values == [2, 3, 4]


@pytest.mark.parametrize("last", ["00000000-5", "nonsense", "5", "{boot}-999999999"])
def test_who_comes_back_too_late_is_told_to_look_at_everything_anew(served, last):
    with Events(served, "/events") as events:
        boot = events.next()["id"].split("-")[0]

    with Events(served, "/events", last.format(boot=boot)) as events:
        assert events.next()["event"] == "reset"


def test_what_is_kept_for_those_who_come_back_is_bounded():
    from app.event_bus import EventBus
    from app.server.event_feed import KEPT_ENTRIES, KEPT_VALUES, EventFeed
    from things import PropertyChanged

    async def fill(size: int, count: int) -> EventFeed:
        feed = EventFeed(EventBus())
        feed.open()
        for number in range(count):
            feed._take_in([PropertyChanged(thing="a", name=str(number), value=[0.0] * size)])
        feed.close()
        return feed

    import asyncio

    many, large = asyncio.run(fill(1, 5000)), asyncio.run(fill(100_000, 20))

    assert len(many._kept) == KEPT_ENTRIES
    assert large._size <= KEPT_VALUES
    assert many.after(many.id_of(10)) is None
    assert [entry.seq for entry in many.after(many.id_of(4998)) or ()] == [4999, 5000]


def test_an_observer_gets_the_bare_values_in_order(served):
    with Events(served, "/probe/counter/observe") as events:
        first = events.next()
        assert set(first) == {"retry", "id"}
        for value in (1, 2, 3):
            served.http.put("/probe/counter", json=value)
        blocks = [events.next() for _ in range(3)]

    assert [json.loads(block["data"]) for block in blocks] == [1, 2, 3]
    assert all(set(block) == {"id", "data"} for block in blocks)


def test_an_observer_sees_what_a_polled_device_does(served):
    with Events(served, "/probe/clock/observe") as events:
        events.next()
        values = [float(events.next()["data"]) for _ in range(5)]

    assert values == sorted(values)


def test_an_observer_that_comes_back_gets_what_it_missed_and_nothing_else(served):
    with Events(served, "/probe/counter/observe") as events:
        events.next()
        served.http.put("/probe/counter", json=1)
        last = events.next()["id"]
    served.http.put("/probe/counter", json=2)
    served.http.put("/probe/label", json="x")

    with Events(served, "/probe/counter/observe", last) as events:
        assert json.loads(events.next()["data"]) == 2
    with Events(served, "/probe/counter/observe", "00000000-1") as events:
        assert json.loads(events.next()["data"]) == 2  # what it is now


def test_an_event_of_a_thing_can_be_listened_to_alone(served):
    with Events(served, "/probe/overheated") as events:
        events.next()
        served.probe.overheated.emit(90.0)
        assert json.loads(events.next()["data"]) == 90.0


@pytest.mark.parametrize("name", ["gain", "zero", "nonsense"])
def test_what_is_not_observable_has_nothing_to_observe(served, name):
    assert served.http.get(f"/probe/{name}/observe").status_code == 404


def test_a_slow_listener_loses_old_values_and_never_a_status():
    import asyncio
    import uuid

    from app.actions.events import InvocationChanged
    from app.handles import InvocationSnapshot, InvocationStatus, Origin, OriginKind
    from app.server.event_feed import Entry, Listener
    from things import PropertyChanged

    def snapshot(status: InvocationStatus) -> InvocationSnapshot:
        return InvocationSnapshot(
            uuid.uuid4(), "a", "snap", "Snap", status, Origin(OriginKind.SCRIPT), None, now(),
            None, None, 0.0, (), "", {}, None, (), None, "", False, 1,
        )  # fmt: skip

    async def slow() -> tuple[list[Any], list[Any]]:
        listener = Listener(limit=50)
        for number in range(10_000):
            changed = PropertyChanged(thing="a", name=f"p{number % 5}", value=number)
            listener.offer(Entry(number, changed, "", 1))
            if number % 200 == 0:
                status = InvocationChanged(
                    thing="a", snapshot=snapshot(InvocationStatus.RUNNING), seq=number
                )
                listener.offer(Entry(number, status, "", 1))
        taken = [entry.event for entry in listener.take()]
        assert not listener.lost
        return (
            [event for event in taken if isinstance(event, PropertyChanged)],
            [event for event in taken if isinstance(event, InvocationChanged)],
        )

    values, statuses = asyncio.run(slow())

    assert len(values) <= 50
    assert [value.value for value in values[-5:]] == [9995, 9996, 9997, 9998, 9999]
    assert [status.seq for status in statuses] == list(range(0, 10_000, 200))
