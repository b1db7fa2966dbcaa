"""A run that goes on although it was asked to stop is said to be stuck, by the clock."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.actions import ActionManager
from app.actions.alarms import Alarms
from app.actions.events import InvocationProgressed
from things.events import Event

SOON_S = 0.05


class Heard:
    """Keeps what was published, and waits for it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._came = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._came:
            self.events.append(event)
            self._came.notify_all()

    def stuck(self) -> bool:
        """Wait until a run was said to be stuck."""
        with self._came:
            return self._came.wait_for(
                lambda: any(
                    isinstance(event, InvocationProgressed) and event.snapshot.stuck
                    for event in self.events
                ),
                30,
            )


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def quick(heard: Heard, rig: Any) -> Iterator[ActionManager]:
    """A manager that calls a run stuck soon."""
    manager = ActionManager(heard, stuck_after_s=SOON_S)
    yield manager
    rig.go.set()
    for _ in range(3):
        manager.cancel_all()
    assert manager.close(10) == []


def begin(manager: ActionManager, rig: Any, name: str) -> Any:
    action = type(rig)._affordances[name]
    return manager.invoke_action(action, rig, None, action.validated_input({}))


def test_one_that_ignores_cancel_is_told_and_logged_once(quick, heard, rig, caplog):
    caplog.set_level(logging.WARNING)
    running = begin(quick, rig, "deaf")
    assert rig.began.wait(10)

    running.cancel()
    assert heard.stuck()
    running.cancel()

    assert running.snapshot().stuck
    assert running.snapshot().cancel_requested
    rig.go.set()
    assert running.wait_ended(10)
    assert not running.snapshot().stuck
    assert running.stuck
    assert len([each for each in caplog.records if "it is stuck" in each.message]) == 1


def test_asking_again_and_again_does_not_put_it_off(rig):
    told: list[str] = []
    manager = ActionManager(stuck_after_s=600)
    running = begin(manager, rig, "deaf")
    assert rig.began.wait(10)
    running._changed = lambda _invocation, kind: told.append(kind)

    running.cancel()
    first_s = running.cancelled_at_s
    running.cancel()

    assert running.cancelled_at_s == first_s
    assert told == ["cancel", "progress"]
    rig.go.set()
    assert manager.close(10) == []


def test_one_that_stops_in_time_is_never_stuck(rig):
    manager = ActionManager(stuck_after_s=600)
    running = begin(manager, rig, "hold")
    assert rig.began.wait(10)
    running.cancel()
    assert running.wait_ended(10)

    manager._look_if_stuck(running.id)

    assert not running.stuck
    assert not running.mark_stuck()
    assert manager.close(10) == []


def test_one_that_was_never_asked_to_stop_is_not_watched(quick, rig):
    running = begin(quick, rig, "hold")
    assert rig.began.wait(10)

    assert not running.snapshot().stuck
    assert quick._alarms._due == []


def test_the_recorder_is_told(quick, heard, rig):
    class Keeps:
        def __init__(self) -> None:
            self.told: list[Any] = []

        def __getattr__(self, name: str) -> Callable[..., None]:
            return lambda *given: self.told.append((name, *given))

    running = begin(quick, rig, "deaf")
    assert rig.began.wait(10)
    quick.recorder = keeps = Keeps()
    running.cancel()
    assert heard.stuck()
    quick.recorder = None

    assert ("stuck", running) in keeps.told


def test_alarms_go_off_in_order_of_their_time_and_one_that_fails_stops_no_other(caplog):
    alarms = Alarms("test")
    alarms.begin()
    went: list[int] = []
    last = threading.Event()
    now_s = time.monotonic()

    def fail() -> None:
        raise RuntimeError("on purpose")

    alarms.at(now_s + 0.06, last.set)
    alarms.at(now_s + 0.04, lambda: went.append(2))
    alarms.at(now_s + 0.02, lambda: went.append(1))
    alarms.at(now_s + 0.03, fail)

    assert last.wait(10)
    alarms.close()
    assert went == [1, 2]
    assert "on purpose" in caplog.text


def test_alarms_that_are_closed_call_nothing_and_leave_no_thread():
    before = set(threading.enumerate())
    alarms = Alarms("test")
    alarms.begin()
    went: list[int] = []
    alarms.at(time.monotonic() + 600, lambda: went.append(1))

    alarms.close()
    alarms.at(time.monotonic() - 1, lambda: went.append(2))

    assert went == []
    assert set(threading.enumerate()) <= before
