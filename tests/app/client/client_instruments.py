"""A Thing that fails in every way a client must understand, and has a stream."""

from __future__ import annotations

import os
import time

import numpy as np

from things import (
    BusyError,
    DeadlockError,
    DisconnectedError,
    PngBlob,
    TextBlob,
    Thing,
    ThingError,
    ValueRefusedError,
    action,
    cancellable_sleep,
    event,
    frame_stream,
    progress,
    property,
)


class ShutterStuckError(ThingError):
    """An error of a driver's own, which no client knows."""


ERRORS: dict[str, BaseException] = {
    "value": ValueError("bang"),
    "key": KeyError("lens"),
    "unicode": UnicodeDecodeError("utf-8", b"\xff", 0, 1, "what a byte"),
    "stop": StopIteration("no more"),
    "own": ShutterStuckError("the shutter is stuck"),
    "thing": ThingError("no light"),
    "gone": DisconnectedError("no answer on USB"),
    "refused": ValueRefusedError("exposure", "too bright"),
    "deadlock": DeadlockError("a circle"),
    "exit": SystemExit(3),
    "timeout": TimeoutError("no answer in 2 s"),
}


class Probe(Thing):
    """One of everything that can go wrong."""

    exposure: float = property(default=10.0, gt=0, le=1000, unit="ms")
    """How long."""

    serial: str = property(default="A-1", read_only=True)
    """Cannot be set."""

    overheated = event(float, title="Overheated")
    """It is too hot."""

    live = frame_stream(title="Live")
    """A ramp that gets brighter."""

    def __init__(self) -> None:
        self.level = 0

    @property
    def slow(self) -> int:
        """Takes a second to read."""
        time.sleep(1.0)
        return 1

    @property
    def absent(self) -> int:
        """Cannot be read: the device is gone."""
        raise DisconnectedError("no answer on USB")

    @action
    def fail(self, how: str) -> None:
        """Raise an error."""
        raise ERRORS[how]

    @action
    def hold(self) -> str:
        """Keep the Thing busy until cancelled."""
        for _ in progress(range(1000), label="turns"):
            cancellable_sleep(0.05)
        return "turned"

    @action(retention_time=0.5)
    def short_lived(self) -> PngBlob:
        """A picture that is soon forgotten."""
        return PngBlob.from_array(np.full((8, 8), 7, np.uint8))

    @action
    def big(self, mib: int = 8) -> TextBlob:
        """A long text."""
        return TextBlob.from_bytes(b"x" * (mib * 2**20))

    @action
    def warm_up(self) -> None:
        """Say that it is too hot."""
        self.overheated.emit(71.5)

    @action
    def shine(self, frames: int = 3) -> None:
        """Push frames to the stream, once somebody watches."""
        assert self.live.wait_until_watched(10)
        for _ in range(frames):
            self.level += 1
            ramp = np.arange(12 * 16, dtype=np.uint16).reshape(12, 16)
            self.live.push(ramp + self.level, pixel_size_um=0.5, full_scale=4095.0)

    @action
    def busy(self) -> None:
        """Complain that somebody else holds it."""
        raise BusyError("probe", "a scan")


class Fragile(Thing):
    """Does not start until it is allowed to."""

    def __enter__(self) -> Fragile:
        """Start.

        Raises:
            RuntimeError: It is not allowed to.
        """
        if "FRAGILE_MAY_START" not in os.environ:
            raise RuntimeError("no answer on USB")
        return self
