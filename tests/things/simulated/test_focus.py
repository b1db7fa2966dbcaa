"""The number an autofocus climbs."""

from __future__ import annotations

import numpy as np
import pytest

from things.simulated.focus import peak, sharpness


def test_edges_are_sharper_than_slopes() -> None:
    edge = np.zeros((40, 60), dtype=np.uint16)
    edge[:, 30:] = 6000
    slope = np.tile(np.linspace(0, 6000, 60).astype(np.uint16), (40, 1))

    assert sharpness(edge) > 3 * sharpness(slope)


def test_brightness_alone_makes_no_difference() -> None:
    picture = np.random.default_rng(0).integers(0, 5000, (41, 61)).astype(np.uint16)

    assert sharpness(picture * np.uint16(4)) == pytest.approx(sharpness(picture), rel=1e-4)


def test_black_has_no_sharpness() -> None:
    assert sharpness(np.zeros((10, 10), dtype=np.uint16)) == 0


def test_the_peak_lies_between_the_samples() -> None:
    positions = np.arange(-3.0, 4.0)

    assert peak(positions, 5 - (positions - 0.3) ** 2) == pytest.approx(0.3)


@pytest.mark.parametrize(("values", "where"), [([3, 2, 1], 0.0), ([1, 2, 3], 2.0), ([1], 0.0)])
def test_a_peak_at_the_end_is_the_end(values: list[float], where: float) -> None:
    assert peak(np.arange(float(len(values))), np.array(values)) == where
