"""How punctual the Qt thread was in the last minutes, in figures."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

WINDOW_S: Final = 300.0
"""How long a beat counts, in seconds."""

STEPS_MS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500)
"""Upper edges of the bars of the histogram; the last bar holds what is beyond."""


@dataclass(frozen=True, slots=True)
class Stall:
    """A time in which the window did not answer.

    Attributes:
        at: When it began, local time.
        where: The frames that ran then, innermost first.
        took_s: How long it lasted, in seconds; None while it lasts.
    """

    at: datetime
    where: str
    took_s: float | None = None


@dataclass(frozen=True, slots=True)
class BeatFigures:
    """How late the beats were.

    Attributes:
        count: How many there were.
        p50_ms, p99_ms, worst_ms: Half of them, 99 of 100, all were at most so late.
        bars: How many fell below each of `STEPS_MS`, and beyond.
    """

    count: int
    p50_ms: float
    p99_ms: float
    worst_ms: float
    bars: Sequence[int]


class BeatRecord:
    """Keeps how late each beat was. On the Qt thread only."""

    def __init__(self, window_s: float = WINDOW_S) -> None:
        """An empty record.

        Args:
            window_s: How long a beat counts.
        """
        self._window_s = window_s
        self._beats: deque[tuple[float, float]] = deque()

    def add(self, late_ms: float, at_s: float | None = None) -> None:
        """A beat came.

        Args:
            late_ms: By how much too late.
            at_s: When, on the monotonic clock; now by default.
        """
        now_s = time.monotonic() if at_s is None else at_s
        self._beats.append((now_s, max(0.0, late_ms)))
        while self._beats[0][0] < now_s - self._window_s:
            self._beats.popleft()

    def figures(self) -> BeatFigures:
        """All that counts, summed up."""
        late = sorted(each for _, each in self._beats)
        bars = [0] * (len(STEPS_MS) + 1)
        for each in late:
            bars[sum(each >= step for step in STEPS_MS)] += 1
        if not late:
            return BeatFigures(0, 0.0, 0.0, 0.0, bars)
        return BeatFigures(
            len(late), late[len(late) // 2], late[int(0.99 * (len(late) - 1))], late[-1], bars
        )
