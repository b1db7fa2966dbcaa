"""How far a running action has come, in nested levels.

A tracker belongs to one invocation. Loops push levels onto it, from the action's thread and from
threads it started; whoever watches takes a snapshot.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

_NOTIFY_EVERY_S = 0.05


@dataclass(frozen=True, slots=True)
class ProgressStep:
    """One level of progress; nested loops give several.

    Attributes:
        done: How much is done, 0 <= done <= total where total is known.
        total: How much there is, or None.
        label: What is counted, such as 'planes'.
        elapsed_s: Since this level began.
        remaining_s: Estimated, or None.
        rate_per_s: How much is done in a second, on the average so far; None before anything is.
    """

    done: float
    total: float | None
    label: str
    elapsed_s: float
    remaining_s: float | None
    rate_per_s: float | None = None


class ProgressLevel:
    """One level while it counts.

    Attributes:
        label: What is counted.
        total: How much there is, or None.
        ended: Whether it counts no more.
    """

    def __init__(self, tracker: ProgressTracker, total: float | None, label: str) -> None:
        self.label = label
        self.total = total
        self._tracker = tracker
        self.ended = False
        self._done = 0.0
        self._began = time.monotonic()

    def report(self, done: float, total: float | None = None) -> None:
        """Say how much is done. It never goes back: a smaller `done` is ignored."""
        with self._tracker.lock:
            self._done = max(self._done, done)
            self.total = self.total if total is None else total
            complete = self.total is not None and self._done >= self.total
        self._tracker.changed(force=complete)

    def snapshot(self, now_s: float) -> ProgressStep:
        """How it stands; `now_s` is on the monotonic clock."""
        elapsed_s = now_s - self._began
        done = self._done if self.total is None else min(self._done, self.total)
        remaining_s = None
        if self.total is not None and done > 0:
            remaining_s = elapsed_s * (self.total - done) / done
        rate_per_s = done / elapsed_s if done > 0 and elapsed_s > 0 else None
        return ProgressStep(done, self.total, self.label, elapsed_s, remaining_s, rate_per_s)


class Later(Protocol):
    """Has something called at a time on the monotonic clock, in another thread."""

    def __call__(self, due_s: float, call: Callable[[], None], /) -> object:
        """Call it then; never raises, never waits."""


def _by_a_timer(due_s: float, call: Callable[[], None]) -> None:
    timer = threading.Timer(max(0.0, due_s - time.monotonic()), call)
    timer.daemon = True
    timer.start()


class ProgressTracker:
    """The levels of one invocation, outermost first; safe to use from any thread.

    Args:
        changed: Called after a change, at most every 50 ms and from any thread, never while a
            lock is held. The last change is told too, at the latest 50 ms after it: the next
            one may be a minute away.
        later: Calls what is told a moment later. A thread for each would be many; and where
            there is no memory left for one, its start would never return.
    """

    def __init__(
        self, changed: Callable[[], None] = lambda: None, later: Later = _by_a_timer
    ) -> None:
        self.lock = threading.Lock()
        self._notify = changed
        self._call_later = later
        self._notified = -1.0
        self._waiting = False
        self._levels: list[ProgressLevel] = []
        self._closed_s: float | None = None

    def begin(self, total: float | None, label: str) -> ProgressLevel:
        """Open a level inside those that are still counting."""
        with self.lock:
            level = self._opened(total, label)
        self.changed(force=True)
        return level

    def end(self, level: ProgressLevel) -> None:
        """Close a level; the outermost stays to be seen until another one begins."""
        with self.lock:
            level.ended = True
            inner = level in self._levels[1:]
            if inner:
                self._levels.remove(level)
        if inner:
            self.changed()

    def report(self, done: float, total: float | None, label: str) -> None:
        """Say how far something is that is no loop; one level for each label."""
        with self.lock:
            known = [old for old in self._levels if old.label == label and not old.ended]
            level = known[-1] if known else self._opened(total, label)
        level.report(done, total)
        if level.total is not None and done >= level.total:
            self.end(level)

    def snapshot(self) -> tuple[ProgressStep, ...]:
        """All levels as they stand, outermost first."""
        now_s = time.monotonic()
        with self.lock:
            now_s = now_s if self._closed_s is None else self._closed_s
            return tuple(level.snapshot(now_s) for level in self._levels)

    def changed(self, *, force: bool = False) -> None:
        """Tell the watcher; when it was told a moment ago, a moment later."""
        now_s = time.monotonic()
        with self.lock:
            early_s = self._notified + _NOTIFY_EVERY_S - now_s
            if not force and early_s > 0:
                due_s = now_s + early_s
                begin, self._waiting = not self._waiting, True
            else:
                due_s, begin = None, False
                self._notified = now_s
        if due_s is None:
            self._notify()
        elif begin:
            self._call_later(due_s, self._tell_later)

    def close(self) -> None:
        """Tell nothing more, and let no more time pass: the invocation has ended."""
        with self.lock:
            self._closed_s = time.monotonic()
            self._notify = lambda: None

    def _tell_later(self) -> None:
        with self.lock:
            self._waiting = False
            self._notified = time.monotonic()
            notify = self._notify
        notify()

    def _opened(self, total: float | None, label: str) -> ProgressLevel:
        level = ProgressLevel(self, total, label)
        self._levels = [*(old for old in self._levels if not old.ended), level]
        return level
