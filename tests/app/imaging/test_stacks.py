"""Stacks keep their axes, and what a file tells of its pixels is read back."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from app.handles import Picture
from app.imaging.decoder import ImageDecoder
from app.imaging.errors import ImageRefusedError, ImageTooCostlyError
from app.imaging.limits import ImageLimits
from app.imaging.saving import save_picture
from things.encoding import encode_image

WAIT_S = 60


@pytest.fixture
def five_axes() -> NDArray[np.uint16]:
    """(t, c, z, h, w) of which every plane is another number."""
    planes = np.arange(2 * 3 * 4, dtype=np.uint16).reshape(2, 3, 4, 1, 1)
    return np.ascontiguousarray(np.broadcast_to(planes, (2, 3, 4, 20, 30)))


def tiff(array: NDArray[np.generic], **kinds: Any) -> bytes:
    file = io.BytesIO()
    tifffile.imwrite(file, array, **kinds)
    return file.getvalue()


def test_ome_tiff_of_five_axes_keeps_time_channel_and_plane(
    decoder: ImageDecoder, five_axes: NDArray[np.uint16]
) -> None:
    data = tiff(five_axes, ome=True, metadata={"axes": "TCZYX"})

    picture = decoder.submit(data).result(WAIT_S)

    assert picture.axes == "TCZ"
    assert np.array_equal(picture.array, five_axes)


def test_an_imagej_hyperstack_keeps_its_axes_and_its_pixel_size(
    decoder: ImageDecoder, five_axes: NDArray[np.uint16]
) -> None:
    hyperstack = np.ascontiguousarray(five_axes.swapaxes(1, 2))  # ImageJ's order is TZCYX
    data = tiff(
        hyperstack,
        imagej=True,
        resolution=(4.0, 4.0),
        metadata={"axes": "TZCYX", "unit": "um"},
    )

    picture = decoder.submit(data).result(WAIT_S)

    assert picture.axes == "TZC"
    assert np.array_equal(picture.array, hyperstack)
    assert picture.pixel_size_um == pytest.approx(0.25)


def test_a_stack_of_colours_keeps_them(decoder: ImageDecoder) -> None:
    stack = np.random.default_rng(4).integers(0, 255, (5, 20, 30, 3), dtype=np.uint8)

    picture = decoder.submit(tiff(stack, photometric="rgb")).result(WAIT_S)

    assert picture.axes == "Q"
    assert np.array_equal(picture.array, stack)


def test_colours_that_lie_apart_are_put_together(decoder: ImageDecoder) -> None:
    apart = np.random.default_rng(4).integers(0, 255, (3, 20, 30), dtype=np.uint8)
    data = tiff(apart, photometric="rgb", planarconfig="separate")

    picture = decoder.submit(data).result(WAIT_S)

    assert picture.axes == ""
    assert np.array_equal(picture.array, np.moveaxis(apart, 0, -1))


def test_axes_of_length_one_are_left_out(decoder: ImageDecoder) -> None:
    data = tiff(np.zeros((1, 2, 1, 20, 30), np.uint16), ome=True, metadata={"axes": "TCZYX"})

    picture = decoder.submit(data).result(WAIT_S)

    assert picture.axes == "C"
    assert picture.array.shape == (2, 20, 30)


def test_a_preview_of_a_stack_is_its_middle_plane(
    decoder: ImageDecoder, five_axes: NDArray[np.uint16]
) -> None:
    data = tiff(five_axes, ome=True, metadata={"axes": "TCZYX"})

    preview = decoder.submit(data, max_edge=10).result(WAIT_S)

    assert preview.axes == ""
    assert preview.array.shape == (7, 10)
    assert preview.array[0, 0] == five_axes[1, 1, 2, 0, 0]


@pytest.mark.parametrize("kind", ["image/png", "image/tiff", "image/jpeg"])
def test_the_pixel_size_of_our_own_files_is_read_back(decoder: ImageDecoder, kind: str) -> None:
    data = encode_image(np.zeros((20, 30), np.uint8), kind, pixel_size_um=0.325)

    picture = decoder.submit(data, kind).result(WAIT_S)

    assert picture.pixel_size_um == pytest.approx(0.325)


@pytest.mark.parametrize("kind", ["image/png", "image/tiff"])
def test_the_full_scale_of_our_own_files_is_read_back(decoder: ImageDecoder, kind: str) -> None:
    data = encode_image(np.zeros((20, 30), np.uint16), kind, full_scale=4095.0)

    assert decoder.submit(data, kind).result(WAIT_S).full_scale == 4095.0


@pytest.mark.parametrize("said", ["nan", "-1", "0", '"wide"', "1e999", "[1]", "null"])
def test_a_size_that_makes_no_sense_is_not_believed(decoder: ImageDecoder, said: str) -> None:
    from PIL.PngImagePlugin import PngInfo

    text = PngInfo()
    text.add_itxt("labwright", f'{{"pixel_size_um": {said}, "full_scale": {said}}}')
    file = io.BytesIO()
    Image.new("L", (30, 20)).save(file, "PNG", pnginfo=text)

    picture = decoder.submit(file.getvalue()).result(WAIT_S)

    assert (picture.pixel_size_um, picture.full_scale) == (None, None)


def test_what_is_saved_can_be_opened_again_as_it_was(
    decoder: ImageDecoder, five_axes: NDArray[np.uint16], tmp_path: Path
) -> None:
    picture = Picture(five_axes, 0.5, 4095.0, "TCZ")
    save_picture(picture, tmp_path / "stack.tif")

    found = decoder.submit((tmp_path / "stack.tif").read_bytes()).result(WAIT_S)

    assert np.array_equal(found.array, five_axes)
    assert (found.pixel_size_um, found.full_scale, found.axes) == (0.5, 4095.0, "TCZ")


@pytest.fixture
def modest() -> ImageLimits:
    """As much as a small picture may cost, so that tests of large ones are quick."""
    return ImageLimits(pixels=100_000, time_s=WAIT_S)


@pytest.mark.parametrize("tile", [None, (64, 128)], ids=["strips", "tiles"])
def test_a_large_tiff_is_opened_reduced(modest: ImageLimits, tile: tuple[int, int] | None) -> None:
    rows, columns = np.indices((1000, 1500), np.uint16)
    data = tiff(rows * np.uint16(7) + columns, tile=tile, compression="zlib")
    decoder = ImageDecoder(modest)
    try:
        picture = decoder.submit(data).result(WAIT_S)
    finally:
        decoder.close()

    assert picture.reduced == 4
    assert np.array_equal(picture.array, (rows * 7 + columns)[2::4, 2::4])


def test_a_large_jpeg_is_opened_reduced(modest: ImageLimits) -> None:
    ramp = np.tile(np.linspace(0, 250, 1600).astype(np.uint8), (1200, 1))
    decoder = ImageDecoder(modest)
    try:
        data = encode_image(ramp, "image/jpeg", pixel_size_um=0.5)
        picture = decoder.submit(data).result(WAIT_S)
        too_large = encode_image(np.zeros((9000, 9000), np.uint8), "image/jpeg")
        with pytest.raises(ImageTooCostlyError, match="megapixels"):
            decoder.submit(too_large).result(WAIT_S)
    finally:
        decoder.close()

    assert picture.reduced == 8
    assert picture.array.shape == (150, 200)
    assert picture.pixel_size_um == 4.0


def test_a_large_stack_is_refused(modest: ImageLimits) -> None:
    decoder = ImageDecoder(modest)
    try:
        with pytest.raises(ImageRefusedError, match="megapixels"):
            decoder.submit(tiff(np.zeros((20, 100, 100), np.uint8))).result(WAIT_S)
    finally:
        decoder.close()
