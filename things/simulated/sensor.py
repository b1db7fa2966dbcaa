"""From light to counts: a monochrome 16-bit camera sensor with its noise.

The chain is the linear model of the EMVA 1288 standard. Light frees electrons in proportion to the
exposure; a well holds so many; they are counted with shot noise (its variance is the number of
electrons) and read noise; amplified, lifted by an offset, and cut to 16 bits. Without gain a full
well just reaches the top of the scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from things.simulated.pyramid import FloatImage

FULL_SCALE = 65535
"""The largest count."""

OFFSET_COUNTS = 400
"""Counts of a pixel that saw nothing, on average."""

FULL_WELL_E = 30_000
"""Electrons a pixel holds."""

COUNTS_PER_E = (FULL_SCALE - OFFSET_COUNTS) / FULL_WELL_E
"""Counts for each electron at a gain of 0 dB."""

READ_NOISE_E = 2.4
"""Standard deviation of counting no electrons at all."""

_ELECTRONS_PER_MS = 220.0
_DARK_E_PER_MS = 0.002
_POOL_SPARE = 1 << 18


@dataclass(frozen=True, slots=True)
class Shot:
    """How a picture is taken.

    Attributes:
        exposure_ms: How long light is collected, in milliseconds.
        lamp: 0..1, the share of the lamp's full light.
        gain_db: Amplification, in decibels of amplitude: 20 dB is ten times the counts.
        binning: How many pixels are added up in each direction: 1, 2 or 4.
    """

    exposure_ms: float
    lamp: float
    gain_db: float = 0.0
    binning: int = 1


class Sensor:
    """Turns light into counts, each picture with noise of its own.

    The noiseless part is remembered while neither light nor settings change, and noise comes
    from a pool read at random places, so that a live picture costs milliseconds. Not for several
    threads: whoever exposes holds a lock.
    """

    def __init__(self, seed: int = 7) -> None:
        """Prepare a sensor; the same seed gives the same sequence of noise."""
        self._rng = np.random.default_rng([seed, 0x5E])
        self._pool: FloatImage = np.empty(0, dtype=np.float32)
        self._hot_seed = [seed, 0x407]
        self._prepared: tuple[FloatImage, Shot, FloatImage, FloatImage] | None = None

    def expose(self, light: FloatImage, shot: Shot) -> NDArray[np.uint16]:
        """Take a picture.

        Args:
            light: What falls on the sensor with the lamp full on, shape (height, width); 1 is
                about a nucleus. It is not to be written to afterwards.
            shot: How to take it.

        Returns:
            Counts, shape (height // binning, width // binning), `FULL_SCALE` where saturated.
        """
        mean, spread = self._prepare(light, shot)
        counts = np.multiply(spread, self._noise(mean.shape))
        counts += mean
        np.clip(counts, 0, FULL_SCALE, out=counts)
        return counts.astype(np.uint16)

    def _prepare(self, light: FloatImage, shot: Shot) -> tuple[FloatImage, FloatImage]:
        """Expected counts and their standard deviation, kept while nothing changes."""
        kept = self._prepared
        if kept is not None and kept[0] is light and kept[1] == shot:
            return kept[2], kept[3]
        electrons = light * np.float32(_ELECTRONS_PER_MS * shot.lamp * shot.exposure_ms)
        electrons += self._dark_e(light.shape, shot.exposure_ms)
        np.minimum(electrons, np.float32(FULL_WELL_E), out=electrons)
        variance = electrons + np.float32(READ_NOISE_E**2)
        if shot.binning > 1:
            # Averaged after counting, as most cameras do: the scale stays, the noise falls.
            electrons = _binned(electrons, shot.binning)
            variance = _binned(variance, shot.binning) / np.float32(shot.binning**2)
        counts_per_e = np.float32(COUNTS_PER_E * 10 ** (shot.gain_db / 20))
        # Half a count more, since what follows cuts off where it should round.
        mean = electrons * counts_per_e + np.float32(OFFSET_COUNTS + 0.5)
        spread = np.sqrt(variance, out=variance)
        spread *= counts_per_e
        # A full well cannot overflow further: it says the same every time.
        spread[electrons >= FULL_WELL_E] = 0
        self._prepared = (light, shot, mean, spread)
        return mean, spread

    def _dark_e(self, shape: tuple[int, ...], exposure_ms: float) -> FloatImage:
        """Electrons that no light freed: few, but for some hot pixels."""
        dark = np.full(shape, _DARK_E_PER_MS * exposure_ms, dtype=np.float32)
        rng = np.random.default_rng(self._hot_seed)
        hot = rng.integers(0, dark.size, dark.size // 60_000)
        dark.ravel()[hot] += (exposure_ms * rng.uniform(0.2, 4, hot.size)).astype(np.float32)
        return dark

    def _noise(self, shape: tuple[int, ...]) -> FloatImage:
        """Normal noise from a random place of the pool; not to be written to."""
        size = int(np.prod(shape))
        if self._pool.size < size + _POOL_SPARE:
            self._pool = self._rng.standard_normal(size + _POOL_SPARE, dtype=np.float32)
        start = int(self._rng.integers(0, self._pool.size - size + 1))
        return self._pool[start : start + size].reshape(shape)


def _binned(image: FloatImage, binning: int) -> FloatImage:
    """The mean of each block of pixels; what is left over at the edges is dropped."""
    height, width = image.shape[0] // binning, image.shape[1] // binning
    result = np.zeros((height, width), dtype=np.float32)
    for row in range(binning):
        for column in range(binning):
            result += image[row : height * binning : binning, column : width * binning : binning]
    result /= np.float32(binning**2)
    return result
