"""What one picture from outside may cost."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What one picture may cost; beyond it the picture is refused.

    Attributes:
        memory_bytes: Address space of the image process, its libraries (about 120 MiB) included.
            Not enforced where the system has no such limit (Windows).
        time_s: Seconds from the moment the bytes are handed over to the moment the pixels are
            back; also the processor time of one picture, where the system can limit it.
        pixels: Largest number of pixels, all planes together.
        start_s: Seconds the process may take to start.
        idle_s: Seconds without work after which the process is ended; the next picture starts it
            again.
    """

    memory_bytes: int = 512 * MIB
    time_s: float = 5.0
    pixels: int = 100_000_000
    start_s: float = 30.0
    idle_s: float = 60.0

    @property
    def input_bytes(self) -> int:
        """The largest file worth handing over: its pixels need as much memory once more."""
        return self.memory_bytes // 2 - 60 * MIB
