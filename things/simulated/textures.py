"""Textures that cells are cut from: fibres, clouds and chromatin.

Made once per slide. Every cell is cut from its own part of them, so that no two cells are alike
although drawing one costs next to nothing.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FloatImage = NDArray[np.float32]
F = TypeVar("F", np.float16, np.float32)

SIZE = 1024
"""Width and height of a texture in pixels."""

TURNED_SIZE = 512
"""Width and height of a turned texture; no cell is larger."""

DIRECTIONS = 24
"""How many directions fibres come in, over half a turn."""


class Textures:
    """The textures of one slide. Not for several threads.

    Attributes:
        clouds: Soft unevenness; `SIZE` x `SIZE`, mean 0, standard deviation 1.
        chromatin: Grains a micrometre across; likewise.
    """

    def __init__(self, seed: int) -> None:
        """Make the textures; takes about half a second."""
        rng = np.random.default_rng([seed, 0x7E87])
        self._fibres = Image.fromarray(_fibres(rng))
        self._turned: dict[int, NDArray[np.float16]] = {}
        self.clouds = _noise(rng, finest_px=7.0, steepness=1.3)
        self.chromatin = _noise(rng, finest_px=2.8, steepness=0.5)

    def fibres(self, angle: float) -> NDArray[np.float16]:
        """Bundles of actin that run in a direction, to the nearest of `DIRECTIONS`.

        Turning a texture takes longer than all the rest of a cell, so it is done once.

        Args:
            angle: In radians from the x axis towards the y axis.

        Returns:
            Shape (`TURNED_SIZE`, `TURNED_SIZE`); 0 and up. In half precision, to save memory.
        """
        direction = round(angle / np.pi * DIRECTIONS) % DIRECTIONS
        if direction not in self._turned:
            self._turned[direction] = _turned(self._fibres, direction * np.pi / DIRECTIONS)
        return self._turned[direction]


def cut(texture: NDArray[F], shape: tuple[int, int], rng: np.random.Generator) -> NDArray[F]:
    """Cut a rectangle from anywhere in a texture, as it is or upside down.

    Args:
        texture: What to cut from.
        shape: (height, width) of the result in pixels; at most those of the texture.
        rng: Says where.

    Returns:
        A view, not to be written to.
    """
    height, width = shape
    top, left = rng.integers(0, (texture.shape[0] - height + 1, texture.shape[1] - width + 1))
    way = rng.choice((-1, 1))
    return texture[top : top + height, left : left + width][::way, ::way]


def _turned(texture: Image.Image, angle: float) -> NDArray[np.float16]:
    """The middle of a texture, turned."""
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    left = SIZE / 2 - (cos + sin) * TURNED_SIZE / 2
    top = SIZE / 2 - (cos - sin) * TURNED_SIZE / 2
    turned = texture.transform(
        (TURNED_SIZE, TURNED_SIZE),
        Image.Transform.AFFINE,
        (cos, sin, left, -sin, cos, top),
        Image.Resampling.BILINEAR,
    )
    return np.asarray(turned).astype(np.float16)


def _fibres(rng: np.random.Generator) -> FloatImage:
    """Thousands of gently curved lines, a few of them thick and bright."""
    thin = _lines(rng, count=1500, brightest=1.0, width_px=1.05)
    thick = _lines(rng, count=240, brightest=2.2, width_px=1.9)
    return thin + thick


def _lines(
    rng: np.random.Generator, *, count: int, brightest: float, width_px: float
) -> FloatImage:
    """Draw lines as rows of points, then give them their width."""
    steps = np.linspace(-0.5, 0.5, 640)
    length = rng.uniform(90, 420, (count, 1))
    slope = np.clip(rng.normal(0, 0.11, (count, 1)), -0.5, 0.5)
    bend = rng.normal(0, 0.05, (count, 1)) / 200
    along = length * steps
    x = rng.uniform(0, SIZE, (count, 1)) + along
    y = rng.uniform(0, SIZE, (count, 1)) + slope * along + bend * along**2
    # Few are bright: fibres come in every strength. Each fades towards its ends.
    brightness = brightest * rng.random((count, 1)) ** 2.2
    uneven = 1 + 0.35 * np.sin(rng.uniform(0, 6, (count, 1)) + along * rng.uniform(0.02, 0.12))
    weight = brightness * uneven * (1 - (2 * steps) ** 6) * (length / steps.size)
    points = _splat(x, y, weight)
    lines = _smooth(points, width_px) * np.float32(width_px * np.sqrt(2 * np.pi))
    return lines.astype(np.float32)


def _splat(
    x: NDArray[np.float64], y: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Add points to an image that wraps around, each shared by its four nearest pixels."""
    left, top = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    right_share, low_share = x - left, y - top
    image = np.zeros(SIZE * SIZE)
    for right in (0, 1):
        for low in (0, 1):
            share = (right_share if right else 1 - right_share) * (
                low_share if low else 1 - low_share
            )
            where = ((top + low) % SIZE) * SIZE + (left + right) % SIZE
            image += np.bincount(where.ravel(), (weight * share).ravel(), SIZE * SIZE)
    return image.reshape(SIZE, SIZE)


def _smooth(image: NDArray[np.float64], sigma_px: float) -> FloatImage:
    """Blur an image that wraps around by a Gaussian."""
    row, column = _frequencies()
    blur = np.exp(-2 * (np.pi * sigma_px) ** 2 * (row**2 + column**2))
    smooth = np.fft.irfft2(np.fft.rfft2(image.astype(np.float32)) * blur, s=image.shape)
    return smooth.astype(np.float32)


def _noise(rng: np.random.Generator, *, finest_px: float, steepness: float) -> FloatImage:
    """Noise whose amplitude falls with frequency by a power, smooth below `finest_px`."""
    row, column = _frequencies()
    frequency = np.sqrt(row**2 + column**2)
    amplitude = np.maximum(frequency, 6 / SIZE) ** -steepness
    amplitude *= np.exp(-((frequency * finest_px) ** 2) * 2)
    amplitude[0, 0] = 0
    white = rng.standard_normal((SIZE, SIZE), dtype=np.float32)
    noise = np.fft.irfft2(np.fft.rfft2(white) * amplitude, s=white.shape)
    noise /= noise.std()
    return noise.astype(np.float32, copy=False)


def _frequencies() -> tuple[FloatImage, FloatImage]:
    """Row and column frequencies of a texture's half spectrum, in cycles per pixel."""
    row = np.fft.fftfreq(SIZE).astype(np.float32)[:, None]
    column = np.fft.rfftfreq(SIZE).astype(np.float32)[None, :]
    return row, column
