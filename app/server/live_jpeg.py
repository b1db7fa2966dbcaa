"""Frames of a live stream as JPEG, for browsers: 16 bits brought to 8 so that one sees something.

A microscope picture uses a small part of the detector's range; by its full scale it would be black
on the screen. The darkest and brightest pixels of the frame, but for a few, become black and white.
Whoever needs the values asks for the raw frames, or snaps.
"""

from __future__ import annotations

import functools
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from things.streams import Frame

_QUALITY = 80
_EVERY = 8
"""Every so many pixels, across and down, are looked at for the levels."""


def jpeg_of(frame: Frame) -> bytes:
    """A frame as JPEG.

    Args:
        frame: Its array is (height, width) or (height, width, 3), uint8 or uint16.
    """
    array = frame.array
    if array.dtype == np.uint16:
        array = _to_8_bit(*levels_of(array))[array]
    target = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(array)).save(target, format="JPEG", quality=_QUALITY)
    return target.getvalue()


def levels_of(array: NDArray[np.generic]) -> tuple[int, int]:
    """Black and white of a frame: its 1st and 99.7th percentile, in counts.

    They are rounded to a sixteenth of their distance, so that noise does not make the picture
    flicker, and are never nearer to each other than 64 counts.
    """
    sample = array[::_EVERY, ::_EVERY]
    black, white = (float(level) for level in np.percentile(sample.astype(np.float32), (1.0, 99.7)))
    step = max(4, 2 ** round(np.log2(max(64.0, white - black) / 16)))
    low = int(black // step * step)
    return low, max(low + 64, int(-(-white // step) * step))


@functools.lru_cache(maxsize=8)
def _to_8_bit(black: int, white: int) -> NDArray[np.uint8]:
    """A table from 16 to 8 bits; shape (65536,)."""
    scaled = (np.arange(65536) - black) * (255.0 / (white - black))
    return scaled.clip(0, 255).astype(np.uint8)
