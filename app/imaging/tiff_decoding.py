"""TIFF to an array: stacks of OME-TIFF and ImageJ with their axes, and large ones reduced.

Formats: OME model 2016-06 (pixel sizes, our own map annotation), ImageJ's hyperstacks (unit and
resolution). Runs in the image process only.
"""

from __future__ import annotations

import io
import math
import re
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

from app.imaging.pixels import Decoded, RefusedError, check_pixels, common_kind, positive

STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
"""What the bytes of a TIFF begin with."""

_MOST_AXES = 3
"""Before the height; what a file has more is laid one behind the other."""

_LARGEST = 64
"""A page is reduced if it has up to so many times the pixels allowed."""

_OME_SIZE = re.compile(r'PhysicalSizeX="([0-9.eE+-]{1,40})"')
_OME_UNIT = re.compile(r'PhysicalSizeXUnit="([^"]{1,8})"')
_FULL_SCALE = re.compile(r'<M K="full_scale">([0-9.eE+-]{1,40})</M>')
_IN_UM = {"µm": 1.0, "um": 1.0, "micron": 1.0, "nm": 1e-3, "mm": 1e3, "cm": 1e4, "m": 1e6}


def decode_tiff(data: bytes, max_pixels: int) -> Decoded:
    """Decode a TIFF by tifffile.

    Raises:
        RefusedError: It holds no picture that can be shown, or one that is too large.
        MemoryError: The process may not have that much.
        Exception: Nearly any, of a broken file.
    """
    # From memory tifffile never opens the other files an OME header may name.
    with tifffile.TiffFile(io.BytesIO(data)) as tiff:
        series = tiff.series[0]
        shape = tuple(int(length) for length in series.shape)
        colour = series.axes.endswith("S") and shape[-1] in (3, 4)
        pixels = math.prod(shape[:-1] if colour else shape)
        ome = tiff.ome_metadata or ""
        size, full_scale = _pixel_size_um(tiff, ome), _full_scale(ome)
        if pixels > max_pixels and len(shape) - colour == 2:
            check_pixels(pixels, _LARGEST * max_pixels)
            step = math.ceil(math.sqrt(pixels / max_pixels))
            array = common_kind(_reduced_page(series.pages[0], step))
            return Decoded(array, size and size * step, full_scale, reduced=step)
        check_pixels(pixels, max_pixels)
        array, axes = _in_order(np.asarray(series.asarray(maxworkers=1)), series.axes)
        return Decoded(common_kind(array), size, full_scale, axes)


def _in_order(array: NDArray[Any], axes: str) -> tuple[NDArray[Any], str]:
    """Height, width and colours last; the letters of the axes before them."""
    if len(axes) != array.ndim or array.ndim < 2:
        raise RefusedError("the picture contradicts itself about its axes")
    if 0 in array.shape:
        raise RefusedError("the file holds no picture")
    colours = axes.find("S")
    if colours >= 0 and array.shape[colours] in (3, 4):
        last = [colours]
    else:
        # Two samples of a pixel are channels: one can look at each by itself.
        axes, last = axes.replace("S", "C"), []
    if "Y" in axes and "X" in axes:
        plane = [axes.index("Y"), axes.index("X")]
    else:
        plane = [place for place in range(array.ndim) if place not in last][-2:]
    before = [place for place in range(array.ndim) if place not in (*plane, *last)]
    array = array.transpose(*before, *plane, *last)
    if last:
        array = array[..., :3]
    letters = "".join(axes[place] if axes[place] in "TCZ" else "Q" for place in before)
    kept = [place for place, length in enumerate(array.shape[: len(letters)]) if length > 1]
    letters = "".join(letters[place] for place in kept)
    array = array.reshape(*(array.shape[place] for place in kept), *array.shape[len(before) :])
    if len(letters) > _MOST_AXES:
        more = len(letters) - _MOST_AXES + 1
        array = array.reshape(-1, *array.shape[more:])
        letters = "Q" + letters[more:]
    return array, letters


def _reduced_page(page: Any, step: int) -> NDArray[Any]:
    """Every `step`-th pixel of a page, read strip by strip or tile by tile, never whole."""
    height, width = page.imagelength, page.imagewidth
    samples = page.samplesperpixel
    if page.planarconfig != 1 or samples not in (1, 3, 4):
        raise RefusedError("it is too large, and its colours lie apart")
    first = step // 2
    rows, columns = len(range(first, height, step)), len(range(first, width, step))
    out = np.zeros((rows, columns, samples), page.dtype)
    for segment, index, _shape in page.segments(maxworkers=1):
        if segment is None:  # left out of the file: it is all zeros
            continue
        _, _, top, left, _ = index
        block = segment.reshape(-1, *segment.shape[-3:])[0]
        high, wide = min(block.shape[0], height - top), min(block.shape[1], width - left)
        from_row, from_column = (first - top) % step, (first - left) % step
        picked = block[from_row:high:step, from_column:wide:step]
        row, column = (top + from_row - first) // step, (left + from_column - first) // step
        out[row : row + picked.shape[0], column : column + picked.shape[1]] = picked
    return out[..., 0] if samples == 1 else out[..., :3]


def _pixel_size_um(tiff: tifffile.TiffFile, ome: str) -> float | None:
    found = _OME_SIZE.search(ome)
    if found is not None:
        unit = _OME_UNIT.search(ome)
        factor = _IN_UM.get(unit[1] if unit else "µm")
        size = positive(found[1])
        return None if size is None or factor is None else size * factor
    if not tiff.is_imagej:
        return None
    # ImageJ writes how many pixels a unit has as the resolution, and its µ as an escape.
    unit_name = str((tiff.imagej_metadata or {}).get("unit", "")).replace("\\u00B5", "µ")
    tag = tiff.pages.first.tags.get("XResolution")
    if unit_name not in _IN_UM or tag is None:
        return None
    pixels, units = tag.value
    return positive(units / pixels * _IN_UM[unit_name]) if pixels else None


def _full_scale(ome: str) -> float | None:
    found = _FULL_SCALE.search(ome)
    return None if found is None else positive(found[1])
