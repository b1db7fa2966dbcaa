"""What falls on the sensor: sharp in focus, blurred elsewhere, darker at the corners."""

from __future__ import annotations

import numpy as np
import pytest

from things.simulated.focus import peak, sharpness
from things.simulated.optics import Microscope
from things.simulated.sensor import Sensor, Shot
from things.simulated.specimen import Slide

SHOT = Shot(exposure_ms=25, lamp=0.5)


@pytest.fixture(scope="module")
def microscope() -> Microscope:
    return Microscope(Slide(seed=3), height=600, width=800)


@pytest.mark.parametrize("place", [(0.0, 0.0), (12.48, -3.117), (-5.0, 7.0)])
@pytest.mark.parametrize("exposure_ms", [3, 25])
def test_the_sharpest_picture_is_the_one_in_focus(
    microscope: Microscope, place: tuple[float, float], exposure_ms: float
) -> None:
    sensor = Sensor(seed=1)
    offsets = np.arange(-30.0, 31.0, 3.0)
    focus_um = microscope.focus_um(*place)
    shot = Shot(exposure_ms, lamp=0.5)

    values = np.array(
        [
            sharpness(sensor.expose(microscope.look(*place, (focus_um + off) / 1000), shot))
            for off in offsets
        ]
    )

    assert abs(peak(offsets, values)) < 1.5
    # From either side it gets better all the way, so that a search can follow it.
    best = int(values.argmax())
    assert np.all(np.diff(values[: best + 1 : 2]) > 0)
    assert np.all(np.diff(values[best::2]) < 0)


def test_out_of_focus_no_light_is_lost(microscope: Microscope) -> None:
    focus_um = microscope.focus_um(0, 0)
    sharp = microscope.look(0, 0, focus_um / 1000).mean()
    blurred = microscope.look(0, 0, (focus_um + 10) / 1000).mean()

    assert blurred == pytest.approx(sharp, rel=0.05)


def test_the_corners_are_darker(microscope: Microscope) -> None:
    vignette = microscope._vignette

    assert vignette.max() == pytest.approx(1, abs=0.01)
    assert 0.5 < vignette[0, -1] / vignette.max() < 0.9


def test_looking_again_costs_nothing_and_cannot_be_spoilt(microscope: Microscope) -> None:
    picture = microscope.look(0, 0, 0)

    assert microscope.look(0.00001, 0, 0) is picture
    with pytest.raises(ValueError, match="read-only"):
        picture[0, 0] = 1
