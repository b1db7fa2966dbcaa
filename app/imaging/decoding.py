"""Bytes of a few picture formats to an array. Runs in the image process only.

Only PNG, JPEG, TIFF, WebP, BMP and GIF are opened: Pillow would open 43 formats by default, one of
them (EPS) by starting another program. 16-bit grey keeps its depth; TIFF stacks keep their planes.
"""

from __future__ import annotations

import importlib
import io
import json
import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, UnidentifiedImageError

from app.imaging.pixels import (
    Decoded,
    RefusedError,
    TooManyPixelsError,
    check_pixels,
    positive,
    shrunk,
    too_many,
    words,
)
from app.imaging.tiff_decoding import STARTS, decode_tiff

FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP", "GIF")
KNOWN = "PNG, JPEG, TIFF, WebP, BMP or GIF"

_PLUGINS = {"WEBP": "WebP"}
_SIXTEEN_BIT = ("I;16", "I;16L", "I;16B", "I;16N")
_LARGEST_JPEG = 64
"""A JPEG of up to so many times the pixels allowed is decoded at an eighth of its size."""


def load_formats() -> None:
    """Import the plugins of our six formats now; Pillow would bring in all 43 when looking."""
    for name in FORMATS:
        importlib.import_module(f"PIL.{_PLUGINS.get(name, name.capitalize())}ImagePlugin")


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
    decoded = None
    if data.startswith(STARTS):
        try:
            decoded = decode_tiff(data, max_pixels)
        except (RefusedError, MemoryError):
            raise
        except Exception:
            # Broken, or packed in a way that Pillow may know: if not, its reason is the better one.
            decoded = None
    if decoded is None:
        decoded = _decode_with_pillow(data, max_pixels, max_edge)
    return decoded if max_edge is None else shrunk(decoded, max_edge)


def _decode_with_pillow(data: bytes, max_pixels: int, max_edge: int | None) -> Decoded:
    # The cap of our own is checked below; Pillow's is a second wall behind it.
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, _LARGEST_JPEG * max_pixels
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            width = image.width
            if image.format == "JPEG":
                _draft(image, max_pixels, max_edge)
            check_pixels(image.width * image.height, max_pixels)
            image.load()
            size, full_scale = _told(image)
            reduced = max(1, round(width / max(1, image.width)))
            return Decoded(_array_of(image), size and size * reduced, full_scale, reduced=reduced)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooManyPixelsError(too_many(max_pixels)) from error
    except UnidentifiedImageError as error:
        raise RefusedError(f"it is no {KNOWN} picture") from error
    except (RefusedError, MemoryError):
        raise
    except Exception as error:
        # A broken file may raise nearly anything in the depth of a format's plugin.
        raise RefusedError(f"the picture is broken or cut short ({words(error)})") from error
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _draft(image: ImageFile.ImageFile, max_pixels: int, max_edge: int | None) -> None:
    """Decode a JPEG at a half, a quarter or an eighth where that is enough, or all that fits."""
    if max_edge is not None:
        image.draft(image.mode, (max_edge, max_edge))
    share = math.ceil(math.sqrt(image.width * image.height / max_pixels))
    if share > 1:
        scale = next((scale for scale in (2, 4, 8) if scale >= share), 8)
        image.draft(image.mode, (max(1, image.width // scale), max(1, image.height // scale)))


def _told(image: ImageFile.ImageFile) -> tuple[float | None, float | None]:
    """Pixel size in micrometres and full scale, where we wrote them into the file ourselves.

    The resolution that PNG and JPEG know of is that of a printer, not of a microscope.
    """
    said = image.info.get("labwright") or image.info.get("comment") or ""
    if isinstance(said, bytes):
        said = said.decode(errors="replace")
    try:
        known = json.loads(said)
    except (ValueError, RecursionError):
        return None, None
    if not isinstance(known, dict):
        return None, None
    return positive(known.get("pixel_size_um")), positive(known.get("full_scale"))


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
