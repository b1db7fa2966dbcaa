"""Numbers and units as the operator reads them, in the locale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QLocale

from ui.theme import MINUS


def tr(text: str) -> str:
    """The text in the operator's language."""
    return QCoreApplication.translate("Viewer", text)


def _locale() -> QLocale:
    """The operator's; where the system names none ('C'), thousands are set apart all the same."""
    locale = QLocale()
    if locale.language() == QLocale.Language.C:
        return QLocale(QLocale.Language.English)
    return locale


def number(value: float, decimals: int = 0) -> str:
    """With thousands separators and a real minus sign."""
    if not math.isfinite(value):
        return {True: "∞", False: f"{MINUS}∞"}.get(value > 0, "?") if value == value else "?"
    return _locale().toString(float(value), "f", decimals).replace("-", MINUS)


def counts(value: float, whole: bool) -> str:
    """A pixel's value: whole counts, or a number with four digits that count."""
    if whole or not math.isfinite(value) or value == 0:
        return number(value)
    size = math.floor(math.log10(abs(value)))
    if -4 <= size <= 6:
        return number(value, max(0, 3 - size))
    return _locale().toString(float(value), "e", 3).replace("-", MINUS)


def dimensions(plane: NDArray[Any], lengths: Sequence[int] = ()) -> str:
    """Such as '1920 × 1200, 16 bit', and of a stack '1920 × 1200 × 41, 16 bit'.

    Args:
        plane: (h, w) or (h, w, 3).
        lengths: Of the axes of its stack, outermost first.
    """
    height, width = plane.shape[:2]
    words = " × ".join(str(length) for length in (width, height, *reversed(lengths)))
    bits = plane.dtype.itemsize * 8
    if plane.ndim == 3:
        return tr("{size}, colour, {bits} bit").format(size=words, bits=bits)
    if plane.dtype.kind == "f":
        return tr("{size}, float").format(size=words)
    return tr("{size}, {bits} bit").format(size=words, bits=bits)


def file_size(size: int | None) -> str:
    """Such as '4.6 MB'."""
    if size is None:
        return ""
    return _locale().formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def length(um: float) -> str:
    """A round length: '500 nm', '100 µm', '2 mm'."""
    for least, unit, factor in ((1000.0, "mm", 1e-3), (1.0, "µm", 1.0), (0.0, "nm", 1e3)):
        if um >= least:
            return f"{number(um * factor, 0)} {unit}"
    return number(um, 3)


def round_length(at_most: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not longer."""
    power = 10.0 ** math.floor(math.log10(at_most))
    return max(step * power for step in (1, 2, 5) if step * power <= at_most * (1 + 1e-9))


def is_whole(array: NDArray[Any]) -> bool:
    """Whether values are counted and not measured."""
    return array.dtype.kind in "ui" or array.dtype == np.bool_
