"""Small pictures for rows of a list, made in worker threads."""

from __future__ import annotations

from concurrent.futures import Executor, Future

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from app.handles import Picture
from ui.viewer.axes import middle, plane_of
from ui.viewer.colour_maps import GREY
from ui.viewer.levels import auto_levels, sampled
from ui.viewer.renderer import as_image
from ui.viewer.rendering import Colouring, Rendered, coloured

SIZE = QSize(104, 64)
"""Twice the size on the screen, for screens of fine resolution."""


def thumbnail(picture: Picture, size: QSize = SIZE) -> QImage:
    """A small picture that fills `size`; what does not fit is cut off. For worker threads.

    Of a stack the middle plane is shown. Levels are found anew: a row shows what is there.
    """
    plane = plane_of(picture, middle(picture))
    height, width = plane.shape[:2]
    # First the part of the right shape, then about twice the size wanted, then smoothly.
    share = min(width / size.width(), height / size.height())
    wide, high = max(1, int(share * size.width())), max(1, int(share * size.height()))
    left, top = (width - wide) // 2, (height - high) // 2
    plane = plane[top : top + high, left : left + wide]
    step = max(1, int(share / 2))
    levels = auto_levels(sampled(plane, 16_384), plane.ndim == 3)
    pixels = coloured(np.asarray(plane), Colouring(levels, GREY), step)
    return as_image(Rendered(pixels, 0, 0, size.width(), size.height()))


def whole(picture: Picture, size: QSize) -> QImage:
    """All of a picture, or of a stack's plane in the middle, within `size`. For worker threads."""
    plane = plane_of(picture, middle(picture))
    height, width = plane.shape[:2]
    levels = auto_levels(sampled(plane, 16_384), plane.ndim == 3)
    step = max(1, int(min(width / size.width(), height / size.height())))
    pixels = coloured(plane, Colouring(levels, GREY), step)
    return as_image(Rendered(pixels, 0, 0, pixels.shape[1], pixels.shape[0]))


def make(workers: Executor, picture: Picture) -> Future[QImage]:
    """A thumbnail, off the Qt thread."""
    return workers.submit(thumbnail, picture)


def pile(image: QImage) -> QImage:
    """A thumbnail drawn as a pile, for stacks: two edges behind it at the right and the top."""
    from PySide6.QtGui import QColor, QPainter, QPen

    made = QImage(image.width() + 10, image.height() + 8, QImage.Format.Format_ARGB32_Premultiplied)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setPen(QPen(QColor(128, 134, 142), 2))
    painter.setBrush(QColor(52, 56, 61))
    for back in (8, 4):
        painter.drawRect(back + 1, 9 - back, image.width() - 2, image.height() - 2)
    painter.drawImage(0, 8, image)
    painter.end()
    return made
