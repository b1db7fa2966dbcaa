"""Instruments for the server's tests: one that has a bit of everything, and one that fails."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, Field

from things import (
    Blob,
    FloatArray,
    PngBlob,
    TextBlob,
    Thing,
    action,
    cancellable_sleep,
    event,
    frame_stream,
    progress,
    property,
)


class Point(BaseModel):
    x: float
    y: float = 0.0


class Plan(BaseModel):
    name: str
    points: Annotated[list[Point], Field(min_length=1)]


class HtmlBlob(Blob):
    media_type = "text/html"


class Probe(Thing):
    """A probe with a bit of everything."""

    counter: int = property(default=0, ge=0, le=100)
    ratio: float = property(default=0.5, ge=0, le=1)
    label: str = property(default="untitled", max_length=20)
    home: Point = property(default=Point(x=0))
    curve: FloatArray = property(default_factory=lambda: np.zeros(4), read_only=True)
    live = frame_stream()
    overheated = event(float)

    def __init__(self) -> None:
        self.reads = 0
        self.gate = threading.Event()
        self.gate.set()
        self.began = threading.Event()
        self.stopped = 0
        self._gain = 1.0
        self.drop_folder: TemporaryDirectory[str] | None = None

    @property
    def gain(self) -> float:
        self.reads += 1
        self.began.set()
        self.gate.wait(10)
        return self._gain

    @gain.setter
    def _set_gain(self, value: float) -> None:
        if value > 1000:
            raise OSError("/dev/amplifier0/channel gave up")
        self._gain = value

    @property(poll_s=0.02)
    def clock(self) -> float:
        return time.monotonic()

    @property
    def broken(self) -> int:
        raise RuntimeError("the sensor /dev/serial/by-id/usb0 is unplugged")

    @property
    def crooked(self) -> float:
        return float("nan")

    @property
    def text_of_number(self) -> int:
        return "many"  # type: ignore[return-value]  # the fault under test

    @action(exclusive=False)
    def increment(self, by: int = 1) -> int:
        self.counter += by
        return self.counter

    @action(exclusive=False)
    def zero(self) -> int:
        return 0

    @action(exclusive=False)
    def nothing(self) -> None:
        pass

    @action(exclusive=False)
    def empty(self) -> list[int]:
        return []

    @action
    def wait(self, seconds: float = 30.0) -> int:
        """Wait.

        Args:
            seconds: How long.
        """
        for step in progress(range(10), label="steps"):
            self.logger.info("step %d", step)
            cancellable_sleep(seconds / 10)
        return 1

    @action(exclusive=False)
    def explode(self, message: str = "bang") -> None:
        raise ValueError(message)

    @action(exclusive=False)
    def leave(self) -> None:
        raise SystemExit(3)

    @action(exclusive=False)
    def chatter(self, lines: int = 500) -> None:
        for number in range(lines):
            self.logger.info("line %d", number)

    @action(exclusive=False)
    def snap(self, width: int = 8) -> PngBlob:
        return PngBlob.from_array(np.full((width, width), 77, np.uint8))

    @action(exclusive=False)
    def album(self) -> dict[str, Any]:
        return {"name": "two", "pages": [1, 2]}

    @action(exclusive=False)
    def snap_to_disk(self, size: int = 1000) -> TextBlob:
        folder: TemporaryDirectory[str] = TemporaryDirectory()
        Path(folder.name, "data.txt").write_bytes(bytes(i % 251 for i in range(size)))
        return TextBlob.from_temporary_directory(folder, "data.txt")

    @action(exclusive=False)
    def big(self, size: int = 1000) -> TextBlob:
        return TextBlob.from_bytes(bytes(i % 251 for i in range(size)))

    @action(exclusive=False)
    def page(self) -> HtmlBlob:
        return HtmlBlob.from_bytes(b"<script>alert(1)</script>")

    @action(exclusive=False)
    def measure(self, image: PngBlob) -> int:
        return len(image.content)

    @action(exclusive=False)
    def echo(self, image: PngBlob) -> PngBlob:
        return image

    @action(exclusive=False)
    def plan_scan(self, plan: Plan) -> int:
        return len(plan.points)

    @action(exclusive=False, retention_time=0.5)
    def fleeting(self) -> PngBlob:
        return self.snap()

    def stop(self) -> None:
        self.stopped += 1


class Dead(Thing):
    """One that never starts."""

    counter: int = property(default=0)

    def __enter__(self) -> Dead:
        raise RuntimeError("no answer on USB")
