"""A picture as it is shown, whole, for the clipboard."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from typing import Any, Final

from numpy.typing import NDArray
from PySide6.QtGui import QGuiApplication, QImage

from ui.viewer.levels import auto_levels, sampled
from ui.viewer.page import Page, Shades
from ui.viewer.renderer import as_image
from ui.viewer.rendering import Colouring, Rendered, coloured

MOST_PIXELS: Final = 50_000_000
"""Other programs get no larger picture: they hold it several times over."""


def as_shown(pixels: NDArray[Any], colouring: Colouring) -> QImage:
    """All of a picture with its levels and colours, reduced where it is very large.

    For worker threads.
    """
    step = 1
    while pixels.shape[0] * pixels.shape[1] > MOST_PIXELS * step**2:
        step += 1
    made = coloured(pixels, colouring, step)
    return as_image(Rendered(made, 0, 0, made.shape[1], made.shape[0]))


async def copy_picture(page: Page, shades: Shades, *, mark: bool, workers: Executor) -> None:
    """Put what a tab shows onto the clipboard.

    Args:
        page: The tab.
        shades: How it is shown.
        mark: Whether saturated pixels are marked.
        workers: Where it is coloured.
    """
    picture, pixels = page.picture, page.pixels
    if picture is None or pixels is None:
        return
    levels = shades.levels or auto_levels(sampled(pixels), pixels.ndim == 3)
    colouring = Colouring(levels, shades.colours, picture.full_scale, mark)
    loop = asyncio.get_running_loop()
    image = await loop.run_in_executor(workers, as_shown, pixels, colouring)
    QGuiApplication.clipboard().setImage(image)
