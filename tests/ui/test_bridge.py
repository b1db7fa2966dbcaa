"""Events cross into the Qt thread in order, in slices, and nobody stops the others."""

from __future__ import annotations

import logging
import threading
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from things.events import Event, PropertyChanged, StreamChanged
from ui.bridge import SLICE_S, Bridge

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench


def changes(count: int, thing: str = "camera") -> list[Event]:
    return [PropertyChanged(thing=thing, name="exposure", value=n) for n in range(count)]


def test_events_of_another_thread_arrive_here_in_their_order(
    bench: FakeBench, bridge: Bridge, qtbot: QtBot, qapp: QApplication
) -> None:
    got: list[int] = []
    threads = set()

    def receive(event: PropertyChanged) -> None:
        got.append(event.value)
        threads.add(QThread.currentThread())

    bridge.on(PropertyChanged, receive)
    bench.publish_from_thread(*changes(500))

    qtbot.waitUntil(lambda: len(got) == 500)
    assert got == list(range(500))
    assert threads == {qapp.thread()}


def test_a_receiver_gets_its_types_and_its_thing_only(
    bench: FakeBench, bridge: Bridge, qtbot: QtBot
) -> None:
    all_events: list[Event] = []
    stage_events: list[Event] = []
    bridge.on(Event, all_events.append)
    bridge.on(PropertyChanged, stage_events.append, thing="stage")

    bench.publish(StreamChanged(thing="camera", name="live", live=True))
    bench.publish_from_thread(*changes(1), *changes(1, "stage"))

    qtbot.waitUntil(lambda: len(all_events) == 3)
    assert [event.thing for event in stage_events] == ["stage"]


def test_a_bad_receiver_is_logged_and_stops_nobody(
    bench: FakeBench, bridge: Bridge, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    got: list[Event] = []

    def bad(_event: Event) -> None:
        raise RuntimeError("bad receiver")

    bridge.on(Event, bad)
    bridge.on(Event, got.append)
    with caplog.at_level(logging.ERROR):
        bench.publish_from_thread(*changes(2))
        qtbot.waitUntil(lambda: len(got) == 2)

    assert "A receiver of PropertyChanged failed" in caplog.text


def test_who_leaves_while_an_event_is_handed_out_gets_it_no_more(
    bench: FakeBench, bridge: Bridge, qtbot: QtBot
) -> None:
    left: list[Event] = []
    stayed: list[Event] = []
    bridge.on(Event, lambda _event: leave())
    leave = bridge.on(Event, left.append)
    bridge.on(Event, stayed.append)

    bench.publish_from_thread(*changes(2))

    qtbot.waitUntil(lambda: len(stayed) == 2)
    assert left == []


def test_who_comes_later_gets_what_comes_later(
    bench: FakeBench, bridge: Bridge, qtbot: QtBot
) -> None:
    first: list[Event] = []
    second: list[Event] = []
    bridge.on(PropertyChanged, first.append, thing="camera")
    bench.publish_from_thread(*changes(1))
    qtbot.waitUntil(lambda: len(first) == 1)

    bridge.on(Event, second.append)
    bench.publish_from_thread(*changes(1))

    qtbot.waitUntil(lambda: len(first) == 2)
    assert len(second) == 1


def test_a_flood_leaves_the_window_time_to_breathe(
    bench: FakeBench, bridge: Bridge, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    got: list[Event] = []
    pauses: list[int] = []
    # Four events take a little more than a slice, by a clock that only events move.
    clock = SimpleNamespace(perf_counter=lambda: len(got) * SLICE_S / 3.5)
    monkeypatch.setattr("ui.bridge.time", clock)
    bridge.on(Event, got.append)
    bridge._again.timeout.connect(lambda: pauses.append(len(got)))

    bench.publish_from_thread(*changes(400))
    qtbot.waitUntil(lambda: len(got) == 400)

    # After every four events the loop had its turn.
    assert max(after - before for before, after in pairwise(pauses)) == 4
    assert pauses[0] <= 8


def test_waking_many_times_queues_one_signal(bench: FakeBench, bridge: Bridge) -> None:
    takes = 0
    subscription = bench.subscriptions[0]
    take = subscription.take

    def counted() -> list[Event]:
        nonlocal takes
        takes += 1
        return take()

    subscription.take = counted  # type: ignore[method-assign]  # counts the calls

    def wake_often() -> None:
        for _ in range(200):
            bridge.wake()

    threads = [threading.Thread(target=wake_often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    QApplication.processEvents()
    assert takes <= 2


def test_a_receiver_goes_with_its_owner(bench: FakeBench, bridge: Bridge, qtbot: QtBot) -> None:
    got: list[Event] = []
    other: list[Event] = []
    owner = QObject()
    bridge.on(Event, got.append, owner=owner)
    leave = bridge.on(Event, other.append)

    owner.deleteLater()
    qtbot.waitSignal(owner.destroyed, raising=False).wait()
    leave()
    leave()
    last: list[Event] = []
    bridge.on(Event, last.append)
    bench.publish(changes(1)[0])

    qtbot.waitUntil(lambda: len(last) == 1)
    assert got == other == []


def test_after_closing_nothing_arrives(bench: FakeBench, bridge: Bridge) -> None:
    got: list[Event] = []
    bridge.on(Event, got.append)
    bench.publish(changes(1)[0])
    bridge.close()
    QApplication.processEvents()

    assert got == []
    assert bench.subscriptions[0].closed
