"""One fluorescent cell: what it is like, and its picture in focus.

A cell is a flat, ragged body with actin fibres along its axis, brightest around the nucleus; the
nucleus is grainy and holds a few dark nucleoli. Now and then one is rounded up to divide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from things.simulated.pyramid import Stamp
from things.simulated.textures import FloatImage, Textures, cut

PIXEL_UM = 0.325
"""Width of a pixel of the slide: a 6.5 um camera pixel behind a 20x objective."""

_PX = 1 / PIXEL_UM
_FARTHEST = 1.45  # of the rim from the middle, in half axes


@dataclass(frozen=True, slots=True)
class Cell:
    """What makes one cell different from the next.

    Attributes:
        x_um, y_um: Its middle on the slide, in micrometres.
        height_um: How far it lies above (or below) the slide's surface.
        length_um, width_um: Half axes of the body.
        angle: Where its long axis points, in radians from the x axis.
        brightness: 1 is a typical cell.
        fibres: How strong its fibres are, 0..1.
        round: Whether it has rounded up to divide.
        seed: Everything else comes from it.
    """

    x_um: float
    y_um: float
    height_um: float
    length_um: float
    width_um: float
    angle: float
    brightness: float
    fibres: float
    round: bool
    seed: tuple[int, ...]

    @property
    def reach_um(self) -> float:
        """No part of the cell in focus is farther from its middle, in micrometres."""
        return 1.1 * _FARTHEST * max(self.length_um, self.width_um) + 4


def draw(cell: Cell, textures: Textures) -> Stamp:
    """The picture of a cell in focus.

    Args:
        cell: Which cell.
        textures: Those of its slide.

    Returns:
        A stamp of level 0 in pixels of `PIXEL_UM`; 1 is about the brightness of a nucleus.
    """
    rng = np.random.default_rng((*cell.seed, 1))
    middle = np.array([cell.x_um, cell.y_um]) * _PX
    outline = _body_outline(cell, rng)
    corner, shape = _box(outline + middle)
    rim = outline + middle - corner
    soft = _mask(shape, rim, blur_px=1.1 * _PX, shrink=2)
    depth = _mask(shape, rim, blur_px=6.5 * _PX, shrink=8)
    nucleus, nucleoli = _nucleus_outlines(cell, rng)
    glow = _mask(shape, nucleus + middle - corner, blur_px=6.5 * _PX, shrink=8)

    # Thick where it is far from the rim, with a thin lamella around.
    mesh = 1 + 0.20 * cut(textures.clouds, shape, rng) + 0.07 * cut(textures.chromatin, shape, rng)
    thick = 0.06 + 0.20 * depth * depth + np.float32(0.10 * rng.random() ** 2) * (1 - depth)
    fibres = cut(textures.fibres(cell.angle), shape, rng) * np.float32(0.17 * cell.fibres)
    light = (thick + 0.30 * glow) * mesh + fibres * (0.35 + 0.65 * depth)
    light *= soft
    _add_nucleus(
        light, nucleus + middle - corner, [n + middle - corner for n in nucleoli], textures, rng
    )
    _add_specks(light, soft, rng)
    np.maximum(light, 0, out=light)
    light *= np.float32(cell.brightness * (1.4 if cell.round else 1.0))
    return Stamp(top=int(corner[1]), left=int(corner[0]), pixels=light)


def _box(outline: NDArray[np.float64]) -> tuple[NDArray[np.int64], tuple[int, int]]:
    """Whole pixels around an outline and its soft edge: first corner (x, y), (height, width)."""
    corner = np.floor(outline.min(axis=0)).astype(np.int64) - 8
    width, height = np.ceil(outline.max(axis=0)).astype(np.int64) + 8 - corner
    return corner, (int(height), int(width))


def _add_nucleus(
    light: FloatImage,
    rim: NDArray[np.float64],
    nucleoli: Sequence[NDArray[np.float64]],
    textures: Textures,
    rng: np.random.Generator,
) -> None:
    """Add the nucleus, grainy, with dark nucleoli."""
    corner, shape = _box(rim)
    nuclear = _mask(shape, rim - corner, blur_px=0.55 * _PX, holes=[n - corner for n in nucleoli])
    grains = cut(textures.chromatin, shape, rng)
    clouds = cut(textures.clouds, shape, rng)
    nuclear *= np.maximum(0.60 + 0.13 * grains + 0.05 * clouds, 0.1)
    nuclear *= np.float32(rng.uniform(0.6, 1.15))
    # A nucleus may stick out of a very thin cell.
    rows = slice(max(corner[1], 0), min(corner[1] + shape[0], light.shape[0]))
    columns = slice(max(corner[0], 0), min(corner[0] + shape[1], light.shape[1]))
    light[rows, columns] += nuclear[
        rows.start - corner[1] : rows.stop - corner[1],
        columns.start - corner[0] : columns.stop - corner[0],
    ]


def _body_outline(cell: Cell, rng: np.random.Generator) -> NDArray[np.float64]:
    """The rim as points (x, y) around the cell's middle, in pixels."""
    turn = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    if cell.round:
        radius = 1 + _ripple(rng, turn, (2, 3, 5), 0.03)
    else:
        radius = 1 + _ripple(rng, turn, (2, 3, 4, 5), 0.085)
        radius += _ripple(rng, turn, (9, 13, 17, 23), 0.018)
        # Where fibres pull on the rim it is drawn out to a point, mostly at the two ends.
        for _ in range(rng.integers(1, 5)):
            where = rng.choice([0, np.pi]) + rng.normal(0, 0.6)
            away = np.abs((turn - where + np.pi) % (2 * np.pi) - np.pi)
            radius += rng.uniform(0.08, 0.28) * np.exp(-away / rng.uniform(0.08, 0.22))
        # And it is pulled in between.
        for _ in range(rng.integers(1, 4)):
            away = np.abs((turn - rng.uniform(0, 6.28) + np.pi) % (2 * np.pi) - np.pi)
            radius -= rng.uniform(0.05, 0.2) * np.exp(-((away / rng.uniform(0.15, 0.45)) ** 2))
    np.clip(radius, 0.4, _FARTHEST, out=radius)
    along = cell.length_um * radius * _squared(np.cos(turn))
    across = cell.width_um * radius * _squared(np.sin(turn))
    return _turned(along, across, cell.angle) * _PX


def _nucleus_outlines(
    cell: Cell, rng: np.random.Generator
) -> tuple[NDArray[np.float64], list[NDArray[np.float64]]]:
    """The rim of the nucleus and those of its nucleoli, around the cell's middle, in pixels."""
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    long = rng.uniform(8.2, 11.5)
    short = long * rng.uniform(0.68, 0.95)
    radius = 1 + _ripple(rng, turn, (2, 3, 4), 0.03)
    angle = cell.angle + rng.normal(0, 0.35)
    off = rng.normal(0, 0.1, 2) * (cell.length_um, cell.width_um)
    middle = _turned(off[:1], off[1:], cell.angle)
    rim = middle + _turned(long * radius * np.cos(turn), short * radius * np.sin(turn), angle)
    holes = []
    for _ in range(rng.integers(1, 5)):
        size = rng.uniform(0.9, 2.0)
        away, towards = 0.6 * np.sqrt(rng.random()), rng.uniform(0, 6.28)
        place = middle + _turned(
            np.array([long * away * np.cos(towards)]),
            np.array([short * away * np.sin(towards)]),
            angle,
        )
        dent = size * (1 + _ripple(rng, turn, (2, 3), 0.12))
        holes.append((place + _turned(dent * np.cos(turn), dent * np.sin(turn), 0)) * _PX)
    return rim * _PX, holes


def _add_specks(light: FloatImage, soft: FloatImage, rng: np.random.Generator) -> None:
    """Add a few bright vesicles, less than a micrometre across, within the cell."""
    height, width = light.shape
    profile = np.exp(-(np.arange(-3, 4, dtype=np.float32) ** 2) / 2.4)
    dot = np.outer(profile, profile)
    for _ in range(rng.poisson(7)):
        row, column = rng.integers(3, (height - 4, width - 4))
        strength = np.float32(0.3 * rng.random() ** 2) * soft[row, column]
        light[row - 3 : row + 4, column - 3 : column + 4] += strength * dot


def _ripple(
    rng: np.random.Generator, turn: NDArray[np.float64], waves: tuple[int, ...], size: float
) -> NDArray[np.float64]:
    """A sum of waves around a rim, each of random strength and phase."""
    ripple = np.zeros_like(turn)
    for wave in waves:
        ripple += size * rng.normal() * np.cos(wave * turn + rng.uniform(0, 6.28))
    return ripple


def _squared(wave: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take a circle a little towards a square: cells are not ellipses."""
    return np.sign(wave) * np.abs(wave) ** 0.85


def _turned(
    along: NDArray[np.float64], across: NDArray[np.float64], angle: float
) -> NDArray[np.float64]:
    """Points (x, y) from coordinates along and across an axis."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.stack([along * cos - across * sin, along * sin + across * cos], axis=-1)


def _mask(
    shape: tuple[int, int],
    outline: NDArray[np.float64],
    *,
    blur_px: float,
    shrink: int = 1,
    holes: Sequence[NDArray[np.float64]] = (),
) -> FloatImage:
    """1 inside an outline, 0 outside, 0.47 in its holes, with soft edges.

    A wide blur is worked out on an image `shrink` times smaller, where nobody sees it.
    """
    height, width = (-(-side // shrink) for side in shape)
    image = Image.new("L", (width, height))
    pen = ImageDraw.Draw(image)
    pen.polygon((outline / shrink).ravel().tolist(), fill=255)
    for hole in holes:
        pen.polygon((hole / shrink).ravel().tolist(), fill=120)
    image = image.filter(ImageFilter.GaussianBlur(blur_px / shrink))
    if shrink > 1:
        image = image.resize((width * shrink, height * shrink), Image.Resampling.BILINEAR)
    mask = np.asarray(image)[: shape[0], : shape[1]]
    return mask.astype(np.float32) / np.float32(255)
