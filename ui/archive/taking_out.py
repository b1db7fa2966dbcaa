"""Archived files into other programs: dragged there, or by way of the clipboard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDrag, QGuiApplication, QMouseEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from typing_extensions import override

from app.archive.records import ArchivedFile, FileState
from ui.archive.copies import FileCopies
from ui.archive.wording import counted
from ui.tasks import Tasks

SIDE: Final = 96
"""The longer side of what is seen of a file under the mouse, in pixels."""

PATIENCE_S: Final = 0.5
"""What takes longer is said."""

Carry = Callable[[QDrag], object]
"""Carries something to where the mouse lets go; returns then."""


def carry(drag: QDrag) -> Qt.DropAction:
    """Carry a copy, whatever the other program would like: what is here stays here."""
    return drag.exec(Qt.DropAction.CopyAction)


class TakingOut(QObject):
    """Starts drags and fills the clipboard, with copies that are fetched first.

    A drag begins when its files are there, which takes the blink of an eye on this computer. Where
    the button was let go of before, that is said, and the next drag begins at once.

    Attributes:
        said: Something to tell: the words, and a colour role.
    """

    said = Signal(str, str)

    def __init__(
        self,
        copies: FileCopies,
        tasks: Tasks,
        parent: QObject | None = None,
        carry: Carry = carry,
    ) -> None:
        """Nothing is fetched yet.

        Args:
            copies: Fetches them.
            tasks: Runs the fetching.
            parent: The Qt owner.
            carry: Carries out a drag.
        """
        super().__init__(parent)
        self._copies = copies
        self._tasks = tasks
        self._carry = carry
        self._wanted: object = None

    def drag(
        self, files: Sequence[ArchivedFile], source: QWidget, picture: QPixmap | None = None
    ) -> None:
        """Drag files out of a widget, as soon as they are there.

        Args:
            files: Which; what is in the trash stays there.
            source: Where the drag begins.
            picture: What is seen under the mouse.
        """
        kept = self._kept(files)
        if not kept:
            return
        wanted = self._wanted = object()
        paths = self._copies.ready(kept)
        if paths is not None:
            self._start_soon(paths, source, picture)
            return
        what = counted(
            len(kept),
            self.tr("Fetching {0}").format(kept[0].file_name),
            self.tr("Fetching {0} files"),
        )
        self._tasks.start(self._drag_fetched(kept, source, picture, wanted), what)

    def copy(self, files: Sequence[ArchivedFile]) -> None:
        """Put files onto the clipboard."""
        kept = self._kept(files)
        if kept:
            what = counted(
                len(kept),
                self.tr("Copying {0}").format(kept[0].file_name),
                self.tr("Copying {0} files"),
            )
            self._tasks.start(self._copy(kept), what)

    # Inside.

    def _kept(self, files: Sequence[ArchivedFile]) -> list[ArchivedFile]:
        kept = [file for file in files if file.state is FileState.LINKED]
        if not self._copies.too_much(kept):
            return kept
        self.said.emit(self.tr("That is too much to take at once. Export it instead."), "waiting")
        return []

    async def _fetched(self, files: Sequence[ArchivedFile]) -> list[Path]:
        """The copies; that they take their time is said."""
        fetching = asyncio.ensure_future(self._copies.fetch(files))
        try:
            done, _ = await asyncio.wait({fetching}, timeout=PATIENCE_S)
            if not done:
                self.said.emit(
                    counted(
                        len(files),
                        self.tr("Fetching {0}…").format(files[0].file_name),
                        self.tr("Fetching {0} files…"),
                    ),
                    "secondary",
                )
            return await fetching
        finally:
            fetching.cancel()  # where the window is closed meanwhile

    async def _drag_fetched(
        self,
        files: Sequence[ArchivedFile],
        source: QWidget,
        picture: QPixmap | None,
        wanted: object,
    ) -> None:
        paths = await self._fetched(files)
        if wanted is not self._wanted or not shiboken6.isValid(source):
            return
        if QGuiApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._start_soon(paths, source, picture)
        else:
            self.said.emit(
                counted(
                    len(paths),
                    self.tr("{0} is ready now. Drag it once more.").format(paths[0].name),
                    self.tr("{0} files are ready now. Drag them once more."),
                ),
                "secondary",
            )

    async def _copy(self, files: Sequence[ArchivedFile]) -> None:
        paths = await self._fetched(files)
        QGuiApplication.clipboard().setMimeData(mime_of(paths))
        self.said.emit(
            counted(
                len(paths),
                self.tr("Copied {0}").format(paths[0].name),
                self.tr("Copied {0} files"),
            ),
            "secondary",
        )

    def _start_soon(self, paths: Sequence[Path], source: QWidget, picture: QPixmap | None) -> None:
        """Out of the task and the event: a drag has a loop of its own, in which both go on."""
        QTimer.singleShot(0, source, lambda: self._start(paths, source, picture))

    def _start(self, paths: Sequence[Path], source: QWidget, picture: QPixmap | None) -> None:
        drag = QDrag(source)
        drag.setMimeData(mime_of(paths))
        if picture is not None and not picture.isNull():
            small = picture.scaled(
                SIDE,
                SIDE,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            drag.setPixmap(small)
            drag.setHotSpot(QPoint(small.width() // 2, small.height() // 2))
        self._carry(drag)


class DragOut(QObject):
    """Lets what a button stands for be dragged out of it; a click stays a click.

    Args:
        button: Which button.
        begin: Called when a drag begins.
    """

    def __init__(self, button: QAbstractButton, begin: Callable[[], object]) -> None:
        super().__init__(button)
        self._button = button
        self._begin = begin
        self._pressed: QPoint | None = None
        button.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QMouseEvent):
            return False
        place = event.position().toPoint()
        if event.type() == QEvent.Type.MouseButtonPress:
            self._pressed = place if event.button() == Qt.MouseButton.LeftButton else None
        elif event.type() == QEvent.Type.MouseMove and self._pressed is not None:
            far = (place - self._pressed).manhattanLength() >= QApplication.startDragDistance()
            if far and event.buttons() & Qt.MouseButton.LeftButton:
                self._pressed = None
                self._button.setDown(False)  # or letting go would click it
                QTimer.singleShot(0, self._button, self._begin)
                return True
        return False


def mime_of(paths: Sequence[Path]) -> QMimeData:
    """Files as other programs take them."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    data.setText("\n".join(str(path) for path in paths))
    return data
