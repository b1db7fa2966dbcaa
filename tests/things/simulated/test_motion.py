"""How the stage travels."""

from __future__ import annotations

import math

import numpy as np
import pytest

from things.simulated.motion import Trajectory

LONG = Trajectory((0, 0, 0), (3, 4, 0), speed_mm_s=2, acceleration_mm_s2=10)
SHORT = Trajectory((1, 1, 1), (1, 1, 1.001), speed_mm_s=2, acceleration_mm_s2=10)


@pytest.mark.parametrize("journey", [LONG, SHORT])
def test_it_begins_at_the_start_and_ends_at_the_end(journey: Trajectory) -> None:
    assert journey.position(0) == pytest.approx(journey.start)
    assert journey.position(-1) == pytest.approx(journey.start)
    assert journey.position(journey.duration_s) == journey.end
    assert journey.position(1e6) == journey.end


@pytest.mark.parametrize("journey", [LONG, SHORT])
def test_speed_and_acceleration_keep_their_limits(journey: Trajectory) -> None:
    times = np.linspace(0, journey.duration_s, 2001)
    way = np.array([journey.travelled_mm(float(t)) for t in times])
    speed = np.diff(way) / np.diff(times)
    acceleration = np.diff(speed) / np.diff(times)[1:]

    assert speed.min() >= 0
    assert speed.max() <= journey.speed_mm_s * 1.0001
    assert np.abs(acceleration).max() <= journey.acceleration_mm_s2 * 1.01


def test_a_long_way_takes_as_long_as_the_formula_says() -> None:
    # 5 mm at 2 mm/s, and 0.2 s lost to speeding up and slowing down.
    assert LONG.duration_s == pytest.approx(2.7)
    assert LONG.position(LONG.duration_s / 2) == pytest.approx((1.5, 2, 0))


def test_a_short_way_never_reaches_full_speed() -> None:
    assert SHORT.top_speed_mm_s == pytest.approx(0.1)
    assert SHORT.duration_s == pytest.approx(0.02)


def test_it_moves_in_a_straight_line() -> None:
    for elapsed in (0.1, 0.9, 2.6):
        x, y, z = LONG.position(elapsed)
        assert math.atan2(y, x) == pytest.approx(math.atan2(4, 3))
        assert z == 0


def test_no_way_takes_no_time() -> None:
    still = Trajectory((1, 2, 3), (1, 2, 3), speed_mm_s=1, acceleration_mm_s2=1)

    assert still.duration_s == 0
    assert still.position(0) == (1, 2, 3)


def test_a_speed_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        Trajectory((0, 0, 0), (1, 0, 0), speed_mm_s=0, acceleration_mm_s2=1)
