from __future__ import annotations

import threading
import time

from things.progress import ProgressTracker


def test_progress_never_goes_back():
    tracker = ProgressTracker()
    level = tracker.begin(10, "planes")
    done = []
    for value in (1, 5, 3, 7, 0):
        level.report(value)
        done.append(tracker.snapshot()[0].done)
    assert done == [1, 5, 5, 7, 7]


def test_progress_never_passes_its_total():
    tracker = ProgressTracker()
    tracker.begin(10, "planes").report(12)
    (step,) = tracker.snapshot()
    assert (step.done, step.total, step.remaining_s) == (10, 10, 0.0)


def test_elapsed_and_remaining_come_from_the_monotonic_clock(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    tracker = ProgressTracker()
    level = tracker.begin(4, "planes")
    assert tracker.snapshot()[0].remaining_s is None
    assert tracker.snapshot()[0].rate_per_s is None
    clock[0] = 106.0
    level.report(3)
    (step,) = tracker.snapshot()
    assert (step.elapsed_s, step.remaining_s, step.rate_per_s) == (6.0, 2.0, 0.5)


def test_what_has_no_total_has_no_end_in_sight():
    tracker = ProgressTracker()
    tracker.begin(None, "frames").report(3)
    assert tracker.snapshot()[0].remaining_s is None


def test_the_outermost_level_stays_to_be_seen_until_the_next_begins():
    tracker = ProgressTracker()
    tracker.report(2, 2, "first")
    assert [step.label for step in tracker.snapshot()] == ["first"]
    tracker.begin(3, "second")
    assert [step.label for step in tracker.snapshot()] == ["second"]


def test_threads_reporting_the_same_label_share_one_level():
    tracker = ProgressTracker()
    begin = threading.Barrier(8)

    def report() -> None:
        begin.wait()
        tracker.report(1, 100, "points")

    threads = [threading.Thread(target=report) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tracker.snapshot()) == 1
    tracker.close()


def test_no_time_passes_after_the_end(monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    tracker = ProgressTracker(lambda: None)
    tracker.begin(10, "points").report(5)
    clock[0] = 2.0
    tracker.close()
    clock[0] = 60.0

    (step,) = tracker.snapshot()

    assert (step.elapsed_s, step.remaining_s) == (2.0, 2.0)


def test_a_busy_loop_tells_little_but_the_beginning_and_the_end():
    told = []
    tracker = ProgressTracker(lambda: told.append(tracker.snapshot()[0].done))
    level = tracker.begin(20_000, "points")
    began = time.monotonic()
    for done in range(20_000):
        level.report(done + 1)
    took_s = time.monotonic() - began
    assert told[0] == 0
    assert told[-1] == 20_000
    assert len(told) <= 4 + took_s / 0.05
    tracker.close()


def test_the_last_report_is_told_even_when_no_other_follows():
    told = threading.Event()
    seen = []

    def changed() -> None:
        seen.append(tracker.snapshot()[0].done)
        if seen[-1] == 3:
            told.set()

    tracker = ProgressTracker(changed)
    tracker.begin(10, "planes").report(3)
    assert told.wait(10)


def test_the_end_of_an_inner_level_is_told_too():
    told = threading.Event()

    def changed() -> None:
        if [step.label for step in tracker.snapshot()] == ["rows"] and inner.ended:
            told.set()

    tracker = ProgressTracker()
    tracker.begin(2, "rows")
    inner = tracker.begin(2, "points")
    tracker._notify = changed
    tracker.end(inner)
    assert told.wait(10)


def test_after_the_end_nothing_is_told():
    told = []
    later = []
    tracker = ProgressTracker(
        lambda: told.append(1), lambda due_s, call: later.append((due_s, call))
    )
    level = tracker.begin(10, "planes")
    level.report(3)
    tracker.close()
    ((due_s, tell),) = later
    assert due_s <= time.monotonic() + 0.05
    tell()
    level.report(10)
    assert told == [1]


def test_the_watcher_may_look_at_the_progress_it_is_told_of():
    seen = []
    tracker = ProgressTracker(lambda: seen.append(tracker.snapshot()))
    tracker.report(1, 1, "planes")
    assert seen[-1][0].done == 1
