"""How a stage travels: a straight line at limited speed and acceleration.

The place is a function of time, so that nothing has to run while the stage moves and asking
where it is costs nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Point = tuple[float, float, float]
"""x, y, z in millimetres."""


@dataclass(frozen=True, slots=True)
class Trajectory:
    """A journey from rest to rest: speeding up, cruising, slowing down.

    A short way is done without cruising, at less than full speed.

    Attributes:
        start, end: In millimetres.
        speed_mm_s: The speed on the way at most, above 0.
        acceleration_mm_s2: How fast it gets there, above 0.
    """

    start: Point
    end: Point
    speed_mm_s: float
    acceleration_mm_s2: float

    def __post_init__(self) -> None:
        if self.speed_mm_s <= 0 or self.acceleration_mm_s2 <= 0:
            raise ValueError("speed and acceleration must be above 0")

    @property
    def distance_mm(self) -> float:
        """Length of the way."""
        return math.dist(self.start, self.end)

    @property
    def top_speed_mm_s(self) -> float:
        """The highest speed on the way: less than allowed where the way is short."""
        return min(self.speed_mm_s, math.sqrt(self.acceleration_mm_s2 * self.distance_mm))

    @property
    def duration_s(self) -> float:
        """How long it takes; 0 where start and end are the same."""
        top = self.top_speed_mm_s
        if top == 0:
            return 0.0
        # Speeding up and slowing down cost as much time again as the way they cover.
        return self.distance_mm / top + top / self.acceleration_mm_s2

    def travelled_mm(self, elapsed_s: float) -> float:
        """How much of the way is done after so many seconds."""
        total = self.duration_s
        if elapsed_s <= 0:
            return 0.0
        if elapsed_s >= total:
            return self.distance_mm
        top, acceleration = self.top_speed_mm_s, self.acceleration_mm_s2
        ramp = top / acceleration
        if elapsed_s < ramp:
            return acceleration * elapsed_s**2 / 2
        if elapsed_s > total - ramp:
            return self.distance_mm - acceleration * (total - elapsed_s) ** 2 / 2
        return top * (elapsed_s - ramp / 2)

    def position(self, elapsed_s: float) -> Point:
        """Where it is after so many seconds."""
        if elapsed_s >= self.duration_s:
            return self.end
        share = self.travelled_mm(elapsed_s) / self.distance_mm
        x, y, z = (a + (b - a) * share for a, b in zip(self.start, self.end, strict=True))
        return (x, y, z)
