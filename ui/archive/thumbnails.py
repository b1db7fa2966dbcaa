"""Small pictures of archived files, fetched for what is in sight."""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import Any, Final
from uuid import UUID

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from app.archive.errors import ArchiveDamagedError
from app.archive.records import ArchivedFile
from app.archive_handle import ArchiveHandle
from app.imaging.decoder import ImageDecoder
from app.imaging.errors import ImageError
from things.errors import ThingError
from ui.tasks import Tasks

_log = logging.getLogger(__name__)

SIDE: Final = 256
"""The longer side that is asked for, in pixels: sharp on fine screens too."""

KEPT: Final = 400
"""So many are kept; each takes 256 kB at most."""

AT_ONCE: Final = 4
"""So many are fetched at the same time."""

MOST_WAITING: Final = 120
"""What was scrolled past long ago need not be fetched any more."""

Key = tuple[UUID, str]


class FileThumbnails(QObject):
    """Asks for what is painted; the newest wish is the first to be fetched.

    Bytes are opened in the image process like all that comes from elsewhere: the archive may be
    that of another computer.

    Attributes:
        changed: There is a picture of a file now, or there will be none; its id.
    """

    changed = Signal(object)

    def __init__(
        self,
        archive: ArchiveHandle,
        decoder: ImageDecoder,
        tasks: Tasks,
        parent: QObject | None = None,
    ) -> None:
        """Nothing is asked for yet.

        Args:
            archive: Has them.
            decoder: Opens them.
            tasks: Runs the fetching.
            parent: The Qt owner.
        """
        super().__init__(parent)
        self._archive = archive
        self._decoder = decoder
        self._tasks = tasks
        self._pictures: OrderedDict[Key, QPixmap | None] = OrderedDict()
        self._waiting: OrderedDict[Key, ArchivedFile] = OrderedDict()
        self._under_way: set[Key] = set()
        self._damaged: set[Key] = set()

    def picture(self, file: ArchivedFile) -> QPixmap | None:
        """The picture of a file; None where there is none yet, which asks for it."""
        if not has_picture(file):
            return None
        key = (file.id, file.sha256)
        if key in self._pictures:
            self._pictures.move_to_end(key)
            return self._pictures[key]
        if key not in self._under_way:
            self._waiting[key] = file
            self._waiting.move_to_end(key)
            while len(self._waiting) > MOST_WAITING:
                self._waiting.popitem(last=False)
            self._fetch_more()
        return None

    def failed(self, file: ArchivedFile) -> bool:
        """Whether there is no picture of a file to be had."""
        key = (file.id, file.sha256)
        return key in self._pictures and self._pictures[key] is None

    def damaged(self, file: ArchivedFile) -> bool:
        """Whether the content of a file was found damaged, or gone."""
        return (file.id, file.sha256) in self._damaged

    def note_content(self, file: ArchivedFile, damaged: bool) -> None:
        """Somebody read the content of a file; its small picture may be older than the damage."""
        key = (file.id, file.sha256)
        if damaged != (key in self._damaged):
            (self._damaged.add if damaged else self._damaged.discard)(key)
            self.changed.emit(file.id)

    def _fetch_more(self) -> None:
        while self._waiting and len(self._under_way) < AT_ONCE:
            key, file = self._waiting.popitem()
            self._under_way.add(key)
            if self._tasks.start(self._fetch(key, file), self.tr("Fetching a picture")) is None:
                self._under_way.discard(key)
                return

    async def _fetch(self, key: Key, file: ArchivedFile) -> None:
        found: QPixmap | None = None
        try:
            small = await self._decoder.decode(
                await self._archive.thumbnail(file.id, SIDE), "image/png"
            )
            found = QPixmap.fromImage(_image(small.array))
            self._damaged.discard(key)
        except (ThingError, ImageError, OSError) as error:
            if isinstance(error, ArchiveDamagedError):
                self._damaged.add(key)
            _log.info("No small picture of %s: %s", file.file_name, error)
        finally:
            self._under_way.discard(key)
            self._pictures[key] = found
            while len(self._pictures) > KEPT:
                self._pictures.popitem(last=False)
        if shiboken6.isValid(self):  # a dialog may have been closed meanwhile
            self.changed.emit(file.id)
            self._fetch_more()


def has_picture(file: ArchivedFile) -> bool:
    """Whether a file is something that can be seen."""
    return file.media_type.startswith("image/")


def _image(pixels: NDArray[Any]) -> QImage:
    """A small picture of 8 bits, grey or in colours, as Qt has it."""
    eight = np.ascontiguousarray(pixels if pixels.dtype == np.uint8 else pixels >> 8, np.uint8)
    height, width = eight.shape[:2]
    coloured = eight.ndim == 3
    form = QImage.Format.Format_RGB888 if coloured else QImage.Format.Format_Grayscale8
    return QImage(eight.data, width, height, eight.strides[0], form).copy()
