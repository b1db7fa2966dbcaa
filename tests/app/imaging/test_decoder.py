"""Pictures from outside: what is opened, what is refused, and that nothing survives it."""

from __future__ import annotations

import io
import os
import struct
import zlib
from collections.abc import Iterator
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from app.imaging.decoder import ImageDecoder
from app.imaging.errors import (
    DecoderClosedError,
    ImageProcessError,
    ImageRefusedError,
    ImageTooCostlyError,
)
from app.imaging.limits import MIB, ImageLimits

WAIT_S = 60


@pytest.fixture(scope="module")
def decoder() -> Iterator[ImageDecoder]:
    decoder = ImageDecoder()
    yield decoder
    decoder.close()


@pytest.fixture
def counts() -> NDArray[np.uint16]:
    return np.random.default_rng(7).integers(0, 65536, (60, 90), dtype=np.uint16)


def encoded(array: NDArray[np.generic], kind: str) -> bytes:
    file = io.BytesIO()
    Image.fromarray(array).save(file, kind)
    return file.getvalue()


def png_of_zeros(width: int, height: int) -> bytes:
    """A small file that unpacks to a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    packer = zlib.compressobj(9)
    row = bytes(width + 1)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def process_is_there(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_sixteen_bits_keep_their_depth(
    decoder: ImageDecoder, counts: NDArray[np.uint16], kind: str
) -> None:
    picture = decoder.submit(encoded(counts, kind)).result(WAIT_S)

    assert picture.array.dtype == np.uint16
    assert np.array_equal(picture.array, counts)


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_colour_is_kept(decoder: ImageDecoder, kind: str) -> None:
    colours = np.random.default_rng(1).integers(0, 256, (20, 30, 3), dtype=np.uint8)

    picture = decoder.submit(encoded(colours, kind)).result(WAIT_S)

    assert np.array_equal(picture.array, colours)


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "GIF"])
def test_lossy_formats_come_close(decoder: ImageDecoder, kind: str) -> None:
    ramp = np.tile(np.arange(0, 250, dtype=np.uint8), (40, 1))

    picture = decoder.submit(encoded(ramp, kind)).result(WAIT_S)

    grey = picture.array if picture.array.ndim == 2 else picture.array[..., 0]
    assert np.abs(grey.astype(int) - ramp).max() < 12


def test_a_stack_keeps_its_planes_and_its_pixel_size(decoder: ImageDecoder) -> None:
    stack = np.random.default_rng(2).integers(0, 4000, (5, 30, 40), dtype=np.uint16)
    file = io.BytesIO()
    metadata = {"axes": "ZYX", "PhysicalSizeX": 325.0, "PhysicalSizeXUnit": "nm"}
    tifffile.imwrite(file, stack, ome=True, metadata=metadata)

    picture = decoder.submit(file.getvalue(), "image/tiff").result(WAIT_S)

    assert np.array_equal(picture.array, stack)
    assert picture.pixel_size_um == pytest.approx(0.325)


def test_floats_are_kept(decoder: ImageDecoder) -> None:
    values = np.linspace(-1, 1, 600, dtype=np.float32).reshape(20, 30)
    file = io.BytesIO()
    tifffile.imwrite(file, values)

    picture = decoder.submit(file.getvalue()).result(WAIT_S)

    assert picture.array.dtype == np.float32
    assert np.array_equal(picture.array, values)


def test_a_preview_is_small(decoder: ImageDecoder) -> None:
    for kind in ("JPEG", "PNG"):
        big = np.zeros((900, 1600), np.uint8)

        preview = decoder.submit(encoded(big, kind), max_edge=200).result(WAIT_S)

        assert max(preview.array.shape) <= 200
        assert preview.array.shape[1] > preview.array.shape[0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(5000),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(x) run\n",
        b"8BPS\0\1" + bytes(200),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"II*\0" + bytes(100),
        b"MM\0*" + b"\xff" * 100,
        b"\x89PNG\r\n\x1a\n" + b"\xff" * 100,
    ],
    ids=["nothing", "zeros", "eps", "psd", "svg", "tiff", "tiff-ff", "png-ff"],
)
def test_what_is_no_picture_is_refused(decoder: ImageDecoder, data: bytes) -> None:
    with pytest.raises(ImageRefusedError):
        decoder.submit(data).result(WAIT_S)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP"])
def test_a_file_cut_short_is_refused(decoder: ImageDecoder, kind: str) -> None:
    noise = np.random.default_rng(3).integers(0, 255, (200, 200), dtype=np.uint8)
    whole = encoded(noise, kind)

    with pytest.raises(ImageRefusedError):
        decoder.submit(whole[: len(whole) // 2]).result(WAIT_S)


def test_what_is_said_to_be_svg_is_not_even_looked_at() -> None:
    decoder = ImageDecoder()

    with pytest.raises(ImageRefusedError, match="svg"):
        decoder.submit(b"<svg/>", "image/svg+xml").result(WAIT_S)

    assert decoder.process_id is None


def test_a_bomb_of_169_megapixels_is_refused_by_its_size(decoder: ImageDecoder) -> None:
    bomb = png_of_zeros(13_000, 13_000)
    assert len(bomb) < 300_000

    with pytest.raises(ImageTooCostlyError, match="megapixels"):
        decoder.submit(bomb).result(WAIT_S)


def test_a_picture_that_needs_too_much_memory_is_refused(counts: NDArray[np.uint16]) -> None:
    decoder = ImageDecoder(ImageLimits(memory_bytes=256 * MIB, pixels=10**9, time_s=WAIT_S))
    try:
        with pytest.raises(ImageTooCostlyError, match="memory"):
            decoder.submit(png_of_zeros(20_000, 20_000)).result(WAIT_S)

        picture = decoder.submit(encoded(counts, "PNG")).result(WAIT_S)
    finally:
        decoder.close()
    assert np.array_equal(picture.array, counts)


def test_a_picture_that_takes_too_long_is_refused_and_the_next_one_works(
    counts: NDArray[np.uint16],
) -> None:
    slow = png_of_zeros(9_000, 9_000)
    decoder = ImageDecoder(ImageLimits(time_s=0.02))
    try:
        with pytest.raises(ImageTooCostlyError, match=r"0\.02 s"):
            decoder.submit(slow).result(WAIT_S)
        assert decoder.process_id is None
    finally:
        decoder.close()

    with_time = ImageDecoder()
    try:
        assert with_time.submit(encoded(counts, "PNG")).result(WAIT_S).array.shape == (60, 90)
    finally:
        with_time.close()


def test_a_process_that_was_killed_is_replaced(
    decoder: ImageDecoder, counts: NDArray[np.uint16]
) -> None:
    decoder.submit(encoded(counts, "PNG")).result(WAIT_S)
    first = decoder.process_id
    assert first is not None
    os.kill(first, 9)

    with pytest.raises(ImageProcessError):
        decoder.submit(encoded(counts, "PNG")).result(WAIT_S)
    decoder.submit(encoded(counts, "PNG")).result(WAIT_S)

    assert decoder.process_id not in (None, first)


def test_a_process_killed_before_a_request_it_could_not_take_whole_is_replaced(
    decoder: ImageDecoder, counts: NDArray[np.uint16]
) -> None:
    for _ in range(5):
        decoder.submit(encoded(counts, "PNG")).result(WAIT_S)
        process_id = decoder.process_id
        assert process_id is not None
        os.kill(process_id, 9)

        with pytest.raises(ImageProcessError):
            decoder.submit(bytes(8 * 2**20)).result(WAIT_S)

    decoder.submit(encoded(counts, "PNG")).result(WAIT_S)


def test_closing_ends_the_process_and_what_waits(counts: NDArray[np.uint16]) -> None:
    decoder = ImageDecoder()
    decoder.submit(encoded(counts, "PNG")).result(WAIT_S)
    process_id = decoder.process_id
    assert process_id is not None
    slow = png_of_zeros(9_000, 9_000)
    waiting = [decoder.submit(slow) for _ in range(3)]

    decoder.close()

    assert not process_is_there(process_id)
    for future in waiting:
        with pytest.raises(DecoderClosedError):
            future.result(WAIT_S)
    with pytest.raises(DecoderClosedError):
        decoder.submit(b"").result(WAIT_S)


def test_an_idle_process_is_ended(counts: NDArray[np.uint16]) -> None:
    decoder = ImageDecoder(ImageLimits(idle_s=0.0))
    try:
        decoder.submit(encoded(counts, "PNG")).result(WAIT_S)
        decoder.submit(encoded(counts, "PNG")).result(WAIT_S)
    finally:
        decoder.close()
    assert decoder.process_id is None


def test_what_was_cancelled_is_not_decoded(counts: NDArray[np.uint16]) -> None:
    decoder = ImageDecoder()
    try:
        first = decoder.submit(encoded(counts, "PNG"))
        second = decoder.submit(encoded(counts, "PNG"))
        assert second.cancel()
        first.result(WAIT_S)
        with pytest.raises(CancelledError):
            second.result(WAIT_S)
        assert decoder.submit(encoded(counts, "PNG")).result(WAIT_S).array.shape == (60, 90)
    finally:
        decoder.close()


async def decoded(decoder: ImageDecoder, data: bytes) -> tuple[int, ...]:
    return (await decoder.decode(data, "image/png")).array.shape


def test_decoding_can_be_awaited(decoder: ImageDecoder, counts: NDArray[np.uint16]) -> None:
    import asyncio

    assert asyncio.run(decoded(decoder, encoded(counts, "PNG"))) == (60, 90)


def test_files_that_a_picture_names_are_not_opened(
    decoder: ImageDecoder, tmp_path: Path, counts: NDArray[np.uint16]
) -> None:
    """An OME header may name other files; from here they read as nothing."""
    secret = tmp_path / "secret.ome.tif"
    tifffile.imwrite(secret, counts, ome=True, metadata={"UUID": "urn:uuid:1", "axes": "YX"})
    xml = (
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:2">'
        '<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" '
        'SizeX="90" SizeY="60" SizeZ="1" SizeC="1" SizeT="1">'
        f'<TiffData IFD="0" PlaneCount="1"><UUID FileName="{secret}">urn:uuid:1</UUID>'
        "</TiffData></Pixels></Image></OME>"
    )
    file = io.BytesIO()
    tifffile.imwrite(file, np.ones((60, 90), np.uint16), description=xml, metadata=None)

    try:
        picture = decoder.submit(file.getvalue()).result(WAIT_S)
    except ImageRefusedError:
        return
    assert not np.array_equal(picture.array, counts)


def test_four_hundred_broken_files_are_opened_or_refused(decoder: ImageDecoder) -> None:
    random = np.random.default_rng(11)
    noise = random.integers(0, 255, (48, 64), dtype=np.uint8)
    decoder.submit(encoded(noise, "PNG")).result(WAIT_S)
    process_id = decoder.process_id
    futures = []
    for number in range(400):
        kind = ("PNG", "JPEG", "TIFF", "GIF", "BMP", "WEBP")[number % 6]
        data = bytearray(encoded(noise, kind))
        for place in random.integers(0, min(len(data), 400), 6):
            data[place] = random.integers(0, 256)
        futures.append(decoder.submit(bytes(data)))

    for future in futures:
        error = future.exception(WAIT_S)
        assert error is None or isinstance(error, ImageRefusedError), error
    assert decoder.process_id == process_id
