"""A run is over when the threads it started are: nobody could stop what goes on after it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from app.actions import ActionManager, Invocation, InvocationStatus
from app.slot_calls import SlotCaller
from things import (
    InvocationCancelledError,
    Thing,
    action,
    cancellable_sleep,
    start_thread,
    thing_slot,
)
from things.locks import LockRegistry

PATIENCE_S = 30.0


class Pump(Thing):
    """Starts threads and does not wait for them."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.began = threading.Event()
        self.through = threading.Event()
        self.heard: list[str] = []
        self.threads: list[threading.Thread] = []

    @action
    def fail(self) -> None:
        self.threads.append(start_thread(self._loop))
        assert self.began.wait(PATIENCE_S)
        raise ValueError("leaking")

    @action
    def return_early(self) -> str:
        self.threads.append(start_thread(self._loop))
        assert self.began.wait(PATIENCE_S)
        self.through.set()
        return "done"

    @action
    def deaf(self) -> None:
        self.threads.append(start_thread(self.go.wait, PATIENCE_S))
        self.through.set()

    def _loop(self) -> None:
        """Until it may end, or is asked to stop."""
        self.began.set()
        try:
            while not self.go.is_set():
                cancellable_sleep(0.005)
        except InvocationCancelledError:
            self.heard.append("asked")
            cancellable_sleep(0.02)  # its clean-up is not broken off
            self.heard.append("clean")
            raise


class Plant(Thing):
    """Goes on where its pump has failed."""

    pump: Pump = thing_slot()

    @action
    def survive(self) -> str:
        try:
            self.pump.fail()
        except ValueError:
            cancellable_sleep(0.005)  # it was not asked to stop itself
        return "went on"


class Rig:
    def __init__(self) -> None:
        self.manager = ActionManager()
        self.pump, self.plant = Pump(), Plant()
        registry = LockRegistry()
        for thing, name in ((self.pump, "pump"), (self.plant, "plant")):
            desk: Any = None  # nothing is read or written
            caller = SlotCaller(name, self.manager, desk)
            thing._core.bind(name, "", lambda event: None, registry, caller)
        Plant._affordances["pump"].fill(self.plant, self.pump)  # type: ignore[attr-defined]  # a slot

    def start(self, thing: Thing, name: str) -> Invocation:
        descriptor: Any = type(thing)._affordances[name]
        empty = descriptor.validated_input({})
        return self.manager.invoke_action(descriptor, thing, None, empty)


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    yield rig
    rig.pump.go.set()
    rig.manager.close(PATIENCE_S)


def test_where_the_body_fails_its_threads_are_asked_to_stop_and_waited_for(rig: Rig) -> None:
    run = rig.start(rig.pump, "fail")

    assert run.wait_ended(PATIENCE_S)
    assert run.status is InvocationStatus.ERROR
    assert isinstance(run.exception, ValueError)
    assert rig.pump.heard == ["asked", "clean"]
    rig.pump.threads[0].join(PATIENCE_S)
    assert not rig.pump.threads[0].is_alive()


def test_where_the_body_returns_the_run_lasts_until_its_threads_end(rig: Rig) -> None:
    run = rig.start(rig.pump, "return_early")
    assert rig.pump.through.wait(PATIENCE_S)

    deadline_s = time.monotonic() + PATIENCE_S
    while run.snapshot().waiting_for != "waiting for the threads it started":
        assert not run.wait_ended(0.005)
        assert time.monotonic() < deadline_s
    assert run.status is InvocationStatus.RUNNING
    assert rig.manager.active == [run]
    assert rig.pump.lock.holder.startswith("Return early on pump")

    rig.pump.go.set()
    assert run.wait_ended(PATIENCE_S)
    assert (run.status, run.result, rig.pump.heard) == (InvocationStatus.COMPLETED, "done", [])


def test_stopping_reaches_the_threads_of_a_body_that_returned(rig: Rig) -> None:
    run = rig.start(rig.pump, "return_early")
    assert rig.pump.through.wait(PATIENCE_S)

    rig.manager.cancel_all()

    assert run.wait_ended(PATIENCE_S)
    assert run.status is InvocationStatus.CANCELLED
    assert rig.pump.heard == ["asked", "clean"]


def test_a_thread_that_hears_nothing_keeps_its_run_going_and_is_abandoned(rig: Rig) -> None:
    run = rig.start(rig.pump, "deaf")
    assert rig.pump.through.wait(PATIENCE_S)

    assert rig.manager.close(0.3) == [run]

    rig.pump.go.set()
    assert run.wait_ended(PATIENCE_S)


def test_a_child_that_fails_stops_its_own_threads_only(rig: Rig) -> None:
    run = rig.start(rig.plant, "survive")

    assert run.wait_ended(PATIENCE_S)
    assert (run.status, run.result) == (InvocationStatus.COMPLETED, "went on")
    assert rig.pump.heard == ["asked", "clean"]
