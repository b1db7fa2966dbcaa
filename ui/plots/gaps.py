"""The times in which nobody knew a value."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

MOST: Final = 512
"""So many gaps are remembered; then the two that lie closest together become one."""


class Gaps:
    """Gaps in the order of time, in bounded memory. The last one may still be open."""

    def __init__(self) -> None:
        """No gap."""
        self._ends: list[tuple[float, float]] = []

    def __len__(self) -> int:
        """How many there are."""
        return len(self._ends)

    @property
    def is_open(self) -> bool:
        """Whether the value is not known now."""
        return bool(self._ends) and math.isinf(self._ends[-1][1])

    def begin(self, at_s: float) -> None:
        """From now on nothing is known; nothing happens where that was so already."""
        if self.is_open:
            return
        if self._ends:
            at_s = max(at_s, self._ends[-1][1])
        self._ends.append((at_s, math.inf))
        if len(self._ends) > MOST:
            self._join_closest()

    def end(self, at_s: float) -> None:
        """The value is known again."""
        if self.is_open:
            begun_s = self._ends[-1][0]
            self._ends[-1] = (begun_s, max(begun_s, at_s))

    def between(self, from_s: float, to_s: float) -> Iterator[tuple[float, float]]:
        """The gaps that touch a time: beginning and end, which is infinite for one still open."""
        return (each for each in self._ends if each[1] >= from_s and each[0] <= to_s)

    def clear(self) -> None:
        """Forget all but the one that is open."""
        self._ends = self._ends[-1:] if self.is_open else []

    def _join_closest(self) -> None:
        apart = [
            after[0] - before[1]
            for before, after in zip(self._ends[:-2], self._ends[1:-1], strict=True)
        ]
        i = apart.index(min(apart))
        self._ends[i : i + 2] = [(self._ends[i][0], self._ends[i + 1][1])]
