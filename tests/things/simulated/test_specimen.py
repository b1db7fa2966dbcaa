"""The slide: the same cells at the same place, whoever looks, and others elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from things.simulated.cells import PIXEL_UM, draw
from things.simulated.optics import Microscope
from things.simulated.specimen import Slide

PIXEL_MM = PIXEL_UM / 1000


@pytest.fixture(scope="module")
def slide() -> Slide:
    return Slide(seed=3)


@pytest.fixture(scope="module")
def microscope(slide: Slide) -> Microscope:
    return Microscope(slide, height=240, width=320)


def test_two_slides_of_one_seed_show_the_same_cells() -> None:
    pictures = [Microscope(Slide(seed=3), 160, 200).look(1.0, 2.0, 0.83) for _ in range(2)]

    assert np.array_equal(pictures[0], pictures[1])


def test_what_was_looked_at_before_makes_no_difference(microscope: Microscope) -> None:
    first = microscope.look(4.0, 4.0, 0.83)
    microscope.look(-7.5, 1.0, 0.9)

    assert np.array_equal(microscope.look(4.0, 4.0, 0.83), first)


def test_another_seed_is_another_slide(microscope: Microscope) -> None:
    other = Microscope(Slide(seed=4), height=240, width=320)

    assert not np.allclose(other.look(1.0, 2.0, 0.83), microscope.look(1.0, 2.0, 0.83), atol=0.05)


def test_moving_the_stage_shifts_the_picture(slide: Slide) -> None:
    flat = Microscope(slide, height=240, width=320)
    flat._vignette = np.ones_like(flat._vignette)
    here = flat.look(1.0, 2.0, 0.83)

    there = flat.look(1.0 + 64 * PIXEL_MM, 2.0 - 40 * PIXEL_MM, 0.83)

    # Haze of cells just outside the window may differ by less than a camera can tell.
    assert np.allclose(here[:-40, 64:], there[40:, :-64], atol=4e-3)


def test_every_place_shows_something_else(microscope: Microscope) -> None:
    pictures = [microscope.look(float(x), 0.0, 0.83).copy() for x in range(4)]

    for one in range(4):
        for other in range(one):
            likeness = np.corrcoef(pictures[one].ravel(), pictures[other].ravel())[0, 1]
            assert likeness < 0.6


def test_a_field_holds_dozens_of_cells_and_bare_glass(slide: Slide) -> None:
    cells = slide.cells(0, 0, 624, 390)
    light = Microscope(slide, 1200, 1920).look(0.312, 0.195, 0.83)

    assert 30 <= len(cells) <= 130
    assert np.percentile(light, 2) < 0.05
    assert np.percentile(light, 98) > 0.4


def test_drawn_cells_are_forgotten_in_the_end() -> None:
    slide = Slide(seed=3, kept_cells=5)
    microscope = Microscope(slide, 160, 200)

    for x in range(4):
        microscope.look(float(x), 0.0, 0.83)

    assert len(slide._drawn) == 5


def test_a_bare_place_has_no_picture(slide: Slide) -> None:
    bare = next((0, n) for n in range(100) if slide.cell(0, n) is None)

    with pytest.raises(LookupError, match="no cell grows"):
        slide.picture(bare)


def test_every_cell_lies_within_its_reach() -> None:
    slide = Slide(seed=5)

    for _, cell in slide.cells(0, 0, 1200, 800):
        stamp = draw(cell, slide._textures)
        height, width = stamp.pixels.shape
        assert stamp.left * PIXEL_UM >= cell.x_um - cell.reach_um
        assert (stamp.left + width) * PIXEL_UM <= cell.x_um + cell.reach_um
        assert stamp.top * PIXEL_UM >= cell.y_um - cell.reach_um
        assert (stamp.top + height) * PIXEL_UM <= cell.y_um + cell.reach_um
        assert 0 <= stamp.pixels.min() <= 0.02
        assert 0.3 < stamp.pixels.max() < 5
