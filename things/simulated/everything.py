"""A Thing that has one of everything, so that any client can be tried against it.

Its names, defaults and limits are a promise to clients: the conformance bench serves it twice, as
`demo` and as `other`, and what is tried there should work everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, Field

from things import (
    InvocationCancelledError,
    PngBlob,
    TextBlob,
    action,
    cancellable_sleep,
    progress,
    property,
    report_progress,
    setting,
)
from things.simulated.instrument import SimulatedInstrument

MAX_PIXELS = 64 * 1024 * 1024
"""A larger picture is refused when it is asked for, so that no client can fill the memory."""

MAX_BLOB_MIB = 1024
"""The same for text."""

_DISK_PIXELS = 16


class Colour(Enum):
    """What the Thing paints in."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"


_RGB = {Colour.RED: (255, 0, 0), Colour.GREEN: (0, 255, 0), Colour.BLUE: (0, 0, 255)}


class Point(BaseModel):
    """A place in a plane.

    Attributes:
        x, y: Coordinates, without a unit.
    """

    x: float
    y: float = 0


class Plan(BaseModel):
    """Where to scan.

    Attributes:
        name: What to call the scan.
        points: Where to go, seen from the origin.
        origin: Where the points are counted from.
        colour: What to paint in.
    """

    name: str
    points: Annotated[list[Point], Field(min_length=1)]
    origin: Point = Point(x=0, y=0)
    colour: Colour = Colour.RED


class Planned(BaseModel):
    """What came of a plan.

    Attributes:
        name: As it was given.
        n: How many points.
        bbox: The rectangle around them, with the origin added: [xmin, ymin, xmax, ymax].
    """

    name: str
    n: int
    bbox: tuple[float, float, float, float]


class Everything(SimulatedInstrument):
    """One of every kind of property and action that a Thing can have."""

    title = "Everything"
    has_detector = True

    counter: int = property(default=0, ge=0, le=100, title="Counter")
    """Counts how often somebody incremented it."""

    colour: Colour = property(default=Colour.RED, title="Colour")
    """What pictures are painted in."""

    label: str = property(default="untitled", max_length=20, title="Label")
    """A short text."""

    home: Point = property(default=Point(x=0, y=0), title="Home")
    """A place to come back to."""

    uptime: float = property(default=0.0, read_only=True, unit="s", title="Uptime")
    """How long slow actions have been busy, all together."""

    exposure: int = setting(default=10, ge=1, unit="ms", title="Exposure")
    """Remembered from one start to the next."""

    def __init__(self, faults: Mapping[str, Any] | None = None) -> None:
        """Make one.

        Args:
            faults: What is wrong with it; see `things.simulated.faults`.
        """
        super().__init__(faults)
        self._gain = 1.0

    @property(title="Gain")
    def gain(self) -> float:
        """A value with a getter and a setter; nobody is told when it changes."""
        return self._gain

    @gain.setter
    def _set_gain(self, value: float) -> None:
        self._gain = value

    @property(title="Broken")
    def broken(self) -> int:
        """Cannot be read."""
        raise RuntimeError("the sensor is unplugged")

    @action(exclusive=False)
    def increment(self, by: int = 1) -> int:
        """Add to the counter.

        Args:
            by: How much to add.

        Returns:
            The counter afterwards.

        Raises:
            ValueRefusedError: It would leave the counter's range.
        """
        with self.io:  # several may run at once
            self.counter += by
            return self.counter

    @action(exclusive=False)
    def snap(self, width: int = 8, height: int = 8) -> PngBlob:
        """Take a picture of the current colour.

        Args:
            width: In pixels.
            height: In pixels.

        Returns:
            A picture of shape (height, width, 3), in memory.

        Raises:
            ValueError: There are no pixels in it, or too many.
        """
        picture = self._painted(width, height)
        self.logger.info("Painted %d x %d pixels in %s.", width, height, self.colour.value)
        return picture

    @action(exclusive=False)
    def snap_to_disk(self) -> PngBlob:
        """Take a picture of 16 x 16 pixels into a temporary directory.

        Returns:
            The file; the directory goes when nobody needs it any more.
        """
        folder = TemporaryDirectory()
        self._painted(_DISK_PIXELS, _DISK_PIXELS).save(Path(folder.name) / "snap.png")
        return PngBlob.from_temporary_directory(folder, "snap.png")

    @action(exclusive=False)
    def slow_count(self, n: int = 20, dt: float = 0.1) -> int:
        """Count slowly; it can be cancelled.

        Args:
            n: How far to count.
            dt: How long each step takes, in seconds.

        Returns:
            How far it counted.
        """
        for step in progress(range(1, n + 1), label="steps"):
            cancellable_sleep(dt)
            with self.io:
                self.uptime += dt
            self.logger.info("step %d of %d", step, n)
        return n

    @action(exclusive=False)
    def stubborn_count(self, n: int = 10, dt: float = 0.05) -> int:
        """Count, and give in only to the second cancellation.

        Args:
            n: How far to count.
            dt: How long each step takes, in seconds.

        Returns:
            How many cancellations it swallowed.
        """
        swallowed = 0
        for step in range(n):
            try:
                cancellable_sleep(dt)
            except InvocationCancelledError:
                if swallowed:
                    raise
                swallowed += 1
                self.logger.warning("A cancellation was swallowed; ask again.")
            report_progress(step + 1, n, "steps")
        return swallowed

    @action(exclusive=False)
    def explode(self, message: str = "bang") -> None:
        """Fail.

        Args:
            message: What to say of it.

        Raises:
            ValueError: Always.
        """
        raise ValueError(message)

    @action(exclusive=False)
    def plan_scan(self, plan: Plan) -> Planned:
        """Take nested models and give one back.

        Args:
            plan: Where to scan.

        Returns:
            The rectangle that the scan covers.
        """
        x = [plan.origin.x + point.x for point in plan.points]
        y = [plan.origin.y + point.y for point in plan.points]
        box = (min(x), min(y), max(x), max(y))
        return Planned(name=plan.name, n=len(plan.points), bbox=box)

    @action(exclusive=False)
    def measure_blob(self, image: PngBlob) -> int:
        """Say how large a picture is.

        Args:
            image: A picture that this server gave out or was given.

        Returns:
            Its size as a file, in bytes.
        """
        return len(image.content)

    @action(exclusive=False)
    def echo_blob(self, image: PngBlob) -> PngBlob:
        """Give back the very same picture.

        Args:
            image: A picture that this server gave out or was given.
        """
        return image

    @action(exclusive=False)
    def big_blob(self, mib: int = 64) -> TextBlob:
        """Give a long text.

        Args:
            mib: How long, in mebibytes.

        Returns:
            Lines of 64 characters, in memory.

        Raises:
            ValueError: It would be too long to hold.
        """
        if not 0 <= mib <= MAX_BLOB_MIB:
            raise ValueError(f"{mib} MiB cannot be held; up to {MAX_BLOB_MIB} can")
        line = b"0123456789abcdef" * 3 + b"0123456789abcde\n"
        return TextBlob.from_bytes(line * (mib * 1024 * 1024 // len(line)))

    @action(exclusive=False)
    def nothing(self) -> None:
        """Take nothing and give nothing."""

    @action(exclusive=False)
    def zero(self) -> int:
        """Give a result that is false, and a result all the same."""
        return 0

    def _painted(self, width: int, height: int) -> PngBlob:
        if width < 1 or height < 1 or width * height > MAX_PIXELS:
            raise ValueError(f"{width} x {height} is no picture; it has 1 to {MAX_PIXELS} pixels")
        picture = np.empty((height, width, 3), np.uint8)
        picture[:] = _RGB[self.colour]
        return PngBlob.from_array(self.faults.detected(picture, 255))
