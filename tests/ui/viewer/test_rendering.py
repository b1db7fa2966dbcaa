"""From counts to colours: what the screen gets, without a screen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ui.viewer.colour_maps import COLOUR_MAPS, GREY, colour_map
from ui.viewer.levels import Levels
from ui.viewer.rendering import Colouring, coloured, reduced, render
from ui.viewer.view import View


def grey_of(pixels: NDArray[np.uint32]) -> NDArray[np.uint32]:
    return pixels & np.uint32(0xFF)


def view_of(plane: NDArray[Any], width: int, height: int) -> View:
    return View(width, height, 0, 0).for_picture(plane.shape[1], plane.shape[0])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.int32])
def test_the_low_level_is_black_and_the_high_one_white(dtype: type[np.generic]) -> None:
    plane = np.array([[0, 10, 110, 60, 200]]).astype(dtype)

    grey = grey_of(coloured(plane, Colouring(Levels(10, 110), GREY)))[0]

    assert list(grey[[0, 1, 2, 4]]) == [0, 0, 255, 255]
    assert 125 <= grey[3] <= 130


def test_every_colour_is_opaque() -> None:
    plane = np.arange(256, dtype=np.uint8).reshape(16, 16)

    for choice in COLOUR_MAPS:
        assert np.all(coloured(plane, Colouring(Levels(0, 255), choice)) >> 24 == 0xFF)


def test_saturated_pixels_are_marked_only_where_asked_and_known() -> None:
    plane = np.array([[0, 4094, 4095]], dtype=np.uint16)
    levels = Levels(0, 4095)

    marked = coloured(plane, Colouring(levels, GREY, full_scale=4095))[0]
    assert marked[2] == GREY.mark
    assert marked[1] != GREY.mark
    for plain in (Colouring(levels, GREY, full_scale=4095, mark=False), Colouring(levels, GREY)):
        assert GREY.mark not in coloured(plane, plain)


def test_saturated_floats_are_marked_and_what_is_no_number_is_dark() -> None:
    plane = np.array([[np.nan, 0.5, 1.0, np.inf]], dtype=np.float32)

    pixels = coloured(plane, Colouring(Levels(0, 1), GREY, full_scale=1.0))[0]

    assert pixels[0] == 0xFF000000
    assert pixels[2] == pixels[3] == GREY.mark


def test_colours_keep_their_order() -> None:
    plane = np.array([[[1, 2, 3]]], dtype=np.uint8)

    assert coloured(plane, Colouring(Levels(0, 255), GREY))[0, 0] == 0xFF010203


def test_sixteen_bit_colours_follow_the_levels() -> None:
    plane = np.array([[[0, 1000, 2000]]], dtype=np.uint16)

    assert coloured(plane, Colouring(Levels(0, 2000), GREY))[0, 0] == 0xFF007FFF


def test_reducing_averages_whole_blocks() -> None:
    plane = np.array([[0, 4, 100, 100, 9], [8, 4, 100, 104, 9]], dtype=np.uint16)

    assert reduced(plane, 2).tolist() == [[4, 101]]
    assert reduced(plane.astype(np.float32), 2).tolist() == [[4.0, 101.0]]
    assert reduced(np.full((2, 2), 255, np.uint8), 2).tolist() == [[255]]


def test_a_reduced_picture_is_as_bright_as_the_whole_one() -> None:
    plane = np.random.default_rng(0).integers(0, 65536, (600, 900), dtype=np.uint16)

    for step in (2, 3, 5, 8):
        assert reduced(plane, step).mean() == pytest.approx(plane.mean(), rel=0.02)


def test_a_picture_that_fits_covers_its_part_of_the_window() -> None:
    plane = np.zeros((300, 600), np.uint16)

    done = render(plane, view_of(plane, 300, 300), Colouring(Levels(0, 1), GREY))

    assert done is not None
    assert (done.x, done.y, done.width, done.height) == (0, 75, 300, 150)


def test_enlarged_pixels_are_crisp_squares() -> None:
    plane = np.array([[0, 255], [255, 0]], dtype=np.uint8)

    done = render(plane, view_of(plane, 8, 8), Colouring(Levels(0, 255), GREY))

    assert done is not None
    expected = np.kron(plane, np.ones((4, 4), np.uint8))
    assert np.array_equal(grey_of(done.pixels), expected)


def test_only_what_is_seen_is_rendered() -> None:
    plane = np.zeros((4000, 4000), np.uint16)
    view = view_of(plane, 400, 300).zoomed(1000)

    done = render(plane, view, Colouring(Levels(0, 1), GREY))

    assert done is not None
    assert done.pixels.shape == (300, 400)


def test_a_view_beside_the_picture_shows_nothing() -> None:
    plane = np.zeros((10, 10), np.uint16)
    view = View(100, 100, 10, 10, zoom=1.0, centre_x=500, centre_y=5, fitted=False)

    assert render(plane, view, Colouring(Levels(0, 1), GREY)) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1), (3, 7)])
def test_odd_shapes_are_shown(shape: tuple[int, int]) -> None:
    plane = np.full(shape, 9, np.uint16)

    done = render(plane, view_of(plane, 200, 150), Colouring(Levels(0, 9), GREY))

    assert done is not None
    assert done.pixels.size > 0
    assert np.all(grey_of(done.pixels) == 255)


def test_an_unknown_colour_map_is_grey() -> None:
    assert colour_map("inferno").title == "Inferno"
    assert colour_map("none such") is GREY
