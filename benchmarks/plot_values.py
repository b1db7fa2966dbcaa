"""What both plots are given: twelve hours of eight noisy values at ten samples a second."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

HOURS = 12
RATE_HZ = 10
LINES = 8
WINDOW = (1000, 300)
DRAWINGS = 15

BEGUN_S = 1_700_000_000.0
COUNT = HOURS * 3600 * RATE_HZ


def times() -> NDArray[np.float64]:
    """Seconds since 1970, shape (432000,)."""
    return BEGUN_S + np.arange(COUNT) / RATE_HZ


def values(line: int) -> NDArray[np.float64]:
    """A slow wave with noise and a few peaks, shape (432000,)."""
    rng = np.random.default_rng([line, 12])
    at = np.arange(COUNT)
    wave = np.sin(at / 20_000 + line) + rng.normal(0, 0.05, COUNT)
    wave[rng.integers(0, COUNT, 20)] += 1.0
    return wave
