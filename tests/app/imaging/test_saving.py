"""Pictures to files: what is written is what was measured."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image

from app.handles import Picture
from app.imaging.decoding import decode
from app.imaging.saving import ImageNotSavedError, save_picture


@pytest.fixture
def counts() -> NDArray[np.uint16]:
    return np.random.default_rng(5).integers(0, 65536, (30, 40), dtype=np.uint16)


def test_a_tiff_comes_back_with_its_pixel_size(tmp_path: Path, counts: NDArray[np.uint16]) -> None:
    stack = np.stack([counts, counts // 2])
    save_picture(Picture(stack, pixel_size_um=0.325), tmp_path / "stack.tif")

    found = decode((tmp_path / "stack.tif").read_bytes(), 10**6)

    assert np.array_equal(found.array, stack)
    assert found.pixel_size_um == pytest.approx(0.325)


@pytest.mark.parametrize("shape", [(8, 9), (8, 9, 3)])
def test_a_png_comes_back(tmp_path: Path, shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(6).integers(0, 256, shape, dtype=np.uint8)
    save_picture(Picture(pixels), tmp_path / "a.png")

    with Image.open(tmp_path / "a.png") as image:
        assert np.array_equal(np.asarray(image), pixels)


def test_sixteen_bits_of_grey_fit_a_png(tmp_path: Path, counts: NDArray[np.uint16]) -> None:
    save_picture(Picture(counts), tmp_path / "a.png")

    assert np.array_equal(decode((tmp_path / "a.png").read_bytes(), 10**6).array, counts)


def test_colour_and_float_tiffs_come_back(tmp_path: Path) -> None:
    for pixels in (np.full((5, 6, 3), 7, np.uint8), np.ones((5, 6), np.float32)):
        save_picture(Picture(pixels), tmp_path / "a.tif")
        assert np.array_equal(tifffile.imread(tmp_path / "a.tif"), pixels)


def test_what_a_png_cannot_hold_is_refused_and_the_old_file_stays(tmp_path: Path) -> None:
    target = tmp_path / "a.png"
    target.write_bytes(b"old")

    with pytest.raises(ImageNotSavedError, match=r"\.tif"):
        save_picture(Picture(np.ones((2, 4, 5), np.uint16)), target)

    assert target.read_bytes() == b"old"


def test_an_unknown_ending_is_refused(tmp_path: Path, counts: NDArray[np.uint16]) -> None:
    with pytest.raises(ImageNotSavedError, match=r"\.tif or \.png"):
        save_picture(Picture(counts), tmp_path / "a.xyz")


def test_a_folder_that_is_not_there_is_said_and_nothing_is_left(
    tmp_path: Path, counts: NDArray[np.uint16]
) -> None:
    with pytest.raises(ImageNotSavedError):
        save_picture(Picture(counts), tmp_path / "none" / "a.tif")

    assert list(tmp_path.iterdir()) == []
