"""The frames that every viewer is given, and for how long they are counted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SECONDS = 4.0
SIZE = 2048
BITS = 12
LEVELS = (0, 4000)


def frames() -> list[NDArray[np.uint16]]:
    """Six frames of noise, (2048, 2048), counts below 4000: no two alike, and nothing to cache."""
    random = np.random.default_rng(0)
    return [random.integers(*LEVELS, (SIZE, SIZE), dtype=np.uint16) for _ in range(6)]
