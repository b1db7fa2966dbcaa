"""Bytes of a few picture formats to an array. Runs in the image process only.

Only PNG, JPEG, TIFF, WebP, BMP and GIF are opened: Pillow would open 43 formats by default, one of
them (EPS) by starting another program. 16-bit grey keeps its depth; TIFF stacks keep their planes.
"""

from __future__ import annotations

import importlib
import io
import math
import re
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageFile, UnidentifiedImageError

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")
KNOWN = "PNG, JPEG, TIFF, WebP, BMP or GIF"

_PLUGINS = {"WEBP": "WebP"}
_TIFF_STARTS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_SIXTEEN_BIT = ("I;16", "I;16L", "I;16B", "I;16N")
_OME_SIZE = re.compile(r'PhysicalSizeX="([0-9.eE+-]{1,40})"')
_OME_UNIT = re.compile(r'PhysicalSizeXUnit="([^"]{1,8})"')
_IN_UM = {"µm": 1.0, "um": 1.0, "nm": 1e-3, "mm": 1e3, "cm": 1e4, "m": 1e6}


class RefusedError(Exception):
    """The bytes are no picture that is opened here; the message says why."""


class TooManyPixelsError(RefusedError):
    """There are more pixels than allowed."""


def load_formats() -> None:
    """Import the plugins of our six formats now; Pillow would bring in all 43 when looking."""
    for name in FORMATS:
        importlib.import_module(f"PIL.{_PLUGINS.get(name, name.capitalize())}ImagePlugin")


@dataclass(frozen=True, slots=True)
class Decoded:
    """What came out.

    Attributes:
        array: (h, w), (h, w, 3) or (planes, h, w); uint8, uint16 or float32; contiguous, in the
            byte order of this machine.
        pixel_size_um: From OME metadata (Open Microscopy Environment, model 2016-06), or None.
    """

    array: NDArray[np.generic]
    pixel_size_um: float | None = None


def decode(data: bytes, max_pixels: int, max_edge: int | None = None) -> Decoded:
    """Decode a picture.

    Args:
        data: The whole file.
        max_pixels: Most pixels it may have, all planes together.
        max_edge: For a preview: no edge of the result is longer. JPEG is then decoded at a
            fraction of its size, which takes a fifth of the time.

    Raises:
        RefusedError: It is none of the formats, broken or too large.
        MemoryError: The process may not have that much.
    """
    if data.startswith(_TIFF_STARTS):
        decoded = _decode_tiff(data, max_pixels)
    else:
        decoded = Decoded(_decode_with_pillow(data, max_pixels, max_edge))
    if max_edge is None:
        return decoded
    return Decoded(shrunk(decoded.array, max_edge), None)


def shrunk(array: NDArray[np.generic], max_edge: int) -> NDArray[np.generic]:
    """A smaller copy whose edges are at most `max_edge`, by taking every n-th pixel.

    Of a stack the middle plane is taken, which is the sharpest of most.
    """
    if array.ndim == 3 and array.shape[2] != 3:
        array = array[len(array) // 2]
    step = max(1, math.ceil(max(array.shape[:2]) / max_edge))
    return np.ascontiguousarray(array[step // 2 :: step, step // 2 :: step])


def _decode_with_pillow(data: bytes, max_pixels: int, max_edge: int | None) -> NDArray[np.generic]:
    # The cap of our own is checked below; Pillow's is a second wall behind it.
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, max_pixels
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            _check_pixels(image.width * image.height, max_pixels)
            if max_edge is not None and image.format == "JPEG":
                image.draft(image.mode, (max_edge, max_edge))
            image.load()
            return _array_of(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixelsError(_too_many(max_pixels)) from error
    except UnidentifiedImageError as error:
        raise RefusedError(f"it is no {KNOWN} picture") from error
    except (RefusedError, MemoryError):
        raise
    except Exception as error:
        # A broken file may raise nearly anything in the depth of a format's plugin.
        raise RefusedError(f"the picture is broken or cut short ({_words(error)})") from error
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _array_of(image: ImageFile.ImageFile | Image.Image) -> NDArray[np.generic]:
    """The pixels of the first frame; palettes, transparency and print colours become RGB."""
    if image.mode in _SIXTEEN_BIT:
        return _copied(image, (), np.uint16)
    if image.mode in ("I", "F"):
        return _copied(image, (), np.float32)
    grey = image.mode in ("1", "L", "LA", "La")
    wanted = "L" if grey else "RGB"
    if image.mode != wanted:
        image = image.convert(wanted)
    return _copied(image, () if grey else (3,), np.uint8)


def _copied(
    image: Image.Image, channels: tuple[int, ...], dtype: type[np.generic]
) -> NDArray[np.generic]:
    """The pixels in strips: whole, Pillow would hold them three times over."""
    array = np.empty((image.height, image.width, *channels), dtype)
    for top in range(0, image.height, 256):
        bottom = min(top + 256, image.height)
        array[top:bottom] = np.asarray(image.crop((0, top, image.width, bottom)))
    return array


def _decode_tiff(data: bytes, max_pixels: int) -> Decoded:
    """By tifffile, which knows stacks and OME; by Pillow where tifffile has no decompressor."""
    try:
        # From memory tifffile never opens the other files an OME header may name.
        with tifffile.TiffFile(io.BytesIO(data)) as tiff:
            series = tiff.series[0]
            shape = tuple(int(length) for length in series.shape)
            colour = series.axes.endswith("S") and shape[-1] in (3, 4)
            _check_pixels(math.prod(shape[:-1] if colour else shape), max_pixels)
            array = np.asarray(series.asarray(maxworkers=1))
            return Decoded(_tidy(array, series.axes), _pixel_size_um(tiff.ome_metadata))
    except (RefusedError, MemoryError):
        raise
    except Exception:
        # Broken, or packed in a way that Pillow may know: if not, its reason is the better one.
        return Decoded(_decode_with_pillow(data, max_pixels, None))


def _tidy(array: NDArray[Any], axes: str) -> NDArray[np.generic]:
    """Bring what a TIFF holds to one of the three shapes and three kinds of number."""
    if len(axes) != array.ndim:
        raise RefusedError("the picture contradicts itself about its axes")
    if "S" in axes and array.shape[axes.index("S")] in (3, 4):
        array = np.moveaxis(array, axes.index("S"), -1)[..., :3]
        array = array.reshape(-1, *array.shape[-3:])[0]
    else:
        array = array.reshape(-1, *array.shape[-2:])
        array = array[0] if len(array) == 1 else array
    if array.ndim not in (2, 3) or 0 in array.shape:
        raise RefusedError("the file holds no picture")
    return _common_kind(array)


def _common_kind(array: NDArray[Any]) -> NDArray[np.generic]:
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind == "u" and array.dtype.itemsize in (1, 2):
        return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    if array.dtype.kind in "iuf":
        return np.ascontiguousarray(array, dtype=np.float32)
    raise RefusedError(f"pixels of kind {array.dtype} are not shown")


def _pixel_size_um(ome: str | None) -> float | None:
    size = _OME_SIZE.search(ome or "")
    if size is None:
        return None
    unit = _OME_UNIT.search(cast(str, ome))
    try:
        value = float(size[1]) * _IN_UM[unit[1] if unit else "µm"]
    except (KeyError, ValueError):
        return None
    return value if math.isfinite(value) and value > 0 else None


def _check_pixels(pixels: int, max_pixels: int) -> None:
    if pixels > max_pixels:
        raise TooManyPixelsError(_too_many(max_pixels))


def _too_many(max_pixels: int) -> str:
    return f"it has more than {max_pixels / 1e6:.0f} megapixels"


def _words(error: Exception) -> str:
    """The first line of an error, short: it goes into a sentence."""
    lines = str(error).splitlines()
    return (lines[0] if lines else type(error).__name__)[:120]
