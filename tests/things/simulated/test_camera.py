"""The camera: what it sees depends on stage, focus, lamp and exposure."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator

import numpy as np
import pytest
import tifffile
from PIL import Image

from things import BlobArray, ImageBlob, InvocationCancelledError, ThingError, ValueRefusedError
from things.simulated.camera import Binning, Camera, NotInFocusError, Picture
from things.simulated.stage import Stage, StoppedError


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.speed, stage.acceleration = 10.0, 200.0
    return stage


@pytest.fixture
def camera(stage: Stage) -> Iterator[Camera]:
    camera = Camera(width=640, height=400)
    camera.stage = stage
    camera.exposure = 10.0
    with camera:
        yield camera


def pixels(blob: ImageBlob) -> Picture:
    """The array of a picture that was made here."""
    assert isinstance(blob.data, BlobArray)
    return blob.data.array


def taken(camera: Camera) -> Picture:
    """A snapped picture."""
    return pixels(camera.snap())


def signal(picture: Picture) -> float:
    return float(picture.mean()) - 400


def test_a_picture_is_16_bit_and_opens(camera: Camera) -> None:
    blob = camera.snap()

    with Image.open(io.BytesIO(blob.content)) as image:
        assert image.format == "PNG"
        assert image.size == (640, 400)
        assert np.array_equal(np.asarray(image), pixels(blob))
    assert pixels(blob).dtype == np.uint16


def test_a_longer_exposure_is_brighter(camera: Camera) -> None:
    short = signal(taken(camera))
    camera.exposure = 40.0

    assert signal(taken(camera)) == pytest.approx(4 * short, rel=0.03)


def test_without_light_there_is_nothing_to_see(camera: Camera) -> None:
    camera.lamp = 0.0

    assert abs(signal(taken(camera))) < 5


def test_gain_amplifies(camera: Camera) -> None:
    plain = signal(taken(camera))
    camera.gain = 12.0

    assert signal(taken(camera)) == pytest.approx(10**0.6 * plain, rel=0.03)


def test_elsewhere_it_sees_something_else_and_back_again_the_same(
    camera: Camera, stage: Stage
) -> None:
    here = taken(camera).astype(float)
    stage.move_by(dx=0.3)
    there = taken(camera).astype(float)
    stage.move_to(x=12.48)
    again = taken(camera).astype(float)

    assert np.corrcoef(here.ravel(), there.ravel())[0, 1] < 0.6
    assert np.corrcoef(here.ravel(), again.ravel())[0, 1] > 0.97


def test_binning_makes_smaller_pictures_of_the_same_field(camera: Camera) -> None:
    camera.binning = Binning.TWO

    assert taken(camera).shape == (200, 320)
    assert (camera.frame_size.width, camera.frame_size.height) == (320, 200)
    assert camera.pixel_size == pytest.approx(0.65)


def test_a_frame_rate_the_exposure_forbids_is_refused(camera: Camera) -> None:
    camera.exposure = 25.0

    with pytest.raises(ValueRefusedError, match=r"Needs an exposure below 22\.2 ms"):
        camera.frame_rate = 45.0

    assert camera.frame_rate == 30.0


def test_a_stack_goes_through_the_focus_and_back(camera: Camera, stage: Stage) -> None:
    blob = camera.acquire_stack(planes=5, step=8.0)

    stack = pixels(blob)
    assert stack.shape == (5, 400, 640)
    contrast = stack.reshape(5, -1).std(axis=1)
    assert contrast.argmax() == 2
    assert stage.position.z == pytest.approx(0.842)


def test_a_stack_is_an_ome_tiff_with_its_sizes(camera: Camera) -> None:
    blob = camera.acquire_stack(planes=3, step=2.0)

    with tifffile.TiffFile(io.BytesIO(blob.content)) as file:
        assert file.is_ome
        assert file.series[0].axes == "ZYX"
        assert np.array_equal(file.asarray(), pixels(blob))
        assert 'PhysicalSizeX="0.325"' in (file.ome_metadata or "")
        assert 'PhysicalSizeZ="2.0"' in (file.ome_metadata or "")


@pytest.mark.parametrize("off_um", [-14, 11])
def test_autofocus_finds_the_focus(camera: Camera, stage: Stage, off_um: float) -> None:
    in_focus = camera.autofocus().z
    stage.move_to(z=in_focus + off_um / 1000)

    found = camera.autofocus()

    assert found.z == pytest.approx(in_focus, abs=0.001)
    assert found.shift == pytest.approx(-off_um, abs=1)
    assert stage.position.z == pytest.approx(found.z, abs=1e-5)


def test_autofocus_far_away_says_so_and_goes_back(camera: Camera, stage: Stage) -> None:
    stage.move_to(z=0.9)

    with pytest.raises(NotInFocusError, match="try a wider range"):
        camera.autofocus(range=20, steps=5)

    assert stage.position.z == pytest.approx(0.9)


@pytest.mark.parametrize("action", ["acquire_stack", "autofocus"])
def test_a_cancelled_run_moves_no_more(camera: Camera, stage: Stage, run, action: str) -> None:
    camera.exposure = 1000.0
    run.start(getattr(camera, action)).under_way()

    run.cancel_event.set()
    run.end()

    assert isinstance(run.error, InvocationCancelledError)
    assert not stage.moving


def test_after_a_stop_the_stage_is_left_alone(camera: Camera, stage: Stage, run) -> None:
    stage.speed = 0.01
    run.start(camera.acquire_stack, planes=3, step=50.0).under_way("mm")

    stage.stop()

    assert isinstance(run.end().error, StoppedError)
    assert not stage.moving


def test_without_a_stage_it_sees_all_the_same_but_cannot_focus() -> None:
    camera = Camera(width=320, height=200)
    camera.exposure = 5.0

    assert signal(taken(camera)) > 50
    with pytest.raises(ThingError, match="no stage"):
        camera.autofocus()


def test_the_live_stream_comes_while_somebody_watches(camera: Camera) -> None:
    woken = threading.Event()
    reader = camera.live.open(woken.set)
    try:
        assert woken.wait(10)
        frame = reader.newest()
        assert frame is not None
        assert frame.array.shape == (400, 640)
        assert frame.pixel_size_um == pytest.approx(0.325)
        assert frame.full_scale == 65535
    finally:
        reader.close()
    assert not camera.live.watched


def test_the_live_stream_outlives_a_stage_that_is_gone(camera: Camera, monkeypatch, caplog) -> None:
    gone = threading.Event()

    def no_answer(_self: Camera) -> tuple[float, float, float]:
        gone.set()
        raise ThingError("The stage does not answer.")

    monkeypatch.setattr(Camera, "_place", no_answer)
    woken = threading.Event()
    reader = camera.live.open(woken.set)
    try:
        assert gone.wait(10)
        monkeypatch.undo()
        assert woken.wait(10)
    finally:
        reader.close()


def test_closing_ends_its_thread() -> None:
    camera = Camera(width=320, height=200)
    with camera:
        thread = camera._streaming
        assert thread is not None
        assert thread.is_alive()

    assert not thread.is_alive()


def test_the_sensor_cools_towards_its_target(camera: Camera) -> None:
    camera.cooling_target = -20.0
    before = camera.sensor_temperature
    camera._chip_read_s -= 600

    assert before == pytest.approx(-9.8, abs=0.3)
    assert camera.sensor_temperature == pytest.approx(-20.0, abs=0.1)
    camera.cooling = False
    camera._chip_read_s -= 600
    assert camera.sensor_temperature == pytest.approx(24.0, abs=0.1)
