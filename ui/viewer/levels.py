"""Which counts are shown black and which white, and the histogram they are chosen on."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BINS: Final = 256
SAMPLES: Final = 65_536
"""About how many pixels a histogram looks at: enough for 0.1 % at either end."""

DARK_PERCENT: Final = 0.2
BRIGHT_PERCENT: Final = 99.8


@dataclass(frozen=True, slots=True)
class Levels:
    """The counts shown darkest and brightest.

    Attributes:
        low: Shown darkest, in counts.
        high: Shown brightest, in counts; greater than `low`.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.high > self.low:
            raise ValueError(f"levels from {self.low} to {self.high} leave nothing between")


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """How often which counts occur in a sample of a picture.

    Attributes:
        counts: (256,) int64; how many samples in each bin from `low` to `high`.
        low: Lower edge of the first bin.
        high: Upper edge of the last bin.
        saturated: Share of the samples at full scale, 0..1; 0 where full scale is not known.
    """

    counts: NDArray[np.int64]
    low: float
    high: float
    saturated: float


def sampled(plane: NDArray[Any], at_most: int = SAMPLES) -> NDArray[Any]:
    """About `at_most` pixels in a regular grid; of a colour picture all three colours, flat."""
    step = max(1, math.ceil(math.sqrt(plane.shape[0] * plane.shape[1] / at_most)))
    grid = plane[step // 2 :: step, step // 2 :: step]
    flat = grid.reshape(-1)
    if flat.dtype.kind == "f":
        flat = flat[np.isfinite(flat)]
    return flat if flat.size else np.zeros(1, plane.dtype)


def auto_levels(sample: NDArray[Any], colour: bool = False) -> Levels:
    """Levels that leave 0.2 % of the pixels below and above.

    Args:
        sample: As `sampled` gives it.
        colour: 8-bit colour is shown as it is.
    """
    if colour and sample.dtype == np.uint8:
        return Levels(0, 255)
    low, high = (float(value) for value in np.percentile(sample, (DARK_PERCENT, BRIGHT_PERCENT)))
    if sample.dtype.kind == "u":
        low, high = math.floor(low), math.ceil(high)
        return Levels(low, max(high, low + 1))
    return Levels(low, high if high > low else low + 1)


def axis(
    sample: NDArray[Any], levels: Levels, before: tuple[float, float] | None = None
) -> tuple[float, float]:
    """From where to where the histogram goes.

    It holds the levels and nearly all pixels, ends on a round number, and stays as it was while
    that still fits, since a scale that jumps with each frame cannot be read.

    Args:
        sample: As `sampled` gives it.
        levels: The levels in force.
        before: The axis of the picture before.
    """
    if sample.dtype == np.uint8:
        return min(0.0, levels.low), max(255.0, levels.high)
    low = min(0.0, float(np.percentile(sample, 0.05)), levels.low)
    high = max(float(np.percentile(sample, 99.95)), levels.high, levels.low + 1e-9)
    if before is not None and before[0] <= low and 0.35 * before[1] <= high <= before[1]:
        return before
    low = -_round_up(-low) if low < 0 else 0.0
    return low, max(_round_up(1.15 * high), low + 1e-9)


def histogram(
    sample: NDArray[Any], low: float, high: float, full_scale: float | None = None
) -> Histogram:
    """Count a sample into 256 bins; what lies outside the axis is left out."""
    # 32 bits do, and quicker, unless they hold neither the range nor its inverse.
    kind: type[np.floating[Any]] = np.float32 if 1e-30 < high - low < 1e30 else np.float64
    values = sample.astype(kind)
    inside = values[(values >= low) & (values <= high)]
    places = ((inside - kind(low)) * kind(BINS / (high - low))).astype(np.intp)
    counts = np.bincount(np.minimum(places, BINS - 1), minlength=BINS)
    saturated = 0.0 if full_scale is None else float(np.mean(sample >= full_scale))
    return Histogram(counts, low, high, saturated)


def _round_up(value: float) -> float:
    """The next of 1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten."""
    if not value > 0 or not math.isfinite(value):
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    for step in (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10):
        if value <= step * power * (1 + 1e-9):
            return step * power
    return 10 * power
