"""Blur by halving: nothing lost, nothing moved, as wide as it says."""

from __future__ import annotations

import numpy as np
import pytest

from things.simulated.pyramid import LEVELS, VARIANCES_PX2, Canvas, Stamp, blur_shares, pyramid

POINT = Stamp(top=100, left=101, pixels=np.ones((1, 1), dtype=np.float32))


@pytest.mark.parametrize("level", range(6))
def test_a_blurred_point_keeps_its_light_and_is_as_wide_as_said(level: int) -> None:
    canvas = Canvas(256, 256)
    canvas.add(pyramid(POINT)[level], level, 4.0**level)

    picture = canvas.picture()

    row = np.arange(256)
    # The weight undoes that coarse pixels hold a mean, not a sum.
    assert picture.sum() == pytest.approx(4.0**level, rel=0.02)
    centre = (picture.sum(axis=1) * row).sum() / picture.sum()
    spread = (picture.sum(axis=1) * (row - centre) ** 2).sum() / picture.sum()
    assert centre == pytest.approx(100, abs=2.0**level / 2 + 0.02)
    # Where a point falls within a coarse pixel matters a little.
    assert spread == pytest.approx(VARIANCES_PX2[level], rel=0.35, abs=1e-6)


def test_a_canvas_may_stand_anywhere() -> None:
    whole = Canvas(300, 300)
    whole.move_to(-100, -100)
    whole.add(pyramid(POINT)[3], 3, 1.0)
    expected = whole.picture()

    for top, left in ((0, 0), (37, 55), (-12, -90), (99, 101)):
        canvas = Canvas(100, 90)
        canvas.move_to(top, left)
        canvas.add(pyramid(POINT)[3], 3, 1.0)
        seen = expected[top + 100 : top + 200, left + 100 : left + 190]
        assert np.allclose(canvas.picture(), seen, atol=1e-7)


def test_a_stamp_outside_leaves_no_trace() -> None:
    canvas = Canvas(64, 64)
    canvas.move_to(1000, 1000)

    canvas.add(POINT, 0, 1.0)

    assert not canvas.picture().any()


@pytest.mark.parametrize("variance", [0.0, 0.4, 1.5, 2.0, 100.0, 5000.0])
def test_shares_give_the_wished_variance(variance: float) -> None:
    shares = blur_shares(variance)

    assert sum(share for _, share in shares) == pytest.approx(1)
    assert sum(share * VARIANCES_PX2[level] for level, share in shares) == pytest.approx(variance)


def test_more_blur_than_there_is_gives_the_coarsest() -> None:
    assert blur_shares(1e9) == ((LEVELS - 1, 1.0),)
