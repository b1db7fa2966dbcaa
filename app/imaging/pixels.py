"""What every decoder of the image process gives, and what it says when it gives nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


class RefusedError(Exception):
    """The bytes are nothing that is opened here; the message says why."""


class TooManyPixelsError(RefusedError):
    """There are more pixels than allowed."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What came out of a picture's bytes.

    Attributes:
        array: (h, w) or (h, w, 3), with an axis in front for each letter of `axes`; uint8, uint16
            or float32; contiguous, in the byte order of this machine.
        pixel_size_um: Width of a pixel of `array`, or None.
        full_scale: The largest value the detector can give, where the file tells.
        axes: As in `app.handles.Picture`.
        reduced: So many pixels of the file, across and down, became one.
    """

    array: NDArray[np.generic]
    pixel_size_um: float | None = None
    full_scale: float | None = None
    axes: str = ""
    reduced: int = 1


def common_kind(array: NDArray[Any]) -> NDArray[np.generic]:
    """One of the three kinds of number that are shown.

    Raises:
        RefusedError: They cannot be shown as numbers, as complex ones or texts cannot.
    """
    if array.dtype == np.bool_:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind == "u" and array.dtype.itemsize in (1, 2):
        return np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    if array.dtype.kind in "iuf":
        # What is larger than 32 bits hold becomes infinite, and is shown brightest.
        with np.errstate(over="ignore"):
            return np.ascontiguousarray(array, dtype=np.float32)
    raise RefusedError(f"pixels of kind {array.dtype} are not shown")


def shrunk(decoded: Decoded, max_edge: int) -> Decoded:
    """A preview whose edges are at most `max_edge`, by taking every n-th pixel.

    Of a stack the plane in the middle is taken, which is the sharpest of most.
    """
    array = decoded.array
    for _ in decoded.axes:
        array = array[len(array) // 2]
    step = max(1, math.ceil(max(array.shape[:2]) / max_edge))
    small = np.ascontiguousarray(array[step // 2 :: step, step // 2 :: step])
    size = decoded.pixel_size_um
    return Decoded(
        small,
        None if size is None else size * step,
        decoded.full_scale,
        reduced=decoded.reduced * step,
    )


def positive(value: object) -> float | None:
    """A finite number above zero that a file claims, or None."""
    try:
        number = float(value)  # type: ignore[arg-type]  # whatever it is, float says no
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def check_pixels(pixels: int, max_pixels: int) -> None:
    """Refuse too many pixels.

    Raises:
        TooManyPixelsError: There are more.
    """
    if pixels > max_pixels:
        raise TooManyPixelsError(too_many(max_pixels))


def too_many(max_pixels: int) -> str:
    """Why a picture is too large, in words."""
    return f"it has more than {max_pixels / 1e6:.0f} megapixels"


def words(error: Exception) -> str:
    """The first line of an error, short: it goes into a sentence."""
    lines = str(error).splitlines()
    return (lines[0] if lines else type(error).__name__)[:120]
