from __future__ import annotations

import threading
import uuid
from typing import Any

from app.actions.events import InvocationChanged, InvocationProgressed
from app.event_bus import EventBus
from app.handles import InvocationSnapshot, InvocationStatus, Origin, OriginKind
from things import EventEmitted, PropertyChanged, ThingState, ThingStateChanged
from things.events import now


def value(name: str, number: int) -> PropertyChanged:
    return PropertyChanged(thing="a", name=name, value=number)


def snapshot(version: int) -> InvocationSnapshot:
    return InvocationSnapshot(
        uuid.UUID(int=1), "a", "snap", "Snap", InvocationStatus.RUNNING,
        Origin(OriginKind.SCRIPT), None, now(), None, None, 0.0, (), "", {}, None, (), None, "",
        False, version,
    )  # fmt: skip


def nothing() -> None:
    """A listener that looks when it likes."""


def test_whoever_keeps_up_gets_every_value_in_order():
    bus = EventBus()
    mailbox = bus.subscribe(nothing, backlog=10)
    got: list[Any] = []
    for number in range(1000):
        bus.publish(value("x", number))
        if number % 5 == 0:
            got += mailbox.take()
    got += mailbox.take()

    assert [event.value for event in got] == list(range(1000))
    assert {event.skipped for event in got} == {0}


def test_whoever_falls_behind_gets_the_newest_and_how_many_were_skipped():
    bus = EventBus()
    mailbox = bus.subscribe(nothing, backlog=10)
    for number in range(1000):
        bus.publish(value("x", number))
    got: Any = mailbox.take()

    assert len(got) <= 11
    assert got[-1].value == 999
    assert sum(event.skipped for event in got) + len(got) == 1000


def test_falling_behind_on_one_value_does_not_lose_another():
    bus = EventBus()
    mailbox = bus.subscribe(nothing, backlog=10)
    bus.publish(value("rare", 1))
    for number in range(1000):
        bus.publish(value("x", number))
    got: Any = mailbox.take()

    assert ("rare", 1) in [(event.name, event.value) for event in got]


def test_a_status_and_an_event_of_a_thing_are_never_dropped():
    bus = EventBus()
    mailbox = bus.subscribe(nothing, backlog=5)
    for number in range(500):
        bus.publish(InvocationChanged(thing="a", snapshot=snapshot(number), seq=number))
        bus.publish(InvocationProgressed(thing="a", snapshot=snapshot(number)))
        bus.publish(EventEmitted(thing="a", name="hot", data=number))
        bus.publish(ThingStateChanged(thing="a", state=ThingState.READY))
    got: Any = mailbox.take()

    assert [e.seq for e in got if isinstance(e, InvocationChanged)] == list(range(500))
    assert [e.data for e in got if isinstance(e, EventEmitted)] == list(range(500))
    assert sum(isinstance(e, ThingStateChanged) for e in got) == 500
    assert sum(isinstance(e, InvocationProgressed) for e in got) <= 5


def test_one_listener_that_fails_does_not_stop_the_others(caplog):
    def broken() -> None:
        raise RuntimeError("a listener's fault")

    bus = EventBus()
    bus.subscribe(broken)
    good = bus.subscribe(nothing)
    for number in range(3):
        bus.publish(value("x", number))

    assert len(good.take()) == 3
    assert "a listener's fault" in caplog.text


def test_a_listener_is_woken_once_until_it_has_looked():
    woken: list[int] = []
    bus = EventBus()
    mailbox = bus.subscribe(lambda: woken.append(1))
    for number in range(5):
        bus.publish(value("x", number))
    mailbox.take()
    bus.publish(value("x", 6))

    assert len(woken) == 2


def test_who_left_gets_nothing_more():
    bus = EventBus()
    mailbox = bus.subscribe(nothing)
    mailbox.close()
    mailbox.close()
    bus.publish(value("x", 1))

    assert mailbox.take() == []


def test_two_who_publish_at_once_are_heard_in_one_order_by_all():
    bus = EventBus()
    other_published = threading.Event()

    def publish_other() -> None:
        bus.publish(value("other", 2))
        other_published.set()

    def let_the_other_in() -> None:
        """Between the first listener and the last one, the other gets every chance."""
        if not threads:
            threads.append(threading.Thread(target=publish_other))
            threads[0].start()
            other_published.wait(0.2)

    threads: list[threading.Thread] = []
    first = bus.subscribe(nothing)
    bus.subscribe(let_the_other_in)
    last = bus.subscribe(nothing)
    bus.publish(value("one", 1))
    threads[0].join(10)
    heard: Any = [mailbox.take() for mailbox in (first, last)]

    assert [[event.name for event in each] for each in heard] == [["one", "other"]] * 2


def test_many_may_publish_at_once_and_nothing_is_lost_or_out_of_order():
    bus = EventBus()
    mailbox = bus.subscribe(nothing, backlog=10**6)

    def publish(name: str) -> None:
        for number in range(2000):
            bus.publish(value(name, number))

    threads = [threading.Thread(target=publish, args=(f"p{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got: Any = mailbox.take()

    for i in range(4):
        assert [e.value for e in got if e.name == f"p{i}"] == list(range(2000))
