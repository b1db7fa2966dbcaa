"""Frames of a live stream as JPEG: 16 bits brought to 8 by the detector's full scale."""

from __future__ import annotations

import functools
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from things.streams import Frame

_QUALITY = 80


def jpeg_of(frame: Frame) -> bytes:
    """A frame as JPEG.

    Args:
        frame: Its array is (height, width) or (height, width, 3), uint8 or uint16; black is 0,
            white its full scale, or the largest value of its type where that is not known.
    """
    array = frame.array
    if array.dtype == np.uint16:
        array = _to_8_bit(frame.full_scale or 65535.0)[array]
    target = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(array)).save(target, format="JPEG", quality=_QUALITY)
    return target.getvalue()


@functools.lru_cache(maxsize=8)
def _to_8_bit(full_scale: float) -> NDArray[np.uint8]:
    """A table from 16 to 8 bits; shape (65536,)."""
    scaled = np.arange(65536) * (255.0 / full_scale)
    return scaled.clip(0, 255).astype(np.uint8)
