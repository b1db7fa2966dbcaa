"""How far a running action has come, in nested levels.

A tracker belongs to one invocation. Loops push levels onto it, from the action's thread and from
threads it started; whoever watches takes a snapshot.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

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
    """

    done: float
    total: float | None
    label: str
    elapsed_s: float
    remaining_s: float | None


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
        self._tracker.changed(force=self.total is not None and done >= self.total)

    def snapshot(self, now_s: float) -> ProgressStep:
        """How it stands; `now_s` is on the monotonic clock."""
        elapsed_s = now_s - self._began
        remaining_s = None
        if self.total is not None and self._done > 0:
            remaining_s = max(0.0, elapsed_s * (self.total - self._done) / self._done)
        return ProgressStep(self._done, self.total, self.label, elapsed_s, remaining_s)


class ProgressTracker:
    """The levels of one invocation, outermost first; safe to use from any thread.

    Args:
        changed: Called after a change, at most every 50 ms, never while a lock is held.
    """

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self.lock = threading.Lock()
        self._notify = changed
        self._notified = -1.0
        self._levels: list[ProgressLevel] = []

    def begin(self, total: float | None, label: str) -> ProgressLevel:
        """Open a level inside those that are still counting."""
        level = ProgressLevel(self, total, label)
        with self.lock:
            self._levels = [*(old for old in self._levels if not old.ended), level]
        self.changed(force=True)
        return level

    def end(self, level: ProgressLevel) -> None:
        """Close a level; the outermost stays to be seen until another one begins."""
        with self.lock:
            level.ended = True
            if level in self._levels[1:]:
                self._levels.remove(level)

    def report(self, done: float, total: float | None, label: str) -> None:
        """Say how far something is that is no loop; one level for each label."""
        with self.lock:
            known = [old for old in self._levels if old.label == label and not old.ended]
        level = known[-1] if known else self.begin(total, label)
        level.report(done, total)
        if level.total is not None and done >= level.total:
            self.end(level)

    def snapshot(self) -> tuple[ProgressStep, ...]:
        """All levels as they stand, outermost first."""
        now_s = time.monotonic()
        with self.lock:
            return tuple(level.snapshot(now_s) for level in self._levels)

    def changed(self, *, force: bool = False) -> None:
        """Tell the watcher, unless it was told a moment ago."""
        now_s = time.monotonic()
        with self.lock:
            if not force and now_s - self._notified < _NOTIFY_EVERY_S:
                return
            self._notified = now_s
        self._notify()
