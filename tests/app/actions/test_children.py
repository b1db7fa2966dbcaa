from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.actions import ActionManager, InvocationStatus
from app.handles import Origin, OriginKind
from app.property_desk import PropertyDesk
from app.slot_calls import SlotCaller
from things import DeadlockError, Thing, action, cancellable_sleep, property, thing_slot
from things.locks import LockRegistry

ME = Origin(OriginKind.WINDOW, "ann")


class Lower(Thing):
    power: float = property(default=0.0, ge=0, le=10)
    other: Upper = thing_slot(optional=True)

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []
        self.meeting: threading.Barrier | None = None

    @action
    def shine(self) -> int:
        self.threads.append(threading.current_thread())
        return 7

    @action
    def rest_long(self) -> None:
        if self.meeting is not None:
            self.meeting.wait(5)
        cancellable_sleep(30)

    @action
    def fail(self) -> None:
        raise ValueError("below")

    @action
    def call_up(self) -> int:
        if self.meeting is not None:
            self.meeting.wait(5)
        return self.other.rest()


class Upper(Thing):
    lower: Lower = thing_slot()

    def __init__(self) -> None:
        self.meeting: threading.Barrier | None = None

    @action
    def use(self) -> int:
        self.lower.power = 5
        return self.lower.shine()

    @action
    def use_twice(self) -> int:
        return self.lower.shine() + self.lower.shine()

    @action
    def survive(self) -> str:
        try:
            self.lower.fail()
        except ValueError as error:
            return str(error)
        return "no error"

    @action
    def rest(self) -> int:
        return 1

    @action
    def watch(self) -> None:
        self.lower.rest_long()

    @action
    def call_down(self) -> int:
        if self.meeting is not None:
            self.meeting.wait(5)
        return self.lower.shine()


class Pair:
    def __init__(self) -> None:
        self.manager = ActionManager()
        self.workers = ThreadPoolExecutor(2)
        self.desk = PropertyDesk(self.workers)
        self.upper, self.lower = Upper(), Lower()
        registry = LockRegistry()
        for thing, name in ((self.upper, "upper"), (self.lower, "lower")):
            caller = SlotCaller(name, self.manager, self.desk)
            thing._core.bind(name, "", lambda event: None, registry, caller)
        Upper._affordances["lower"].fill(self.upper, self.lower)  # type: ignore[attr-defined]  # a slot
        Lower._affordances["other"].fill(self.lower, self.upper)  # type: ignore[attr-defined]  # a slot

    def start(self, thing: Thing, name: str) -> Any:
        descriptor: Any = type(thing)._affordances[name]
        empty = descriptor.validated_input({})
        return self.manager.invoke_action(descriptor, thing, None, empty, origin=ME)

    def close(self) -> None:
        self.manager.close(5)
        self.desk.close()
        self.workers.shutdown()


@pytest.fixture
def pair() -> Iterator[Pair]:
    pair = Pair()
    yield pair
    pair.close()


def test_a_call_through_a_slot_is_a_child_in_the_same_thread_with_the_same_root(pair):
    parent = pair.start(pair.upper, "use")
    assert parent.wait_ended(5)

    child = next(each for each in pair.manager.invocations if each is not parent)
    assert parent.result == 7
    assert pair.lower.threads == [parent]
    assert (child.parent, child.root) == (parent.id, parent.id)
    assert child.origin == ME
    assert child.status is InvocationStatus.COMPLETED
    assert pair.lower.power == 5.0


def test_a_child_that_fails_is_recorded_and_raises_in_its_parent(pair):
    parent = pair.start(pair.upper, "survive")
    assert parent.wait_ended(5)

    child = next(each for each in pair.manager.invocations if each is not parent)
    assert parent.result == "below"
    assert parent.status is InvocationStatus.COMPLETED
    assert child.status is InvocationStatus.ERROR


def test_one_thread_and_one_line_in_the_list_for_each_child(pair):
    parent = pair.start(pair.upper, "use_twice")
    assert parent.wait_ended(5)

    assert parent.result == 14
    assert len(pair.manager.invocations) == 3
    assert pair.manager.active == []


def test_a_circle_of_waiting_is_found_and_both_things_work_afterwards(pair):
    """Each holds its own Thing and calls the other: waiting would never end."""
    pair.upper.meeting = pair.lower.meeting = threading.Barrier(2)
    down, up = pair.start(pair.upper, "call_down"), pair.start(pair.lower, "call_up")
    assert down.wait_ended(10)
    assert up.wait_ended(10)

    failed = [each for each in (down, up) if each.status is InvocationStatus.ERROR]
    assert len(failed) == 1
    assert isinstance(failed[0].exception, DeadlockError)
    pair.upper.meeting = pair.lower.meeting = None
    again = pair.start(pair.upper, "use")
    assert again.wait_ended(5)
    assert again.result == 7


def test_a_run_and_its_child_are_asked_to_stop_once_for_both(pair):
    """Twice would break off what the parent does to clean up after the first."""
    pair.lower.meeting = threading.Barrier(2)
    parent = pair.start(pair.upper, "watch")
    pair.lower.meeting.wait(5)

    pair.manager.cancel_all()

    assert parent.wait_ended(5)
    assert [each.cancelled_at_s is not None for each in pair.manager.invocations] == [True, True]
    assert parent.cancel_event._asked == 1
