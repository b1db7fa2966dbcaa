"""From light to counts: linear, noisy, limited."""

from __future__ import annotations

import numpy as np
import pytest

from things.simulated.pyramid import FloatImage
from things.simulated.sensor import (
    COUNTS_PER_E,
    FULL_SCALE,
    OFFSET_COUNTS,
    READ_NOISE_E,
    Sensor,
    Shot,
)


@pytest.fixture
def sensor() -> Sensor:
    return Sensor(seed=1)


def even(level: float) -> FloatImage:
    return np.full((200, 300), level, dtype=np.float32)


def signal(sensor: Sensor, shot: Shot, level: float = 0.5) -> float:
    return float(np.median(sensor.expose(even(level), shot))) - OFFSET_COUNTS


@pytest.mark.parametrize("factor", [2, 4, 10])
def test_a_longer_exposure_is_brighter_in_proportion(sensor: Sensor, factor: int) -> None:
    short = signal(sensor, Shot(10, lamp=0.5))

    assert signal(sensor, Shot(10 * factor, lamp=0.5)) == pytest.approx(factor * short, rel=0.01)


def test_the_lamp_counts_like_the_exposure(sensor: Sensor) -> None:
    assert signal(sensor, Shot(20, lamp=0.4)) == pytest.approx(
        signal(sensor, Shot(10, lamp=0.8)), rel=0.01
    )


def test_20_db_are_ten_times_the_counts(sensor: Sensor) -> None:
    plain = signal(sensor, Shot(10, lamp=0.5))

    assert signal(sensor, Shot(10, lamp=0.5, gain_db=20)) == pytest.approx(10 * plain, rel=0.01)


@pytest.mark.parametrize("shot", [Shot(1000, lamp=1), Shot(100, lamp=1, gain_db=24)])
def test_it_saturates_at_full_scale(sensor: Sensor, shot: Shot) -> None:
    picture = sensor.expose(even(1.0), shot)

    assert picture.dtype == np.uint16
    assert (picture == FULL_SCALE).mean() > 0.999


def test_in_the_dark_there_is_the_offset_and_read_noise(sensor: Sensor) -> None:
    picture = sensor.expose(even(0), Shot(1, lamp=0)).astype(float)

    assert np.median(picture) == pytest.approx(OFFSET_COUNTS, abs=1)
    middle = picture[np.abs(picture - OFFSET_COUNTS) < 60]
    assert middle.std() == pytest.approx(READ_NOISE_E * COUNTS_PER_E, rel=0.05)


def test_light_comes_with_shot_noise(sensor: Sensor) -> None:
    picture = sensor.expose(even(1), Shot(40, lamp=0.5)).astype(float)
    inner = picture[picture < np.percentile(picture, 99.9)]

    electrons = (np.median(picture) - OFFSET_COUNTS) / COUNTS_PER_E
    assert inner.std() / COUNTS_PER_E == pytest.approx(np.sqrt(electrons), rel=0.03)


def test_binning_keeps_the_counts_and_lowers_the_noise(sensor: Sensor) -> None:
    plain = sensor.expose(even(0.5), Shot(20, lamp=0.5))
    binned = sensor.expose(even(0.5), Shot(20, lamp=0.5, binning=2))

    assert binned.shape == (100, 150)
    assert np.median(binned) == pytest.approx(np.median(plain), rel=0.01)
    assert binned.std() < 0.7 * plain.std()


def test_noise_differs_from_picture_to_picture_but_not_from_run_to_run() -> None:
    light, shot = even(0.5), Shot(20, lamp=0.5)
    one, other = Sensor(seed=1), Sensor(seed=1)
    first, second = one.expose(light, shot), one.expose(light, shot)

    assert not np.array_equal(first, second)
    assert np.array_equal(first, other.expose(light, shot))
    assert np.array_equal(second, other.expose(light, shot))
