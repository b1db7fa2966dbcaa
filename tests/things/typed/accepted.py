# mypy: disallow-any-expr
"""What a checker must know of the instruments: exact types, and nowhere `Any`."""

from __future__ import annotations

from typing import Literal, assert_type

import numpy as np

from tests.things.typed.instruments import Camera, FocusDrive, Position
from things.actions import ActionDescriptor
from things.blobs import PngBlob
from things.emitters import Emitter, EventDescriptor
from things.properties import FunctionalProperty
from things.streams import FrameStream, FrameStreamDescriptor


def data_properties(camera: Camera) -> None:
    assert_type(camera.exposure, float)
    assert_type(camera.modes, list[str])
    assert_type(camera.label, str | None)
    assert_type(camera.mode, Literal["fast", "slow"])
    assert_type(camera.home, Position)
    assert_type(camera.spectrum.dtype, np.dtype[np.float64])
    camera.exposure = 3
    camera.label = None
    camera.mode = "slow"


def data_settings(camera: Camera) -> None:
    assert_type(camera.kept, int)
    assert_type(camera.kept_list, list[int])
    camera.kept = 5


def functional_properties(camera: Camera) -> None:
    assert_type(camera.gain, float)
    assert_type(camera.offset, int | None)
    camera.gain = 2
    camera.offset = None


def functional_settings(camera: Camera) -> None:
    assert_type(camera.caption, str)
    assert_type(camera.depth, int)
    camera.caption = "cells"
    camera.depth = 12


def access_on_the_class() -> None:
    assert_type(Camera.gain, FunctionalProperty[float])
    assert_type(Camera.offset, FunctionalProperty[int | None])
    assert_type(Camera.depth, FunctionalProperty[int])
    assert_type(Camera.gain.title, str)
    assert_type(Camera.overheated, EventDescriptor[float])
    assert_type(Camera.live, FrameStreamDescriptor)
    # To a checker a data property is what its annotation says, on the class too.
    assert_type(Camera.exposure, float)


def actions(camera: Camera) -> None:
    assert_type(camera.snap(), PngBlob)
    assert_type(camera.snap(3, sharp=True), PngBlob)
    assert_type(camera.snap(width=3), PngBlob)
    assert_type(camera.snap().content, bytes)
    assert_type(camera.tune(fine=False, red=1.0, blue=2.0), dict[str, float])


def events_and_streams(camera: Camera) -> None:
    assert_type(camera.overheated, Emitter[float])
    assert_type(camera.live, FrameStream)
    camera.overheated.emit(81.5)


def slots(camera: Camera) -> None:
    assert_type(camera.focus, FocusDrive)
    assert_type(camera.spare, FocusDrive | None)
    assert_type(camera.focus.height, float)
    assert_type(camera.focus.move_to(Position(x=1, y=2), speed=3), Position)


def making_one() -> None:
    assert_type(Camera(), Camera)
    with Camera() as camera:
        assert_type(camera, Camera)


def descriptors(snap: ActionDescriptor[[int], PngBlob], camera: Camera) -> None:
    assert_type(snap.func(camera, 3), PngBlob)
