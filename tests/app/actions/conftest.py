from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from app.actions import ActionManager, Invocation
from app.actions.events import InvocationChanged
from things import Event, Thing, action, cancellable_sleep, property
from things.actions import CancelHook, InvocationID, InvocationLogger
from things.errors import InvocationCancelledError


class Point(BaseModel):
    x: float
    y: float = 0.0


class MuteError(Exception):
    """An error that cannot say what it is."""

    def __str__(self) -> str:
        raise RuntimeError("not even this")


class Rig(Thing):
    """A rig that does what tests need."""

    count: int = property(default=0)

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.go = threading.Event()
        self.began = threading.Event()

    @action(exclusive=False)
    def take(self, point: Point, n: int = 1) -> float:
        self.seen.append((point, n, threading.current_thread()))
        return point.x * n

    @action(exclusive=False)
    def fail(self, kind: str = "ValueError") -> None:
        kinds: dict[str, type[BaseException]] = {
            "ValueError": ValueError,
            "SystemExit": SystemExit,
            "KeyboardInterrupt": KeyboardInterrupt,
            "RecursionError": RecursionError,
            "MemoryError": MemoryError,
            "GeneratorExit": GeneratorExit,
            "MuteError": MuteError,
        }
        raise kinds[kind]("bang")

    @action
    def hold(self) -> str:
        self.began.set()
        while not self.go.is_set():
            cancellable_sleep(0.002)
        return "done"

    @action(exclusive=False)
    def stubborn(self) -> int:
        """Needs two cancellations."""
        swallowed = 0
        self.began.set()
        while True:
            try:
                cancellable_sleep(30)
            except InvocationCancelledError:
                swallowed += 1
                self.seen.append(swallowed)
                if swallowed == 2:
                    return swallowed

    @action(exclusive=False)
    def deaf(self) -> int:
        self.began.set()
        self.go.wait(10)
        return 5

    @action(exclusive=False)
    def injected(self, hook: CancelHook, id: InvocationID, log: InvocationLogger) -> str:
        log.info("from inside")
        self.seen.append((hook, id))
        return str(id)

    @action(exclusive=False)  # type: ignore[arg-type]  # mypy: `self` beside **kwargs could be a name
    def anything(self, **kwargs: Any) -> int:
        self.seen.append(kwargs)
        return len(kwargs)

    @action(exclusive=False)
    def wrong(self) -> int:
        return "no number"  # type: ignore[return-value]  # the fault under test

    @action(exclusive=False, retention_time=0.1)
    def fleeting(self) -> int:
        return 1

    @action(exclusive=False)
    def talk(self, lines: int = 3) -> None:
        for number in range(lines):
            self.logger.info("line %d", number)
        self.logger.debug("not kept")


class Recorder:
    """Keeps what was published."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, event: Event) -> None:
        self.events.append(event)

    def statuses(self, invocation: Invocation) -> list[str]:
        return [
            event.snapshot.status.value
            for event in self.events
            if isinstance(event, InvocationChanged) and event.snapshot.id == invocation.id
        ]


Running = Callable[..., Invocation]


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig()
    yield rig
    rig.go.set()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def manager(recorder: Recorder, rig: Rig) -> Iterator[ActionManager]:
    manager = ActionManager(recorder)
    yield manager
    rig.go.set()
    for _ in range(3):
        manager.cancel_all()
    assert manager.close(10) == []


@pytest.fixture
def run(manager: ActionManager, rig: Rig) -> Running:
    """Start an action of the rig; waits for its end unless told not to."""

    def run(name: str, *, wait: bool = True, **input: Any) -> Invocation:
        descriptor = type(rig)._affordances[name]
        invocation = manager.invoke_action(
            descriptor,  # type: ignore[arg-type]  # known by its name
            rig,
            None,
            descriptor.validated_input(input),  # type: ignore[attr-defined]  # an action
        )
        if wait:
            assert invocation.wait_ended(10)
            invocation.join(5)
        return invocation

    return run
