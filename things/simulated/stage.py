"""An XYZ stage that takes its time."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from things import (
    ThingError,
    ValueRefusedError,
    action,
    cancellable_sleep,
    property,
    report_progress,
    setting,
)
from things.simulated.instrument import SimulatedInstrument
from things.simulated.motion import Point, Trajectory

_MM: JsonDict = {"unit": "mm"}
_LOOK_EVERY_S = 0.04

ARRIVAL_S = 1.0
"""How long an axis may take to arrive once it should be there."""


class Position(BaseModel):
    """A place in space, in millimetres."""

    model_config = ConfigDict(frozen=True)

    x: float = Field(title="x", json_schema_extra=_MM)
    y: float = Field(title="y", json_schema_extra=_MM)
    z: float = Field(title="z", json_schema_extra=_MM)


class Limits(BaseModel):
    """A box the stage may move in; one corner below the other on each axis."""

    model_config = ConfigDict(frozen=True)

    lower: Position = Field(default=Position(x=-57.0, y=-37.5, z=-1.0), title="Lower")
    upper: Position = Field(default=Position(x=57.0, y=37.5, z=8.0), title="Upper")

    @model_validator(mode="after")
    def _leave_room(self) -> Self:
        for axis in "xyz":
            if getattr(self.lower, axis) > getattr(self.upper, axis):
                raise ValueError(f"the lower {axis} must not be above the upper {axis}")
        return self


X = Annotated[
    Annotated[float, Field(ge=-60, le=60, json_schema_extra=_MM)] | None, Field(title="x")
]
Y = Annotated[
    Annotated[float, Field(ge=-40, le=40, json_schema_extra=_MM)] | None, Field(title="y")
]
Z = Annotated[Annotated[float, Field(ge=-2, le=10, json_schema_extra=_MM)] | None, Field(title="z")]
Way = Annotated[float, Field(ge=-100, le=100, json_schema_extra=_MM)]


class StoppedError(ThingError):
    """The stage was stopped before it arrived."""


class NotArrivedError(ThingError):
    """An axis does not come where it was sent."""


class Stage(SimulatedInstrument):
    """A motorised stage that moves the slide, and the focus, in straight lines."""

    title = "Stage"
    axes = ("x", "y", "z")

    speed: float = setting(default=2.0, gt=0, le=10, unit="mm/s", title="Speed", group="Motion")
    """How fast it travels at most. A change holds from the next move on."""

    acceleration: float = setting(
        default=20.0, gt=0, le=200, unit="mm/s²", title="Acceleration", group="Motion"
    )
    """How fast it comes up to speed, and down again."""

    limits: Limits = setting(default_factory=Limits, title="Limits", group="Motion")
    """Where it may go. A move that would leave this box is refused before it begins."""

    def __init__(
        self,
        start: Sequence[float] = (12.48, -3.117, 0.842),
        home: Sequence[float] = (0.0, 0.0, 0.815),
        faults: Mapping[str, Any] | None = None,
    ) -> None:
        """Make a stage.

        Args:
            start: Where it stands at first: x, y, z in millimetres.
            home: Where `home` takes it.
            faults: What is wrong with it; see `things.simulated.faults`.
        """
        super().__init__(faults)
        self._home = _point(home)
        # One tuple, replaced as a whole: other threads read it without a lock.
        self._move = (_still(_point(start)), 0.0)

    @property(poll_s=0.1, title="Position")
    def position(self) -> Position:
        """Where it is now, on the way as well."""
        x, y, z = self._place()
        return Position(x=x, y=y, z=z)

    @property(poll_s=0.2, title="Moving", group="Motion")
    def moving(self) -> bool:
        """Whether it is on its way."""
        journey, began_s = self._move
        return time.monotonic() - began_s < journey.duration_s

    @action(title="Move to")
    def move_to(self, x: X = None, y: Y = None, z: Z = None) -> Position:
        """Travel to a place, in a straight line.

        Args:
            x: In millimetres; left empty, it stays where it is on this axis.
            y: Likewise.
            z: Likewise; this is the focus.

        Returns:
            Where it arrived.

        Raises:
            ValueRefusedError: The place lies outside the limits; it has not moved.
            StoppedError: It was stopped on the way.
            NotArrivedError: An axis is stuck.
            InvocationCancelledError: It stands where it was when cancelled.
        """
        here = self.position
        return self._travel(
            (
                here.x if x is None else x,
                here.y if y is None else y,
                here.z if z is None else z,
            )
        )

    @action(title="Move by")
    def move_by(self, dx: Way = 0.0, dy: Way = 0.0, dz: Way = 0.0) -> Position:
        """Travel a distance from where it is.

        Args:
            dx: Along x, in millimetres.
            dy: Along y, in millimetres.
            dz: Along z, in millimetres; this is the focus.

        Returns:
            Where it arrived.

        Raises:
            ValueRefusedError: The way leads outside the limits; it has not moved.
            StoppedError: It was stopped on the way.
        """
        here = self.position
        return self._travel((here.x + dx, here.y + dy, here.z + dz))

    @action(title="Home all axes")
    def home(self) -> Position:
        """Travel to the middle of the slide, a little below focus.

        Returns:
            Where it arrived.
        """
        self.logger.info("Going home.")
        return self._travel(self._home)

    def stop(self) -> None:
        """Stand still where it is now. Called from any thread, while it moves as well."""
        self.faults.call("stop", self._halt)

    def _halt(self) -> None:
        self._move = (_still(self._place()), 0.0)

    def _place(self) -> Point:
        journey, began_s = self._move
        return journey.position(time.monotonic() - began_s)

    def _travel(self, end: Point) -> Position:
        """Go there, say how far it is, and leave it standing whatever happens."""
        self._refuse_outside(end)
        here = self._place()
        journey = Trajectory(here, self._reachable(here, end), self.speed, self.acceleration)
        began_s = time.monotonic()
        move = self._move = (journey, began_s)
        try:
            while (left_s := began_s + journey.duration_s - time.monotonic()) > 0:
                way_mm = journey.travelled_mm(journey.duration_s - left_s)
                report_progress(way_mm, journey.distance_mm, "mm")
                cancellable_sleep(min(_LOOK_EVERY_S, left_s))
                if self._move is not move:
                    raise StoppedError("The stage was stopped before it arrived.")
            self._await_arrival(journey.end, end)
        except BaseException:
            self._halt()
            raise
        report_progress(journey.distance_mm, journey.distance_mm, "mm")
        return Position(x=end[0], y=end[1], z=end[2])

    def _reachable(self, here: Point, end: Point) -> Point:
        """Where a journey ends: an axis that is stuck stays where it is."""
        x, y, z = (
            at if self.faults.is_stuck(axis) else to
            for axis, at, to in zip(self.axes, here, end, strict=True)
        )
        return (x, y, z)

    def _await_arrival(self, reached: Point, end: Point) -> None:
        """Give each axis a while longer to come where it was sent.

        Raises:
            NotArrivedError: One did not.
        """
        for axis, at, to in zip(self.axes, reached, end, strict=True):
            if at != to:
                cancellable_sleep(ARRIVAL_S)
                raise NotArrivedError(
                    f"The {axis} axis did not arrive within {ARRIVAL_S:g} s: it stands at "
                    f"{at:.3f} mm, not at {to:.3f} mm."
                )

    def _refuse_outside(self, end: Point) -> None:
        lower, upper = self.limits.lower, self.limits.upper
        for axis, value in zip("xyz", end, strict=True):
            least, most = getattr(lower, axis), getattr(upper, axis)
            if not (math.isfinite(value) and least <= value <= most):
                raise ValueRefusedError(
                    axis, f"{value:.3f} mm is outside the limits, {least:g} to {most:g} mm"
                )


def _point(numbers: Sequence[float]) -> Point:
    """Three numbers, as a bench file gives them, as a place."""
    x, y, z = numbers
    return (float(x), float(y), float(z))


def _still(place: Point) -> Trajectory:
    """A journey that is over before it begins."""
    return Trajectory(place, place, speed_mm_s=1, acceleration_mm_s2=1)
