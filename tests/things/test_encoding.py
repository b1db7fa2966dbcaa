from __future__ import annotations

import io
import json
from xml.etree import ElementTree

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from things.encoding import encode_image

RANDOM = np.random.default_rng(1)


def ramp(dtype: type[np.generic], shape: tuple[int, ...] = (40, 60)) -> NDArray[np.generic]:
    top = 1.0 if np.issubdtype(dtype, np.floating) else float(np.iinfo(dtype).max)  # type: ignore[type-var]  # an integer here
    return (np.linspace(0, 1, int(np.prod(shape))).reshape(shape) * top).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_grey_png_gives_every_pixel_back(dtype):
    array = RANDOM.integers(0, np.iinfo(dtype).max, (33, 57), dtype, endpoint=True)
    decoded = np.asarray(Image.open(io.BytesIO(encode_image(array, "image/png"))))
    assert decoded.dtype == dtype
    assert np.array_equal(decoded, array)


def test_a_coloured_png_gives_every_pixel_back():
    array = RANDOM.integers(0, 255, (33, 57, 3), np.uint8)
    decoded = np.asarray(Image.open(io.BytesIO(encode_image(array, "image/png"))))
    assert np.array_equal(decoded, array)


def test_a_png_carries_what_is_known_of_it():
    encoded = encode_image(
        ramp(np.uint8), "image/png", pixel_size_um=0.25, metadata={"exposure": 3, "of": "µm"}
    )
    text = Image.open(io.BytesIO(encoded)).text  # type: ignore[attr-defined]  # PNG images have it
    assert json.loads(text["labwright"]) == {"exposure": 3, "of": "µm", "pixel_size_um": 0.25}


def test_a_view_that_is_not_in_one_piece_is_encoded_as_it_looks():
    array = ramp(np.uint16)[::2, ::-3]
    for media_type in ("image/png", "image/tiff"):
        encoded = io.BytesIO(encode_image(array, media_type))
        decoded = (
            tifffile.imread(encoded)
            if media_type == "image/tiff"
            else np.asarray(Image.open(encoded))
        )
        assert np.array_equal(decoded, array)


def test_a_jpeg_is_close():
    array = ramp(np.uint8)
    decoded = np.asarray(Image.open(io.BytesIO(encode_image(array, "image/jpeg"))))
    assert np.abs(decoded.astype(int) - array).max() < 8
    colour = np.stack([array, array[::-1], array[:, ::-1]], axis=2)
    assert Image.open(io.BytesIO(encode_image(colour, "image/jpeg"))).mode == "RGB"


def test_a_jpeg_of_16_bits_is_scaled_by_what_is_white():
    array = np.full((16, 16), 2048, np.uint16)

    def grey(full_scale: float | None) -> float:
        encoded = encode_image(array, "image/jpeg", full_scale=full_scale)
        return float(np.asarray(Image.open(io.BytesIO(encoded))).mean())

    assert grey(None) == pytest.approx(8, abs=2)
    assert grey(4095) == pytest.approx(128, abs=2)
    assert grey(1000) == pytest.approx(255, abs=2)


@pytest.mark.parametrize(
    ("shape", "axes"), [((8, 9), "YX"), ((5, 8, 9), "ZYX"), ((8, 9, 3), "YXS")]
)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_an_ome_tiff_gives_every_pixel_and_its_axes_back(shape, axes, dtype):
    array = ramp(dtype, shape)
    encoded = encode_image(array, "image/tiff")
    with tifffile.TiffFile(io.BytesIO(encoded)) as file:
        assert file.is_ome
        assert file.series[0].axes == axes
        assert file.series[0].shape == shape
        decoded = file.asarray()
    assert decoded.dtype == dtype
    assert np.array_equal(decoded, array)


def test_an_ome_tiff_carries_pixel_size_step_and_metadata():
    encoded = encode_image(
        ramp(np.uint16, (4, 8, 9)),
        "image/tiff",
        pixel_size_um=0.325,
        metadata={"step_um": 1.5, "exposure_ms": 20, "note": "left & right <cells>"},
    )
    with tifffile.TiffFile(io.BytesIO(encoded)) as file:
        assert file.ome_metadata is not None
        tree = ElementTree.fromstring(file.ome_metadata)
    pixels = tree.find(".//{*}Pixels")
    assert pixels is not None
    assert float(pixels.attrib["PhysicalSizeX"]) == 0.325
    assert float(pixels.attrib["PhysicalSizeY"]) == 0.325
    assert pixels.attrib["PhysicalSizeXUnit"] == "µm"
    assert float(pixels.attrib["PhysicalSizeZ"]) == 1.5
    assert (pixels.attrib["SizeZ"], pixels.attrib["SizeY"], pixels.attrib["SizeX"]) == (
        "4",
        "8",
        "9",
    )
    said = {entry.attrib["K"]: entry.text for entry in tree.iterfind(".//{*}M")}
    assert said["exposure_ms"] == "20"
    assert said["note"] == "left & right <cells>"


@pytest.mark.parametrize(
    ("media_type", "array"),
    [
        ("image/png", np.zeros((2, 3), np.int32)),
        ("image/png", np.zeros((2, 3), bool)),
        ("image/png", np.zeros((2, 3, 4), np.uint8)),
        ("image/png", np.zeros((4, 2, 5), np.uint16)),
        ("image/jpeg", np.zeros((2, 3, 2), np.uint8)),
        ("image/tiff", np.zeros((2, 3), np.complex64)),
        ("image/tiff", np.zeros((2,), np.uint8)),
        ("image/tiff", np.zeros((0, 2), np.uint8)),
    ],
)
def test_what_a_format_cannot_hold_is_said_with_shape_and_type(media_type, array):
    with pytest.raises(ValueError, match=f"cannot hold an array of shape .* and {array.dtype}"):
        encode_image(array, media_type)


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="cannot be written as image/webp"):
        encode_image(ramp(np.uint8), "image/webp")
