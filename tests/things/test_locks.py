from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from things import BusyError, DeadlockError, InvocationCancelledError
from things.locks import LockRegistry, ThingLock


@pytest.fixture
def registry() -> LockRegistry:
    return LockRegistry()


@pytest.fixture
def stage(registry) -> ThingLock:
    return ThingLock(registry, "stage")


@pytest.fixture
def camera(registry) -> ThingLock:
    return ThingLock(registry, "camera")


class Waiter:
    """Somebody who takes a lock in a thread of his own; `queued` once he is in line."""

    def __init__(
        self,
        lock: ThingLock,
        owner: str,
        then: Callable[[], None] = lambda: None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.queued = threading.Event()
        self.told: list[str] = []
        self.error: BaseException | None = None
        self._lock, self._owner, self._then, self._check = lock, owner, then, check
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _waiting(self, holder: str) -> None:
        self.told.append(holder)
        self.queued.set()

    def _run(self) -> None:
        try:
            self._lock.acquire(
                self._owner, f"{self._owner}'s work", waiting=self._waiting, check=self._check
            )
        except BaseException as error:
            self.error = error
            return
        try:
            self._then()
        except BaseException as error:
            self.error = error
        finally:
            self._lock.release(self._owner)

    def in_line(self) -> Waiter:
        assert self.queued.wait(10)
        return self

    def ended(self) -> Waiter:
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self


def waits_for(event: threading.Event) -> Callable[[], None]:
    def wait() -> None:
        assert event.wait(10)

    return wait


def until(condition: Callable[[], bool]) -> None:
    """Wait for what no event tells: that a thread stands in line."""
    deadline_s = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.001)


def free(lock: ThingLock) -> bool:
    """Whether a stranger can take it at once."""
    try:
        with lock.held_by("a stranger", "a try", timeout_s=0):
            return True
    except BusyError:
        return False


def test_a_lock_says_who_holds_it(stage):
    assert stage.holder == ""
    with stage.held_by("me", "Snap, asked by window"):
        assert stage.holder == "Snap, asked by window"
        assert not free(stage)
    assert stage.holder == ""
    assert free(stage)


def test_it_is_given_back_on_an_error_too(stage):
    with pytest.raises(ZeroDivisionError), stage.held_by("me", "work"):
        _ = 1 / 0
    assert free(stage)


def test_who_waits_too_long_is_told_who_holds_it(stage):
    with (
        stage.held_by("me", "Snap, asked by window"),
        pytest.raises(BusyError, match="stage is busy: Snap, asked by window") as busy,
    ):
        stage.acquire("other", "work", timeout_s=0.02)
    assert busy.value.holder == "Snap, asked by window"
    assert free(stage)


def test_the_lock_belongs_to_the_root_not_to_the_thread(stage):
    entered = threading.Event()

    def child() -> None:
        with stage.held_by("root", "child"):
            entered.set()

    with stage.held_by("root", "parent"):
        with stage.held_by("root", "child here"):
            assert stage.holder == "parent"
        thread = threading.Thread(target=child)
        thread.start()
        thread.join(10)
        assert entered.is_set()
        assert not free(stage)
    assert free(stage)


def test_only_the_holder_can_give_it_back(stage):
    with stage.held_by("me", "work"):
        with pytest.raises(RuntimeError):
            stage.release("other")
        assert not free(stage)
    with pytest.raises(RuntimeError):
        stage.release("me")


def test_those_who_wait_are_served_in_the_order_in_which_they_came(stage):
    order: list[int] = []
    with stage.held_by("me", "work"):
        waiters = [
            Waiter(stage, f"waiter {n}", then=lambda n=n: order.append(n)).in_line()  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            for n in range(8)
        ]
    for waiter in waiters:
        assert waiter.ended().error is None
    assert order == list(range(8))


def test_a_newcomer_does_not_pass_those_who_wait(stage):
    """The lock is free for a moment between two holders; the line counts all the same."""
    go = threading.Event()
    with stage.held_by("me", "work"):
        first = Waiter(stage, "first", then=waits_for(go)).in_line()
    with pytest.raises(BusyError):
        stage.acquire("newcomer", "work", timeout_s=0)
    go.set()
    first.ended()


def test_who_waits_is_told_whom_for_and_when_that_changes(stage):
    go = threading.Event()
    with stage.held_by("me", "Home, asked by network"):
        first = Waiter(stage, "first", then=waits_for(go)).in_line()
        second = Waiter(stage, "second").in_line()
    until(lambda: "first's work" in second.told)
    go.set()
    first.ended()
    second.ended()
    assert first.told == ["Home, asked by network"]
    # Between two holders there may be a moment with none.
    assert [told for told in second.told if told] == ["Home, asked by network", "first's work"]


def test_who_waits_can_be_cancelled_and_the_line_moves_on(stage):
    cancelled = threading.Event()

    def check() -> None:
        if cancelled.is_set():
            raise InvocationCancelledError

    served = threading.Event()
    with stage.held_by("me", "work"):
        first = Waiter(stage, "first", then=lambda: pytest.fail("served"), check=check).in_line()
        second = Waiter(stage, "second", then=served.set).in_line()
        cancelled.set()
        stage.wake()
        assert isinstance(first.ended().error, InvocationCancelledError)
        assert not served.is_set()
    second.ended()
    assert served.is_set()
    assert free(stage)


def test_cancelled_before_it_waits_it_never_waits(stage):
    def check() -> None:
        raise InvocationCancelledError

    with stage.held_by("me", "work"), pytest.raises(InvocationCancelledError):
        stage.acquire("other", "work", check=check)
    assert free(stage)


def test_a_circle_of_waiting_raises_and_both_go_on(stage, camera):
    """One holds the stage and wants the camera, the other the reverse."""
    holds_camera = threading.Event()
    got_both = threading.Event()

    def want_stage() -> None:
        holds_camera.set()
        with stage.held_by("other", "other's second work"):
            got_both.set()

    with stage.held_by("me", "my work"):
        other = Waiter(camera, "other", then=want_stage)
        assert holds_camera.wait(10)
        until(lambda: bool(stage._queue))  # until he waits for the stage
        with pytest.raises(DeadlockError, match="camera, which waits for stage"):
            camera.acquire("me", "my second work")
        assert not got_both.is_set()
    assert other.ended().error is None
    assert got_both.is_set()
    assert free(stage)
    assert free(camera)
    with stage.held_by("me", "again"), camera.held_by("me", "again"):
        pass


def test_a_circle_of_three_is_found(registry, stage, camera):
    lamp = ThingLock(registry, "lamp")
    ready = threading.Barrier(3)

    def then_want(lock: ThingLock, owner: str) -> Callable[[], None]:
        def want() -> None:
            ready.wait(10)
            with lock.held_by(owner, "second"):
                pass

        return want

    with stage.held_by("me", "work"):
        first = Waiter(camera, "first", then=then_want(stage, "first"))
        second = Waiter(lamp, "second", then=then_want(camera, "second"))
        ready.wait(10)
        until(lambda: bool(stage._queue and camera._queue))
        with pytest.raises(DeadlockError):
            lamp.acquire("me", "second")
    assert first.ended().error is None
    assert second.ended().error is None
    assert free(stage)
    assert free(camera)
    assert free(lamp)


def test_two_threads_of_one_owner_that_wait_for_one_thing_share_it(stage):
    go = threading.Event()
    with stage.held_by("me", "work"):
        waiters = [Waiter(stage, "root", then=waits_for(go)).in_line() for _ in range(2)]
        stranger = Waiter(stage, "stranger").in_line()
    until(lambda: stage._depth == 2)
    go.set()
    assert [waiter.ended().error for waiter in waiters] == [None, None]
    assert stranger.ended().error is None
    assert free(stage)


def test_a_circle_is_found_when_one_owner_waits_in_two_threads(registry, stage, camera):
    """The older of the two waits must not be forgotten because of the younger."""
    lamp = ThingLock(registry, "lamp")
    holds = threading.Barrier(3)
    go = threading.Event()

    def hold(also: Callable[[], None]) -> Callable[[], None]:
        def then() -> None:
            holds.wait(10)
            also()

        return then

    def want_stage() -> None:
        assert go.wait(10)
        with stage.held_by("first", "wants the stage"):
            pass

    released = threading.Event()
    first = Waiter(camera, "first", then=hold(want_stage))
    second = Waiter(lamp, "second", then=hold(waits_for(released)))
    holds.wait(10)
    stage.acquire("root", "the root's work")
    in_camera = Waiter(camera, "root").in_line()
    in_lamp = Waiter(lamp, "root").in_line()
    until(lambda: len(registry.waiting.get("root", ())) == 2)

    go.set()
    assert isinstance(first.ended().error, DeadlockError)
    released.set()
    second.ended()
    in_camera.ended()
    in_lamp.ended()
    stage.release("root")
    assert registry.waiting == {}
    assert free(stage)


def test_waiting_for_one_who_waits_for_a_third_is_no_circle(stage, camera):
    with stage.held_by("me", "work"):
        other = Waiter(camera, "other", then=lambda: stage_user(stage))
        third = Waiter(camera, "third")
        until(lambda: bool(stage._queue))
    assert other.ended().error is None
    assert third.ended().error is None


def stage_user(stage: ThingLock) -> None:
    with stage.held_by("other", "more work"):
        pass
