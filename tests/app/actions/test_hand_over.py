"""One run ends before the next one has its Thing: states, events and records tell it so."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from app.actions import ActionManager, Invocation
from app.actions.events import InvocationChanged
from things import Event, NotAvailableError, Thing, action

PATIENCE_S = 30.0


class Mover(Thing):
    def __init__(self) -> None:
        self.go = threading.Event()

    @action
    def move(self) -> None:
        self.go.wait(PATIENCE_S)


class Watcher:
    """Listens and records, and notes who holds the Thing meanwhile."""

    def __init__(self, mover: Mover) -> None:
        self.mover = mover
        self.seen: list[tuple[str, str]] = []

    def __call__(self, event: Event) -> None:
        if isinstance(event, InvocationChanged) and event.snapshot.status.ended:
            self.seen.append(("published", self.mover.lock.holder))

    def check(self) -> None:
        pass

    def accepted(self, invocation: Invocation) -> Future[None]:
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def starting(self, invocation: Invocation) -> None:
        self.seen.append(("starting", self.mover.lock.holder))

    def started(self, invocation: Invocation) -> None:
        self.seen.append(("started", "after it waited" if invocation.waited else "at once"))

    def ended(self, invocation: Invocation) -> None:
        self.seen.append(("recorded", self.mover.lock.holder))

    def stuck(self, invocation: Invocation) -> None:
        pass

    def abandoned(self, invocation: Invocation, waited_s: float) -> None:
        pass


@pytest.fixture
def mover() -> Iterator[Mover]:
    mover = Mover()
    yield mover
    mover.go.set()


def test_the_end_is_told_and_recorded_before_the_next_one_has_the_thing(mover: Mover) -> None:
    watcher = Watcher(mover)
    followed: list[str] = []
    manager = ActionManager(
        watcher, recorder=watcher, after=lambda _: followed.append(mover.lock.holder)
    )
    move: Any = Mover._affordances["move"]
    first = manager.invoke_action(move, mover)
    second = manager.invoke_action(move, mover)
    deadline_s = time.monotonic() + PATIENCE_S
    while not (first.waited or second.waited):
        assert not first.wait_ended(0.005)
        assert time.monotonic() < deadline_s

    mover.go.set()

    assert first.wait_ended(PATIENCE_S)
    assert second.wait_ended(PATIENCE_S)
    held = "Move on mover, asked by script"
    assert watcher.seen == [
        ("starting", held),
        ("started", "at once"),
        ("published", held),
        ("recorded", held),
        ("starting", held),
        ("started", "after it waited"),
        ("published", held),
        ("recorded", held),
    ]
    assert len(followed) == 2
    assert manager.close(PATIENCE_S) == []


def test_runs_have_a_thing_in_the_order_in_which_they_were_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where the thread of an earlier one begins later."""
    mover = Mover()
    mover.go.set()
    manager = ActionManager()
    move: Any = Mover._affordances["move"]
    begun: list[Invocation] = []
    late, gate = [True], threading.Event()
    run = Invocation.run

    def delayed(invocation: Invocation) -> None:
        if late and late.pop():
            gate.wait(PATIENCE_S)
        run(invocation)

    def note(invocation: Invocation) -> None:
        begun.append(invocation)

    monkeypatch.setattr(Invocation, "run", delayed)
    monkeypatch.setattr(Invocation, "_begin", note)
    runs = [manager.invoke_action(move, mover) for _ in range(3)]

    assert not runs[1].wait_ended(0.02)
    gate.set()

    assert all(each.wait_ended(PATIENCE_S) for each in runs)
    assert begun == runs
    assert manager.close(PATIENCE_S) == []


def test_nobody_waits_behind_one_that_could_not_be_started(
    mover: Mover, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = ActionManager()
    move: Any = Mover._affordances["move"]
    mover.go.set()

    def refuse(_invocation: Invocation) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(Invocation, "start", refuse)
        with pytest.raises(NotAvailableError):
            manager.invoke_action(move, mover)

    run = manager.invoke_action(move, mover)
    assert run.wait_ended(PATIENCE_S)
    assert manager.close(PATIENCE_S) == []
