"""Samples of hours in bounded memory: thinned the more, the older they are.

Level 0 holds every sample. Each further level holds what is left of the level below when time is
cut into buckets, four times as long from level to level: the lowest, the highest and the last
sample of each bucket. So every point is a sample that really was, no peak is lost, and a step is
drawn to where it led. Every level keeps its newest `KEPT` points and forgets the older ones, which
the next level has.

    level         0     1       2      3     4     5      6      7
    bucket        -     1/16 s  1/4 s  1 s   4 s   16 s   64 s   256 s
    reaches back  *     4 min   17 min 1.1 h 4.5 h 18 h   3 d    12 d    at least

    * 12288 samples: 12 s at 1 kHz, 20 min at 10 Hz, 3.4 h at 1 Hz
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

Row = NDArray[np.float64]

KEPT: Final = 12288
"""Points each level has at least, once it had so many: 4096 buckets of three."""

_ROOM: Final = KEPT + KEPT // 4
_FIRST_ROOM: Final = 256

BUCKETS_S: Final = (0.0, 1 / 16, 1 / 4, 1.0, 4.0, 16.0, 64.0, 256.0)
"""Length of a bucket on each level, in seconds; level 0 has none."""


class _Points:
    """The newest points of a level, in one piece of memory that stays as it is once it is full."""

    def __init__(self) -> None:
        self._both = np.empty((2, _FIRST_ROOM))
        self._size = 0
        self.forgot = False

    @property
    def times(self) -> Row:
        return self._both[0, : self._size]

    @property
    def values(self) -> Row:
        return self._both[1, : self._size]

    @property
    def nbytes(self) -> int:
        return self._both.nbytes

    def append(self, at_s: float, value: float) -> None:
        if self._size == self._both.shape[1]:
            self._make_room()
        self._both[0, self._size] = at_s
        self._both[1, self._size] = value
        self._size += 1

    def _make_room(self) -> None:
        room = self._both.shape[1]
        if room < _ROOM:
            larger = np.empty((2, min(_ROOM, 2 * room)))
            larger[:, :room] = self._both
            self._both = larger
            return
        # A whole quarter is forgotten at a time, so that moving costs next to nothing a point.
        self._both[:, :KEPT] = self._both[:, room - KEPT :].copy()
        self._size = KEPT
        self.forgot = True


class _Bucket:
    """The bucket of a level that is still open: its lowest, highest and last sample."""

    __slots__ = ("high", "high_s", "last", "last_s", "low", "low_s", "number")

    def __init__(self, number: int, at_s: float, value: float) -> None:
        self.number = number
        self.low = self.high = self.last = value
        self.low_s = self.high_s = self.last_s = at_s

    def take(self, at_s: float, value: float) -> None:
        if value < self.low:
            self.low, self.low_s = value, at_s
        elif value > self.high:
            self.high, self.high_s = value, at_s
        self.last, self.last_s = value, at_s

    def points(self) -> list[tuple[float, float]]:
        """In the order of time, each sample once; of two at one moment the last is the last."""
        extremes = [(self.low_s, self.low)]
        if self.high_s != self.low_s or self.high != self.low:
            extremes.append((self.high_s, self.high))
        if extremes[-1][0] < extremes[0][0]:
            extremes.reverse()
        last = (self.last_s, self.last)
        return [each for each in extremes if each != last] + [last]


class Ring:
    """Samples in the order of time, any number of them, in at most `MOST_BYTES` of memory."""

    def __init__(self) -> None:
        """Begin empty."""
        self._levels = [_Points()]
        self._open: list[_Bucket | None] = [None]
        self._last_s = -math.inf
        self.count = 0

    @property
    def nbytes(self) -> int:
        """Memory in use, in bytes."""
        return sum(level.nbytes for level in self._levels)

    @property
    def first_s(self) -> float | None:
        """When the oldest sample that is known was; None where there is none."""
        for i in range(self._highest(0), -1, -1):
            if self._levels[i].times.size:
                return float(self._levels[i].times[0])
        return None

    @property
    def last_s(self) -> float | None:
        """When the newest sample was; None where there is none."""
        return self._last_s if self.count else None

    def append(self, at_s: float, value: float) -> None:
        """Add a sample.

        Args:
            at_s: When, in seconds of any clock. Time never goes back: what claims to be older than
                the newest sample (somebody set the clock) is put beside it.
            value: A finite number; others are passed over.
        """
        if not math.isfinite(value):
            return
        at_s = max(at_s, self._last_s)
        self._last_s = at_s
        self.count += 1
        self._levels[0].append(at_s, value)
        self._carry(1, at_s, value)

    def clear(self) -> None:
        """Forget everything."""
        self._levels = [_Points()]
        self._open = [None]
        self._last_s = -math.inf
        self.count = 0

    def between(self, from_s: float, to_s: float, coarsest_s: float = 0.0) -> tuple[Row, Row]:
        """What is known of a time, with the sample before and the sample after it.

        Args:
            from_s: Beginning.
            to_s: End, not before the beginning.
            coarsest_s: Buckets of this length are fine enough; 0 for all that is known.

        Returns:
            Times and values of shape (n,), in the order of time; copies.
        """
        finest = max((i for i in range(len(self._levels)) if BUCKETS_S[i] <= coarsest_s), default=0)
        times, values = self._pieces(finest)
        first = max(0, int(np.searchsorted(times, from_s, "left")) - 1)
        last = int(np.searchsorted(times, to_s, "right")) + 1
        return times[first:last], values[first:last]

    def _carry(self, i: int, at_s: float, value: float) -> None:
        """Put a sample into the open bucket of a level; a bucket it ends is handed on."""
        if i == len(BUCKETS_S):
            return
        if i == len(self._levels):
            self._levels.append(_Points())
            self._open.append(None)
        number = int(at_s // BUCKETS_S[i])
        bucket = self._open[i]
        if bucket is not None and bucket.number == number:
            bucket.take(at_s, value)
            return
        self._open[i] = _Bucket(number, at_s, value)
        if bucket is not None:
            for each_s, each in bucket.points():
                self._levels[i].append(each_s, each)
                self._carry(i + 1, each_s, each)

    def _highest(self, finest: int) -> int:
        """The level that has the oldest points: what a level has forgotten is in the next one."""
        highest = finest
        while self._levels[highest].forgot and highest + 1 < len(self._levels):
            highest += 1
        return highest

    def _pieces(self, finest: int) -> tuple[Row, Row]:
        """Old times from coarse levels, newer ones from finer levels, the newest from level 0."""
        times: list[Row] = []
        values: list[Row] = []
        upto_s = -math.inf
        for i in range(self._highest(finest), -1, -1):
            level = self._levels[i]
            # Below the finest wanted: what is in buckets that are still open.
            begin, end = int(np.searchsorted(level.times, upto_s, "right")), level.times.size
            if i > finest:
                end = int(np.searchsorted(level.times, self._levels[i - 1].times[0], "left"))
            if end > begin:
                times.append(level.times[begin:end])
                values.append(level.values[begin:end])
                upto_s = float(level.times[end - 1])
        if not times:
            return np.empty(0), np.empty(0)
        return np.concatenate(times), np.concatenate(values)


MOST_BYTES: Final = len(BUCKETS_S) * _ROOM * 2 * 8
"""More than this a `Ring` never takes: 2 MB."""
