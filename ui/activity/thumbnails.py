"""Small pictures of what invocations gave, put here by whoever decodes them."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final
from uuid import UUID

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QPixmap

WIDTH: Final = 52
HEIGHT: Final = 32
"""The size of a thumbnail in device-independent pixels."""

NEWEST: Final = 512
"""How many are kept; 512 of them at double resolution take 13 MB."""


class ThumbnailSource(QObject):
    """Thumbnails by invocation, the newest few hundred.

    Attributes:
        changed: A thumbnail came; the id of its invocation.
    """

    changed = Signal(object)

    def __init__(self, newest: int = NEWEST, parent: QObject | None = None) -> None:
        """An empty source.

        Args:
            newest: How many to keep.
            parent: The Qt owner.
        """
        super().__init__(parent)
        self._newest = newest
        self._pictures: OrderedDict[UUID, QPixmap] = OrderedDict()

    def thumbnail(self, invocation: UUID) -> QPixmap | None:
        """The picture of an invocation, or None where there is none (yet)."""
        return self._pictures.get(invocation)

    def put(self, invocation: UUID, picture: QPixmap) -> None:
        """Take a picture in; anything larger than needed is made small, keeping its shape."""
        largest = QSize(WIDTH, HEIGHT) * 2
        if picture.width() > largest.width() or picture.height() > largest.height():
            picture = picture.scaled(
                largest,
                Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                Qt.TransformationMode.SmoothTransformation,
            )
        self._pictures[invocation] = picture
        self._pictures.move_to_end(invocation)
        while len(self._pictures) > self._newest:
            self._pictures.popitem(last=False)
        self.changed.emit(invocation)
