"""Instruments for the promises of the window: one of every schema, and some that behave badly."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AnyUrl, BaseModel, Field

from things import (
    CsvBlob,
    InvocationCancelledError,
    PngBlob,
    Thing,
    ThingError,
    action,
    cancellable_sleep,
    frame_stream,
    property,
    report_progress,
)


class Colour(Enum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Place(BaseModel):
    x: float = 0.0
    y: float = 0.0
    z: float = 0.0


class Edge(BaseModel):
    rising: bool = True


class Spot(BaseModel):
    name: str = "spot"
    size: Annotated[float, Field(gt=0, le=10, json_schema_extra={"unit": "µm"})] = 1.0


class Inner(BaseModel):
    depth: float = 1.0
    mark: str = "here"


class Middle(BaseModel):
    inner: Inner = Inner()
    count: int = 2


class Outer(BaseModel):
    middle: Middle = Middle()
    title: str = "outer"


class OneOfEach(Thing):
    """A property of every kind of schema."""

    title = "One of each"

    enabled: bool = property(default=False, title="Enabled")
    gain: int = property(default=5, ge=0, le=24, unit="dB", title="Gain")
    exposure: float = property(
        default=25.0, ge=0, le=1000, multiple_of=0.5, unit="ms", title="Exposure"
    )
    big: int = property(default=2**63 - 2, ge=0, le=2**64 - 1, title="Big")
    current: float = property(default=1.5e-9, ge=1e-12, le=1e-3, unit="A", title="Current")
    label: str = property(default="A431", max_length=12, title="Label")
    colour: Colour = property(default=Colour.RED, title="Colour")
    revision: Literal["v2"] = property(default="v2", title="Revision")
    due: datetime = property(default=datetime(2026, 11, 21, 14, tzinfo=UTC), title="Due")
    secret: Annotated[str, Field(json_schema_extra={"format": "password"})] = property(
        default="hunter2", title="Secret"
    )
    page: AnyUrl = property(default=AnyUrl("https://example.org/"), title="Page")
    folder: Path = property(default=Path("data"), title="Folder")
    limit: float | None = property(default=None, title="Limit")
    trigger: Edge | str = property(default="none", title="Trigger")
    marks: list[str] = property(default=["a", "b"], title="Marks")
    spots: list[Spot] = property(default=[Spot()], title="Spots")
    corner: tuple[float, float] = property(default=(1.0, 2.0), title="Corner")
    place: Place = property(default=Place(x=1.0, y=2.0, z=3.0), unit="mm", title="Place")
    spectrum: list[float] = property(default=[float(i % 17) for i in range(500)], title="Spectrum")
    grid: list[list[float]] = property(default=[[0.0, 1.0], [2.0, 3.0]], title="Grid")
    plan: Outer = property(default=Outer(), title="Plan")
    notes: dict[str, str] = property(default={"stain": "DAPI"}, title="Notes")
    anything: Any = property(default={"a": [1, 2]}, title="Anything")

    @action(title="Snap")
    def snap(self) -> PngBlob:
        """Give a picture of 40 × 30 pixels."""
        return PngBlob.from_array(np.arange(1200, dtype=np.uint16).reshape(30, 40) * 50)

    @action(title="Tabulate")
    def tabulate(self) -> CsvBlob:
        """Give a table."""
        return CsvBlob.from_bytes(b"time,value\n0,1\n1,4\n2,9\n")

    @action(title="Weigh")
    def weigh(self, image: PngBlob) -> int:
        """Say how many bytes a picture has.

        Args:
            image: Any PNG file.
        """
        return len(image.content)


class Slow(Thing):
    """A device that answers when a test lets it."""

    title = "Slow"

    quick: float = property(default=1.0, ge=0, le=100, title="Quick")

    def __init__(self) -> None:
        self.answers = threading.Event()
        self.was_asked = threading.Event()
        self.threads: set[str] = set()
        self.refuses = ""
        self.trouble = ""
        self._value = 25.0

    @property(unit="ms", title="Delay")
    def delay(self) -> float:
        """A value whose writing waits for the test."""
        self.threads.add(threading.current_thread().name)
        if self.trouble:
            raise ThingError(self.trouble)
        return self._value

    @delay.setter
    def _set_delay(self, value: float) -> None:
        self.threads.add(threading.current_thread().name)
        self.was_asked.set()
        self.answers.wait(30)
        if self.refuses:
            raise ThingError(self.refuses)
        self._value = value


class Scanner(Thing):
    """Runs that report, fall silent, or go on although they were asked to stop."""

    title = "Scanner"

    def __init__(self) -> None:
        self.go_on = threading.Semaphore(0)
        self.goes = threading.Event()

    @action(title="Scan")
    def scan(self, lines: Annotated[int, Field(ge=1, le=100)] = 4) -> int:
        """Scan line by line, each when the test says so."""
        for line in range(lines):
            self.logger.info("line %d", line + 1)
            report_progress(line + 1, lines, "lines")
            while not self.go_on.acquire(timeout=0.02):
                cancellable_sleep(0.0)
        return lines

    @action(title="Dig in")
    def dig_in(self) -> int:
        """Go on until the test ends it, whoever asks it to stop."""
        while not self.goes.is_set():
            try:
                cancellable_sleep(0.02)
            except InvocationCancelledError:
                self.goes.wait(30)
        return 0


class Broken(Thing):
    """Cannot be made while the environment says so."""

    title = "Broken"
    level: float = property(default=1.0, title="Level")

    def __init__(self) -> None:
        if "BROKEN_IS_BROKEN" in os.environ:
            raise ThingError("the cable is unplugged at the rack")


class Watcher(Thing):
    """A camera whose frames are pushed by the test."""

    title = "Watcher"
    live = frame_stream(title="Live")

    gain: int = property(default=1, ge=1, le=16, title="Gain")

    @action(title="Snap")
    def snap(self) -> PngBlob:
        """Give a ramp of 16 bits, times the gain."""
        ramp = np.arange(100 * 120, dtype=np.uint16).reshape(100, 120) // 3
        return PngBlob.from_array(ramp * np.uint16(self.gain))
