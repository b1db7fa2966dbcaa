"""Zoom, pan and fit."""

from __future__ import annotations

import pytest

from ui.viewer.view import MOST, View, next_zoom


@pytest.fixture
def view() -> View:
    return View(400, 300, 0, 0).for_picture(800, 400)


def test_a_new_picture_is_shown_whole(view: View) -> None:
    assert view.zoom == 0.5
    assert view.to_screen(0, 0) == (0.0, 50.0)
    assert view.to_screen(800, 400) == (400.0, 250.0)


def test_what_is_under_the_mouse_stays_there(view: View) -> None:
    place = view.to_picture(100, 120)

    closer = view.zoomed(3, 100, 120)

    assert closer.to_picture(100, 120) == pytest.approx(place)
    assert closer.zoom == 1.5


def test_a_fitted_view_follows_the_window_and_a_zoomed_one_keeps_its_zoom(view: View) -> None:
    assert view.resized(800, 600).zoom == 1.0
    assert view.zoomed(4).resized(800, 600).zoom == 2.0


def test_the_next_picture_of_the_same_size_is_seen_as_the_one_before(view: View) -> None:
    closer = view.zoomed(4)

    assert closer.for_picture(800, 400) is closer
    assert closer.for_picture(80, 40).fitted


def test_zoom_has_ends(view: View) -> None:
    assert view.zoomed(1e9).zoom == MOST
    assert view.zoomed(1e-9).zoom == pytest.approx(0.125)


def test_the_picture_cannot_be_lost(view: View) -> None:
    lost = view.zoomed(4).panned(1e6, -1e6)

    assert (lost.centre_x, lost.centre_y) == (0, 400)


def test_panning_moves_by_pixels_of_the_screen(view: View) -> None:
    before = view.actual_size()

    assert before.panned(10, -20).to_screen(400, 200) == pytest.approx((210, 130))


def test_an_empty_view_does_not_divide_by_zero() -> None:
    empty = View(0, 0, 0, 0)

    assert empty.fit().zoomed(2).resized(10, 10).zoom > 0


def test_zooms_are_powers_of_the_root_of_two() -> None:
    assert next_zoom(1.0, True) == pytest.approx(2**0.5)
    assert next_zoom(1.1, False) == 1.0
    assert next_zoom(0.31, True) == pytest.approx(2**-1.5)
