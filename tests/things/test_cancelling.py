from __future__ import annotations

import threading
import time
import uuid

import pytest

from things import CancelEvent, InvocationCancelledError, start_thread
from things.context import running_in
from things.own_thread import OwnThread


@pytest.fixture
def event() -> CancelEvent:
    return CancelEvent(uuid.uuid4())


def test_a_cancellation_is_no_exception_so_that_drivers_do_not_swallow_it():
    assert issubclass(InvocationCancelledError, BaseException)
    assert not issubclass(InvocationCancelledError, Exception)


def test_it_is_an_event_and_knows_its_invocation(event):
    assert issubclass(CancelEvent, threading.Event)
    assert isinstance(event.invocation_id, uuid.UUID)
    assert not event.is_set()
    event.raise_if_set()
    event.set()
    assert event.is_set()
    assert event.wait(0)


def test_raising_clears_it_so_that_a_second_cancellation_counts(event):
    event.set()
    with pytest.raises(InvocationCancelledError):
        event.raise_if_set()
    assert not event.is_set()
    event.raise_if_set()
    event.set()
    with pytest.raises(InvocationCancelledError):
        event.raise_if_set()


def test_it_may_be_cleared_by_hand_as_well(event):
    event.set()
    event.clear()
    assert not event.is_set()
    event.raise_if_set()
    event.set()
    with pytest.raises(InvocationCancelledError):
        event.sleep(0)


def test_several_askings_before_it_is_heard_are_one(event):
    event.set()
    event.set()
    with pytest.raises(InvocationCancelledError):
        event.raise_if_set()
    event.raise_if_set()


def test_asked_before_it_begins_it_still_holds(event):
    event.set()
    with pytest.raises(InvocationCancelledError):
        event.sleep(10)


def test_sleep_ends_at_once_when_cancelled(event):
    threading.Timer(0.05, event.set).start()
    began = time.monotonic()
    with pytest.raises(InvocationCancelledError):
        event.sleep(60)
    assert time.monotonic() - began < 10


def test_sleep_that_is_not_cancelled_sleeps(event):
    began = time.monotonic()
    event.sleep(0.05)
    event.sleep(-1)
    assert time.monotonic() - began >= 0.05


def test_every_thread_of_an_invocation_hears_each_cancellation(invocation):
    """One helper must not take the cancellation from the body, or it would go on."""
    heard: list[str] = []
    asleep = threading.Barrier(4)

    def sleep(name: str) -> None:
        asleep.wait()
        try:
            invocation.cancel_event.sleep(60)
        except InvocationCancelledError:
            heard.append(name)
            raise

    def body() -> None:
        with running_in(invocation):
            helpers = [start_thread(sleep, name) for name in ("one", "two")]
            with pytest.raises(InvocationCancelledError):
                sleep("body")
            for helper in helpers:
                helper.join()
            invocation.cancel_event.raise_if_set()  # each heard it once, and only once

    thread = threading.Thread(target=body)
    thread.start()
    asleep.wait()
    invocation.cancel_event.set()
    thread.join()
    assert sorted(heard) == ["body", "one", "two"]


def test_a_thread_started_after_a_cancellation_was_handled_does_not_hear_that_one(invocation):
    heard: list[str] = []

    def look() -> None:
        heard.append("set" if invocation.cancel_event.is_set() else "not set")

    with running_in(invocation):
        invocation.cancel_event.set()
        start_thread(look).join()
        with pytest.raises(InvocationCancelledError):
            invocation.cancel_event.raise_if_set()
        start_thread(look).join()
    assert heard == ["set", "not set"]


def test_a_hop_into_a_things_own_thread_is_still_the_same_thread_of_events(invocation):
    own = OwnThread("probe")
    with running_in(invocation):
        invocation.cancel_event.set()
        with pytest.raises(InvocationCancelledError):
            own.run(invocation.cancel_event.raise_if_set)
        invocation.cancel_event.raise_if_set()
        own.run(invocation.cancel_event.raise_if_set)
    own.close()
