"""Looks into the chosen file and shows what is inside; the file is read elsewhere."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor

from PySide6.QtCore import QObject, QSize, Signal

from app.handles import Picture
from app.imaging.errors import ImageError
from things.errors import ThingError
from ui.tasks import Tasks
from ui.viewer.axes import stack_axes
from ui.viewer.curves import curve_of_array
from ui.viewer.file_card import FileCard
from ui.viewer.page import FileContents, FileNote
from ui.viewer.thumbnails import whole
from ui.viewer.wording import dimensions, number

_SMALL = QSize(640, 480)


class FileLooking(QObject):
    """Brings what is inside a file into the card; what was chosen last is what counts.

    Attributes:
        opened: An array is to be opened as a picture: the file, the array's name, the `Picture`.
    """

    opened = Signal(object, str, object)

    def __init__(self, card: FileCard, tasks: Tasks, workers: Executor, parent: QObject) -> None:
        """Listen to the card.

        Args:
            card: Where it is shown.
            tasks: Runs the reading.
            workers: Where small pictures are made.
            parent: The Qt owner.
        """
        super().__init__(parent)
        self._card = card
        self._tasks = tasks
        self._workers = workers
        self._names: tuple[str, ...] = ()
        self._asked: tuple[FileNote, int] | None = None
        self._picture: tuple[FileNote, str, Picture] | None = None
        card.look_asked.connect(self._look)
        card.pane.array_asked.connect(self._look_at_array)
        card.pane.open_asked.connect(self._open)

    def _look(self, file: FileNote) -> None:
        if file.contents is not None:
            self._tasks.start(self._show_inside(file, file.contents), file.name)

    async def _show_inside(self, file: FileNote, contents: FileContents) -> None:
        try:
            preview = await contents.preview()
        except (ImageError, ThingError, LookupError, OSError) as error:
            if self._card.chosen is file:
                self._card.pane.say(self._sentence(file.name, error))
            return
        if self._card.chosen is file:
            self._names = tuple(note.name for note in getattr(preview, "arrays", ()))
            self._card.pane.show_preview(preview)

    def _look_at_array(self, place: int) -> None:
        file = self._card.chosen
        if file is None or file.contents is None:
            return
        self._asked = (file, place)
        self._tasks.start(self._show_array(file, file.contents, place), file.name)

    async def _show_array(self, file: FileNote, contents: FileContents, place: int) -> None:
        arrays, name = self._card.pane.arrays, self._names[place]
        try:
            found = await contents.array(place)
            image = None
            if isinstance(found, Picture):
                image = await asyncio.wrap_future(self._workers.submit(whole, found, _SMALL))
        except (ImageError, ThingError, LookupError, OSError) as error:
            if self._asked == (file, place):
                arrays.say(self._sentence(name, error))
            return
        if self._asked != (file, place) or self._card.chosen is not file:
            return
        if isinstance(found, Picture) and image is not None:
            self._picture = (file, name, found)
            lengths = [axis.length for axis in stack_axes(found)]
            said = dimensions(found.array[(0,) * len(lengths)], lengths)
            arrays.show_picture(image, f"{name}, {said}")
        elif not isinstance(found, Picture):
            said = self.tr("{count} values").format(count=number(len(found)))
            if len(found) == 1:
                said = f"{found[0]:g}"
            arrays.show_curve(curve_of_array(name, found), f"{name}, {said}")

    def _open(self) -> None:
        if self._picture is not None:
            self.opened.emit(*self._picture)

    def _sentence(self, name: str, error: Exception) -> str:
        reason = error.reason if isinstance(error, ImageError) else str(error)
        return self.tr("{name} cannot be shown: {reason}.").format(name=name, reason=reason)
