from __future__ import annotations

import threading
import time
from collections import deque

import pytest

from things import (
    InvocationCancelledError,
    Thing,
    cancellable_sleep,
    current_invocation,
    progress,
    raise_if_cancelled,
    report_progress,
    start_thread,
)
from things.context import running_in


def steps(invocation):
    return [(step.label, step.done, step.total) for step in invocation.progress.snapshot()]


def test_code_finds_the_invocation_it_runs_in(invocation):
    assert current_invocation() is None
    with running_in(invocation):
        assert current_invocation() is invocation
    assert current_invocation() is None


def test_the_invocation_is_left_on_an_error_too(invocation):
    with pytest.raises(ZeroDivisionError), running_in(invocation):
        _ = 1 / 0
    assert current_invocation() is None


def test_outside_an_invocation_everything_works_and_shows_nothing():
    raise_if_cancelled()
    cancellable_sleep(0)
    report_progress(1, 2, "planes")
    assert list(progress(range(3), label="planes")) == [0, 1, 2]
    ran = threading.Event()
    start_thread(ran.set).join()
    assert ran.is_set()


def test_progress_counts_what_it_goes_through(invocation):
    seen: list[object] = []
    with running_in(invocation):
        seen += ((item, steps(invocation)) for item in progress("abc", label="letters"))
    assert seen == [
        ("a", [("letters", 0, 3)]),
        ("b", [("letters", 1, 3)]),
        ("c", [("letters", 2, 3)]),
    ]
    assert steps(invocation) == [("letters", 3, 3)]


def test_progress_takes_a_total_where_the_length_is_not_known(invocation):
    with running_in(invocation):
        for _ in progress(iter("ab"), label="letters"):
            assert steps(invocation)[0][2] is None
        for _ in progress(iter("ab"), label="letters", total=2):
            assert steps(invocation)[0][2] == 2


def test_loops_within_loops_are_levels(invocation):
    seen: list[object] = []
    with running_in(invocation):
        for _ in progress(range(2), label="rows"):
            seen += (steps(invocation) for _ in progress(range(2), label="points"))
    assert seen == [
        [("rows", 0, 2), ("points", 0, 2)],
        [("rows", 0, 2), ("points", 1, 2)],
        [("rows", 1, 2), ("points", 0, 2)],
        [("rows", 1, 2), ("points", 1, 2)],
    ]
    assert steps(invocation) == [("rows", 2, 2)]


def test_leaving_a_loop_early_closes_its_level(invocation):
    with running_in(invocation):
        for _ in progress(range(2), label="rows"):
            for _ in progress(range(9), label="points"):
                break
            assert steps(invocation)[-1][0] == "rows"


def test_a_cancellation_stops_between_two_items(invocation):
    seen = []

    def look(item: int) -> None:
        seen.append(item)
        if item == 2:
            invocation.cancel_event.set()

    with running_in(invocation), pytest.raises(InvocationCancelledError):
        deque(map(look, progress(range(10))), maxlen=0)
    assert seen == [0, 1, 2]


def test_a_cancellation_stops_before_the_first_item(invocation):
    invocation.cancel_event.set()
    with running_in(invocation), pytest.raises(InvocationCancelledError):
        next(progress(range(10)))


def test_an_action_that_handles_one_cancellation_can_be_cancelled_again(invocation):
    with running_in(invocation):
        invocation.cancel_event.set()
        with pytest.raises(InvocationCancelledError):
            raise_if_cancelled()
        assert list(progress(range(2))) == [0, 1]
        invocation.cancel_event.set()
        with pytest.raises(InvocationCancelledError):
            cancellable_sleep(60)


def test_a_sleep_is_cancelled_at_once(invocation):
    threading.Timer(0.05, invocation.cancel_event.set).start()
    began = time.monotonic()
    with running_in(invocation), pytest.raises(InvocationCancelledError):
        cancellable_sleep(60)
    assert time.monotonic() - began < 10


def test_progress_may_be_reported_without_a_loop(invocation):
    with running_in(invocation):
        report_progress(1, 10, "mm")
        report_progress(4, label="mm")
        assert steps(invocation) == [("mm", 4, 10)]
        report_progress(1, 2, "turns")
        assert steps(invocation) == [("mm", 4, 10), ("turns", 1, 2)]


def test_a_thread_that_an_action_starts_carries_its_invocation(invocation):
    seen: list[object] = []

    def work(factor: int) -> None:
        seen.append(current_invocation())
        seen.extend(steps(invocation)[-1] for _ in progress(range(2), label="in the thread"))
        seen.append(factor)

    with running_in(invocation):
        thread = start_thread(work, 3, name="helper")
        thread.join()
    assert thread.name == "helper"
    assert seen == [invocation, ("in the thread", 0, 2), ("in the thread", 1, 2), 3]


def test_a_plain_thread_does_not(invocation):
    seen: list[object] = []
    with running_in(invocation):
        thread = threading.Thread(target=lambda: seen.append(current_invocation()))
        thread.start()
        thread.join()
    assert seen == [None]


def test_a_cancelled_thread_ends_quietly(invocation):
    """pytest makes an error of what a thread lets fall."""
    with running_in(invocation):
        invocation.cancel_event.set()
        thread = start_thread(cancellable_sleep, 60)
        thread.join(10)
    assert not thread.is_alive()


def test_a_thing_logs_to_the_invocation_that_runs_it(invocation):
    class Lamp(Thing):
        pass

    lamp = Lamp()
    assert lamp.logger.name == "labwright.things.lamp"
    with running_in(invocation):
        assert lamp.logger is invocation.logger
