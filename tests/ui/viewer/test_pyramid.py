"""Very large pictures are looked at through smaller copies, which look the same."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from app.handles import Picture
from ui.viewer.colour_maps import GREY
from ui.viewer.image_viewer import ImageViewer
from ui.viewer.levels import Levels
from ui.viewer.pyramid import LARGE, best, build
from ui.viewer.renderer import Order, carry_out
from ui.viewer.view import View


@pytest.fixture
def plane() -> NDArray[np.uint16]:
    """A smooth ramp in both directions, 3000 high and 4000 wide."""
    rows, columns = np.indices((3000, 4000), np.uint16)
    return rows + columns


def order(plane: NDArray[np.uint16], view: View, copied: bool) -> Order:
    return Order(
        owner=None,
        pixels=plane,
        view=view,
        levels=Levels(0, 7000),
        auto=False,
        colours=GREY,
        full_scale=None,
        mark=False,
        counted=False,
        axis=None,
        copies=build(plane) if copied else (),
    )


def test_each_copy_has_a_quarter_of_the_edges(plane: NDArray[np.uint16]) -> None:
    copies = build(plane)

    assert [(copy.plane.shape, copy.step) for copy in copies] == [((750, 1000), 4)]
    assert abs(int(copies[0].plane[100, 200]) - (402 + 802)) <= 4
    assert copies[0].plane.dtype == np.uint16


def test_a_copy_is_used_only_where_it_has_pixels_enough(plane: NDArray[np.uint16]) -> None:
    copies = build(plane)

    assert best(copies, 3) is None
    assert best(copies, 4) is copies[0]
    assert best(copies, 100) is copies[0]
    assert build(np.zeros((3, 4_000_000), np.uint8)) == ()


@pytest.mark.parametrize("zoom", [0.25, 0.13, 0.05])
def test_a_picture_looks_the_same_through_its_copies(
    plane: NDArray[np.uint16], zoom: float
) -> None:
    view = View(400, 300, 4000, 3000, zoom, 1900.0, 1400.0, fitted=False)

    whole, copied = (carry_out(order(plane, view, copies)) for copies in (False, True))

    assert whole.image is not None
    assert copied.image is not None
    assert abs(whole.x - copied.x) <= 1
    assert abs(whole.image.width() - copied.image.width()) <= 2
    for x, y in ((50, 40), (150, 100)):
        one, other = (image.pixelColor(x, y).lightness() for image in (whole.image, copied.image))
        assert abs(one - other) <= 3


def test_a_large_picture_gets_its_copies_and_a_small_one_none(
    qtbot: QtBot, viewer: ImageViewer
) -> None:
    viewer.show_picture("camera", "Snap 1", Picture(np.zeros((50, 60), np.uint16)))
    small = viewer.current
    viewer.show_picture("scanner", "Scan 1", Picture(np.zeros((4000, LARGE // 4000), np.uint8)))
    large = viewer.current
    assert small is not None
    assert large is not None

    qtbot.waitUntil(lambda: bool(large.copies))
    assert small.copies == ()

    viewer.show_picture("scanner", "Scan 2", Picture(np.zeros((50, 60), np.uint8)))
    assert large.copies == ()
