"""Things that make work for the window: many of them, and busy ones."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from things import Blob, PngBlob, Thing, action, frame_stream, property

FRAME_RATE = 30.0
SET_EVERY_S = 0.1
LOAD = "load-"
"""How the names of threads begin that make work."""


def _action(number: int) -> Any:
    def run(self: Thing, steps: int = 1) -> int:
        """Return what it was given."""
        return steps

    run.__name__ = f"action_{number}"
    return action(run, title=f"Action {number}")


def _wide(properties: int, actions: int) -> dict[str, Any]:
    names = [f"level_{number}" for number in range(properties)]
    members: dict[str, Any] = {
        name: property(default=0.0, ge=0, le=1e9, unit="V", group=f"Group {number // 10}")
        for number, name in enumerate(names)
    }
    members["__annotations__"] = dict.fromkeys(names, float)
    members["__module__"] = __name__
    members["__doc__"] = "A Thing with many affordances."
    return members | {f"action_{number}": _action(number) for number in range(actions)}


Wide: Any = type("Wide", (Thing,), _wide(25, 25))
"""25 properties and 25 actions."""

_Many: Any = type("_Many", (Thing,), _wide(100, 0))


class Busy(_Many):  # type: ignore[misc]  # its base is made from a table
    """100 properties, each set ten times a second by a thread of its own."""

    def __enter__(self) -> Busy:
        """Begin to set them."""
        self._end = threading.Event()
        self._setter = threading.Thread(target=self._set, name=f"{LOAD}set", daemon=True)
        self._setter.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Set them no more."""
        self._end.set()
        self._setter.join()

    def _set(self) -> None:
        value = 0.0
        while not self._end.wait(SET_EVERY_S):
            value += 1.0
            for number in range(100):
                setattr(self, f"level_{number}", value)


class Clock(Thing):
    """Sets a property to the time at which it does so, some fifty times a second."""

    told: int = property(default=0, unit="µs")

    def __enter__(self) -> Clock:
        """Begin to set it."""
        self._end = threading.Event()
        self._setter = threading.Thread(target=self._set, daemon=True)
        self._setter.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Set it no more."""
        self._end.set()
        self._setter.join()

    def _set(self) -> None:
        chance = random.Random(1)  # no rhythm that could keep step with the screen's
        while not self._end.wait(chance.uniform(0.01, 0.03)):
            self.told = time.monotonic_ns() // 1000


class Giver(Thing):
    """Gives nothing, a large file, or a picture."""

    @action(exclusive=False)
    def nothing(self) -> None:
        """Take nothing and give nothing."""

    @action(exclusive=False)
    def give(self, mib: int) -> Blob:
        """Give a file of so many MiB."""
        folder = TemporaryDirectory()
        with Path(folder.name, "octets").open("wb") as file:
            for _ in range(mib):
                file.write(bytes(1 << 20))
        return Blob.from_temporary_directory(folder, "octets")

    @action(exclusive=False)
    def look(self, times: int = 1) -> PngBlob:
        """Give a picture of 1 MB, as a camera does."""
        seed = np.random.default_rng(times)
        return PngBlob.from_array(seed.integers(0, 256, (1000, 1000), np.uint8))


class Film(Thing):
    """A stream of 2048 x 2048 pictures of 16 bits, 30 a second."""

    live = frame_stream(title="Live")

    def __enter__(self) -> Film:
        """Begin to stream."""
        noise = np.random.default_rng(1)
        self._frames = [
            noise.integers(500, 40_000, (2048, 2048)).astype(np.uint16) for _ in range(4)
        ]
        self._end = threading.Event()
        self._streamer = threading.Thread(target=self._stream, name=f"{LOAD}film", daemon=True)
        self._streamer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """End the stream."""
        self._end.set()
        self._streamer.join()

    def _stream(self) -> None:
        number = 0
        while not self._end.wait(1 / FRAME_RATE):
            self.live.push(self._frames[number % 4], full_scale=65535)
            number += 1
