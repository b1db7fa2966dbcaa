"""Which stretch of time is in sight: it follows the present, or stands where it was moved to."""

from __future__ import annotations

import math
from typing import Final

SHORTEST_S: Final = 0.05
LONGEST_S: Final = 400 * 86400.0
FIRST_SPAN_S: Final = 600.0

ALL: Final = math.inf
"""The span that shows everything from the first value on."""


class TimeWindow:
    """The stretch of time in sight.

    Attributes:
        span_s: While it follows: so many of the last seconds, or `ALL`.
    """

    def __init__(self) -> None:
        """Follow the last ten minutes."""
        self.span_s = FIRST_SPAN_S
        self._fixed: tuple[float, float] | None = None

    @property
    def follows(self) -> bool:
        """Whether the present is at its right edge."""
        return self._fixed is None

    def follow(self, span_s: float | None = None) -> None:
        """Follow the present.

        Args:
            span_s: Show so many of the last seconds, or `ALL`; None for as many as before.
        """
        self._fixed = None
        if span_s is not None:
            self.span_s = span_s

    def hold(self, now_s: float, first_s: float | None) -> None:
        """Stand still with what is in sight now."""
        self._fixed = self.ends(now_s, first_s)

    def ends(self, now_s: float, first_s: float | None) -> tuple[float, float]:
        """Beginning and end in seconds since 1970.

        Args:
            now_s: Now.
            first_s: When the oldest value was; None where there is none.
        """
        if self._fixed is not None:
            return self._fixed
        if math.isfinite(self.span_s):
            return now_s - self.span_s, now_s
        begun_s = now_s - 1.0 if first_s is None else min(first_s, now_s - 1.0)
        return begun_s, now_s

    def pan(self, share: float, now_s: float, first_s: float | None) -> None:
        """Move by a share of what is in sight; to the left shows what was earlier.

        It follows again when it is moved to the present.
        """
        begun_s, end_s = self.ends(now_s, first_s)
        by_s = share * (end_s - begun_s)
        if not self.follows and by_s > 0 and end_s < now_s <= end_s + by_s:
            self.span_s = end_s - begun_s
            self.follow()
            return
        self._stand_at(begun_s + by_s, end_s + by_s, now_s, first_s)

    def zoom(self, factor: float, place: float, now_s: float, first_s: float | None) -> None:
        """Show more or less time.

        Args:
            factor: How many times as much.
            place: What stays where it is: 0 the left edge, 1 the right one.
            now_s: Now.
            first_s: When the oldest value was.
        """
        begun_s, end_s = self.ends(now_s, first_s)
        span_s = end_s - begun_s
        new_s = min(LONGEST_S, max(SHORTEST_S, span_s * factor))
        fixed_s = begun_s + place * span_s
        begun_s = fixed_s - place * new_s
        self._stand_at(begun_s, begun_s + new_s, now_s, first_s)

    def _stand_at(self, begun_s: float, end_s: float, now_s: float, first_s: float | None) -> None:
        """Stand still, but not beyond the first value, nor in the future."""
        span_s = end_s - begun_s
        oldest_s = now_s if first_s is None else first_s
        begun_s = min(max(begun_s, oldest_s - span_s), now_s - 0.1 * span_s)
        self._fixed = (begun_s, begun_s + span_s)
