"""Levels found by themselves, and the histogram they stand on."""

from __future__ import annotations

import numpy as np
import pytest

from ui.viewer.levels import Levels, auto_levels, axis, histogram, sampled
from ui.viewer.renderer import steadied


def test_automatic_levels_leave_out_the_extremes() -> None:
    plane = np.full((300, 300), 1000, np.uint16)
    plane[:100] = 200
    plane[0, 0] = 65535

    assert auto_levels(sampled(plane)) == Levels(200, 1000)


def test_an_even_picture_gets_levels_with_something_between() -> None:
    for value in (0, 65535):
        levels = auto_levels(sampled(np.full((50, 50), value, np.uint16)))
        assert levels.high > levels.low
    assert auto_levels(sampled(np.full((5, 5), np.nan, np.float32))).high > 0


def test_colours_of_eight_bits_are_shown_as_they_are() -> None:
    colours = np.random.default_rng(0).integers(50, 90, (9, 9, 3), dtype=np.uint8)

    assert auto_levels(sampled(colours), colour=True) == Levels(0, 255)


def test_levels_with_nothing_between_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing between"):
        Levels(5, 5)


def test_a_sample_is_small_and_even() -> None:
    plane = np.arange(4000 * 4000, dtype=np.float32).reshape(4000, 4000)

    sample = sampled(plane)

    assert 30_000 < sample.size <= 70_000
    assert sample.mean() == pytest.approx(plane.mean(), rel=0.01)


def test_the_axis_stays_while_it_fits() -> None:
    levels = Levels(100, 3000)
    before = axis(np.array([100, 3000], np.uint16), levels)

    assert axis(np.array([100, 2900], np.uint16), levels, before) == before
    grown = axis(np.array([100, 60000], np.uint16), levels, before)
    assert grown[1] >= 60000
    assert axis(np.array([0, 9], np.uint16), Levels(0, 10), grown)[1] < 100


def test_eight_bits_have_an_axis_of_eight_bits() -> None:
    assert axis(np.array([3, 9], np.uint8), Levels(3, 9)) == (0.0, 255.0)


def test_negative_values_have_room() -> None:
    low, high = axis(np.array([-3.2, 7.0], np.float32), Levels(-3, 7))

    assert low <= -3.2
    assert high >= 7.0


def test_a_histogram_counts_and_knows_the_saturated_share() -> None:
    sample = np.array([0, 1, 1, 4095], np.uint16)

    found = histogram(sample, 0, 4096, full_scale=4095)

    assert found.counts.sum() == 4
    assert found.counts[0] == 3
    assert found.saturated == 0.25
    assert histogram(sample, 0, 4096).saturated == 0.0


def test_automatic_levels_do_not_flicker() -> None:
    before = Levels(100, 1100)

    assert steadied(Levels(110, 1090), before) is before
    assert steadied(Levels(100, 2000), before) == Levels(100, 2000)
    assert steadied(Levels(1, 2), None) == Levels(1, 2)
