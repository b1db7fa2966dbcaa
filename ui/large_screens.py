"""How much larger docks begin on a screen that is larger than usual, where nothing is scaled."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize

USUAL: Final = QSize(1920, 1200)
"""Up to this size docks begin as they are drawn for 1440 x 900: the picture takes what is more."""


def width_on(window: QSize, width: int) -> int:
    """A dock's first width: names and values have more room, but half as much more as there is.

    Args:
        window: The size of the window, in device-independent pixels.
        width: The dock's width in a window of the usual size.
    """
    more = max(0.0, window.width() / USUAL.width() - 1)
    return round(width * (1 + more / 2))


def height_on(window: QSize, height: int) -> int:
    """A dock's first height, which grows as the window does.

    Args:
        window: The size of the window, in device-independent pixels.
        height: The dock's height in a window of the usual size.
    """
    return round(height * max(1.0, window.height() / USUAL.height()))
