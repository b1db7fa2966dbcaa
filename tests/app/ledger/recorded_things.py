"""Things whose runs are recorded in tests."""

from __future__ import annotations

import threading
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, Field

from things import (
    PngBlob,
    TextBlob,
    Thing,
    action,
    cancellable_sleep,
    property,
    thing_slot,
)


class Both(BaseModel):
    """Two blobs in one output."""

    picture: PngBlob
    texts: list[TextBlob]


class Stage(Thing):
    """Moves."""

    z: float = property(default=0.0)

    @action
    def move(self, z: float) -> float:
        """Go there."""
        self.z = z
        return self.z


class Probe(Thing):
    """Does what a test asks of it."""

    stage: Stage = thing_slot()
    gain: float = property(default=1.0)

    def __init__(self) -> None:
        self.began = threading.Event()
        self.go = threading.Event()
        self.reads = 0
        self.level = 5.0
        self.broken = False
        self.stops = 0

    @property(snapshot=True)
    def fresh(self) -> float:
        """Read anew for every record."""
        self.reads += 1
        if self.broken:
            raise RuntimeError("no answer")
        return self.level

    @property
    def stale(self) -> float:
        """Never read for a record."""
        self.reads += 1000
        return 0.0

    @action
    def double(self, number: Annotated[int, Field(ge=0)] = 1) -> int:
        """Twice the number."""
        self.logger.info("Doubling %d.", number)
        self.level += 1.0
        return 2 * number

    @action
    def say(self, text: str = "") -> Any:
        """Return a text."""
        self.logger.warning("Saying %s", text)
        return text

    @action
    def fail(self) -> None:
        """Go wrong."""
        raise ValueError("the filament is gone")

    @action
    def wait(self) -> str:
        """Until the test says so, or somebody cancels."""
        self.began.set()
        while not self.go.is_set():
            cancellable_sleep(0.01)
        return "waited"

    @action
    def ignore(self) -> None:
        """Until the test says so, whoever cancels."""
        self.began.set()
        self.go.wait(60)

    @action
    def climb(self, steps: int = 2) -> None:
        """Move another Thing."""
        for step in range(steps):
            self.stage.move(float(step + 1))

    @action
    def picture(self) -> PngBlob:
        """An array, not encoded."""
        return PngBlob.from_array(np.arange(12, dtype=np.uint8).reshape(3, 4))

    @action
    def both(self) -> Both:
        """Blobs deep in an output."""
        picture = PngBlob.from_array(np.zeros((2, 2), np.uint8))
        return Both(picture=picture, texts=[TextBlob.from_bytes(b"one"), TextBlob.from_bytes(b"")])

    @action
    def measure(self, sheet: TextBlob) -> int:
        """How long a file is."""
        return len(sheet.content)

    @action
    def huge(self, characters: int) -> str:
        """A text of that length."""
        return "x" * characters

    @action(exclusive=False)
    def nothing(self) -> None:
        """Return at once."""

    def stop(self) -> None:
        """Count the calls."""
        self.stops += 1
