"""Opening another bench in place of this one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.packaged_benches import bench_file_of
from app.session import Session
from ui.recent_benches import RecentBenches
from ui.tasks import Tasks

Prepare = Callable[[Path], Session]
"""Reads a bench file and takes the right to run it; opens nothing yet. Runs in a worker."""

SUFFIXES = (".toml", ".json")


class BenchSwitch(QObject):
    """Makes sure that the other bench can be had before this one is closed.

    The file is read and its lock is taken first; whatever is wrong with it is said, and this
    bench goes on. Then the window is asked to close, which asks the operator while something
    runs. Only when it is closed the other one is opened.

    Args:
        current: The file of the bench that is open; None where it has none.
        prepare: Makes the session of the other bench.
        recent: The files opened last.
        tasks: Runs it, and reports what is wrong with a file.
        parent: The Qt owner.

    Attributes:
        prepared: The other bench can be had: the window should close.
        refused: It is open already; in words.
        next: The other bench, once it is prepared.
    """

    prepared = Signal()
    refused = Signal(str)

    def __init__(
        self,
        current: Path | None,
        prepare: Prepare,
        recent: RecentBenches,
        tasks: Tasks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._current = None if current is None else current.resolve()
        self._prepare = prepare
        self.recent = recent
        self._tasks = tasks
        self._busy = False
        self.next: Session | None = None

    def choose(self, over: QWidget) -> QFileDialog:
        """Ask for a bench file.

        The dialog is not modal: a modal one would take STOP ALL's shortcut away.

        Args:
            over: The window.
        """
        dialog = QFileDialog(over, self.tr("Open a bench file"), self._folder())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Bench files ({0})").format("*.toml *.json"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.open(Path(path)))
        dialog.show()
        return dialog

    def open_demo(self) -> None:
        """Open the demo bench."""
        self.open(bench_file_of(None))

    def open(self, file: Path) -> None:
        """Open the bench of a file in place of this one."""
        if file.resolve() == self._current:
            self.refused.emit(self.tr("{0} is open already.").format(file.name))
        elif not self._busy and self.next is None:
            self._busy = True
            self._tasks.start(self._open(file), self.tr("Opening {0}").format(file.name))

    def give_up(self) -> None:
        """The operator wants to keep this bench after all."""
        session, self.next = self.next, None
        if session is not None:
            self._tasks.start(asyncio.to_thread(session.close), self.tr("Letting a bench go"))

    async def _open(self, file: Path) -> None:
        try:
            self.next = await asyncio.to_thread(self._prepare, file)
        finally:
            self._busy = False
        self.prepared.emit()

    def _folder(self) -> str:
        beside = [self._current] if self._current is not None else []
        places = [*self.recent.files, *beside]
        return str(places[0].parent) if places else str(Path.home())


def dropped_bench(mime: QMimeData) -> Path | None:
    """The bench file that is dragged over a window; None where it is something else."""
    urls = mime.urls() if mime.hasUrls() else []
    if len(urls) != 1 or not urls[0].isLocalFile():
        return None
    file = Path(urls[0].toLocalFile())
    return file if file.suffix.lower() in SUFFIXES else None
