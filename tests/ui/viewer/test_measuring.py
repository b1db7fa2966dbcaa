"""Rectangles with statistics, lines with profiles."""

from __future__ import annotations

import numpy as np
import pytest

from ui.viewer.measuring import Line, Rectangle, profile, statistics


def test_statistics_are_those_of_the_pixels_inside() -> None:
    plane = np.arange(100, dtype=np.uint16).reshape(10, 10)

    found = statistics(plane, Rectangle(2, 3, 5, 5))

    inside = plane[3:5, 2:5]
    assert found is not None
    assert found.mean == inside.mean()
    assert found.deviation == pytest.approx(inside.std())
    assert (found.lowest, found.highest) == (32, 44)
    assert (found.width, found.height) == (3, 2)


def test_a_rectangle_drawn_backwards_is_the_same() -> None:
    plane = np.arange(100, dtype=np.uint16).reshape(10, 10)

    assert statistics(plane, Rectangle(5, 5, 2, 3)) == statistics(plane, Rectangle(2, 3, 5, 5))


def test_a_rectangle_beside_the_picture_has_none() -> None:
    assert statistics(np.zeros((10, 10)), Rectangle(20, 20, 30, 30)) is None


def test_a_corner_is_dragged_alone_and_the_inside_moves_all() -> None:
    rectangle = Rectangle(10, 10, 30, 20)

    corner = rectangle.grabbed(30.5, 20.5, 2)
    inside = rectangle.grabbed(20, 15, 2)

    assert corner is not None
    assert inside is not None
    assert corner(40, 50) == Rectangle(10, 10, 40, 50)
    assert inside(21, 17) == Rectangle(11, 12, 31, 22)
    assert rectangle.grabbed(50, 50, 2) is None


def test_a_profile_follows_the_line() -> None:
    plane = np.tile(np.arange(10, dtype=np.uint16), (5, 1))

    values = profile(plane, Line(0.5, 2.5, 9.5, 2.5))

    assert values.tolist() == list(range(10))


def test_a_profile_of_colours_is_their_mean_and_outside_there_is_nothing() -> None:
    plane = np.full((4, 4, 3), (3, 6, 9), np.uint8)

    values = profile(plane, Line(-2.5, 1.5, 3.5, 1.5))

    assert np.isnan(values[:2]).all()
    assert values[-1] == 6.0


def test_an_end_of_a_line_is_dragged_alone_and_its_middle_moves_all() -> None:
    line = Line(0, 0, 10, 0)

    end, middle = line.grabbed(10, 1, 2), line.grabbed(5, 1, 2)

    assert end is not None
    assert middle is not None
    assert end(20, 5) == Line(0, 0, 20, 5)
    assert middle(6, 3) == Line(1, 2, 11, 2)
    assert line.grabbed(5, 9, 2) is None
    assert line.length == 10
