from __future__ import annotations

import gc
import threading

import pytest

from things import (
    NotAvailableError,
    Thing,
    action,
    current_invocation,
    property,
    setting,
)
from things.context import running_in
from things.own_thread import OwnThread


class Probe(Thing, thread="own"):
    """A vendor library that insists on one thread."""

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []

    def _note(self) -> None:
        self.threads.append(threading.current_thread())

    def __enter__(self):
        self._note()
        return super().__enter__()

    def __exit__(self, *_exc: object) -> None:
        self._note()

    @property
    def level(self) -> float:
        self._note()
        return 1.0

    @level.setter
    def _set_level(self, value: float) -> None:
        self._note()

    @level.resetter
    def _reset_level(self) -> None:
        self._note()

    @setting
    def offset(self) -> float:
        return 0.0

    @offset.setter
    def _set_offset(self, value: float) -> None:
        self._note()

    @action
    def measure(self, factor: float = 1.0) -> float:
        self._note()
        return factor * self.level

    @action
    def fail(self) -> None:
        raise KeyError("vendor")

    @action
    def who(self) -> object:
        return current_invocation()


def test_everything_runs_in_one_thread_and_none_of_it_in_the_callers(tmp_path):
    probe = Probe()
    with probe as entered:
        assert entered is probe
        assert probe.level == 1.0
        probe.level = 3
        Probe.level.reset(probe)
        assert probe.measure(2.0) == 2.0
        assert Probe.measure.call(probe, {"factor": 4.0}) == 4.0
        with probe.settings_in(tmp_path / "probe.json"):
            probe.offset = 0.5
        others = [threading.Thread(target=lambda: probe.level) for _ in range(3)]
        for other in others:
            other.start()
        for other in others:
            other.join()
    assert len(probe.threads) == 13
    assert len(set(probe.threads)) == 1
    assert probe.threads[0] is not threading.current_thread()
    assert probe.threads[0].name == "thing-probe"


def test_what_is_raised_there_is_raised_here():
    with pytest.raises(KeyError, match="vendor"):
        Probe().fail()


def test_even_a_system_exit_comes_back_and_the_thread_lives_on():
    own = OwnThread("probe")

    def leave() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        own.run(leave)
    assert own.run(lambda: 5) == 5
    own.close()


def test_the_invocation_goes_along(invocation):
    with running_in(invocation):
        assert Probe().who() is invocation
    assert Probe().who() is None


def test_calls_are_run_one_after_the_other_in_their_order():
    own = OwnThread("probe")
    running = threading.Lock()
    begin = threading.Barrier(4)

    def call() -> None:
        assert running.acquire(blocking=False)
        running.release()

    def caller() -> None:
        begin.wait()
        for _ in range(100):
            own.run(call)

    callers = [threading.Thread(target=caller) for _ in range(4)]
    for thread in callers:
        thread.start()
    for thread in callers:
        thread.join()
    own.close()


def test_stop_does_not_stand_in_line_behind_what_it_stops():
    class Arm(Thing, thread="own"):
        def __init__(self) -> None:
            self.moving, self.stopped = threading.Event(), threading.Event()

        @action
        def move(self) -> bool:
            self.moving.set()
            return self.stopped.wait(10)

        @action
        def stop(self) -> None:
            self.stopped.set()

    arm = Arm()
    results: list[bool] = []
    mover = threading.Thread(target=lambda: results.append(arm.move()))
    mover.start()
    assert arm.moving.wait(10)
    Arm.stop.call(arm, {})
    mover.join(10)
    assert results == [True]
    arm.stopped.clear()
    arm.stop()
    assert arm.stopped.is_set()


def test_a_thing_that_is_only_made_has_no_thread():
    before = threading.active_count()
    Probe()
    assert threading.active_count() == before


def test_after_closing_calls_are_refused_instead_of_waiting_for_ever():
    probe = Probe()
    assert probe.level == 1.0
    probe._core.close()
    probe.threads[0].join(10)
    assert not probe.threads[0].is_alive()
    with pytest.raises(NotAvailableError, match="has been closed"):
        _ = probe.level
    probe._core.close()


def test_a_thing_that_is_dropped_takes_its_thread_along():
    probe = Probe()
    assert probe.level == 1.0
    (thread,) = probe.threads
    del probe
    gc.collect()
    thread.join(10)
    assert not thread.is_alive()


def test_an_error_that_was_raised_keeps_nothing_alive():
    class Heavy:
        pass

    own = OwnThread("probe")

    def fail() -> None:
        raise ValueError

    gc.disable()
    try:
        import weakref

        heavy = Heavy()
        gone = weakref.ref(heavy)
        with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
            own.run(lambda heavy=heavy: fail())  # type: ignore[misc]  # mypy and lambda defaults
        del heavy
        own.run(lambda: None)
        assert gone() is None
    finally:
        gc.enable()
        own.close()


def test_a_derived_class_keeps_the_thread_and_its_parents_enter():
    class Better(Probe):
        def __enter__(self):
            self._note()
            return super().__enter__()

    class Plain(Thing):
        entered_in: threading.Thread | None = None

        def __enter__(self):
            self.entered_in = threading.current_thread()
            return self

    class Moved(Plain, thread="own"):
        pass

    better = Better()
    with better:
        pass
    assert len(better.threads) == 3
    assert len(set(better.threads)) == 1

    moved = Moved()
    with moved:
        assert moved.entered_in is not threading.current_thread()
    plain = Plain()
    with plain:
        assert plain.entered_in is threading.current_thread()


def test_another_word_than_own_is_refused():
    with pytest.raises(TypeError, match="thread='pool' is not known; use 'own'"):

        class Wrong(Thing, thread="pool"):
            pass
