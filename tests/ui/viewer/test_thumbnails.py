"""Small pictures for rows."""

from __future__ import annotations

import numpy as np
import pytest

from app.handles import Picture
from ui.viewer.thumbnails import SIZE, thumbnail


@pytest.mark.parametrize(
    "shape",
    [(2048, 2048), (1200, 1920), (30, 3000), (3000, 30), (1, 1), (7, 300, 400), (300, 400, 3)],
)
def test_a_thumbnail_fills_its_size(shape: tuple[int, ...]) -> None:
    image = thumbnail(Picture(np.full(shape, 7, np.uint8)))

    assert image.size() == SIZE


def test_it_shows_the_middle_with_levels_of_its_own() -> None:
    plane = np.full((640, 1040), 100, np.uint16)
    plane[200:440, 400:640] = 300

    image = thumbnail(Picture(plane))

    assert image.pixelColor(52, 32).lightness() > 240
    assert image.pixelColor(5, 5).lightness() < 15
