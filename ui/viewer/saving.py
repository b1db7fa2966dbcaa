"""Saving what a tab shows: asks for a name, writes off the Qt thread, says how it went."""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from app.handles import Picture
from app.imaging.saving import save_picture
from ui.tasks import Tasks
from ui.viewer.page import Page, SaveTo


class Saving(QObject):
    """Opens file dialogs (never executes them) and starts the writing.

    Attributes:
        saved: A file was written; its path.
        failed: A file could not be written: its name, and why.
        dialog: The dialog that is open, if one is.
    """

    saved = Signal(object)
    failed = Signal(str, str)

    def __init__(self, tasks: Tasks, workers: Executor, parent: QWidget) -> None:
        """Nothing is open.

        Args:
            tasks: Runs the writing.
            workers: Where pixels are written.
            parent: Dialogs open over it.
        """
        super().__init__(parent)
        self._over = parent
        self._tasks = tasks
        self._workers = workers
        self._folder = ""
        self.dialog: QFileDialog | None = None

    def ask_for_page(self, page: Page) -> None:
        """Ask where to save what a tab shows; its original where there is one."""
        picture = page.picture
        if page.save is not None:
            self.ask(page.file_name or page.title, page.save)
        elif picture is not None:
            name = page.file_name or f"{page.title.replace(', ', ' ')}.tif"
            self.ask(name, self._pixels_of(picture), self.tr("TIFF (*.tif *.tiff);;PNG (*.png)"))

    def ask(self, name: str, save: SaveTo, kinds: str = "") -> None:
        """Ask where to save, then do so.

        Args:
            name: The name to suggest.
            save: Writes the file.
            kinds: The dialog's filters.
        """
        dialog = QFileDialog(self._over, self.tr("Save"), self._folder, kinds)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setDefaultSuffix(Path(name).suffix)
        # A device may call its file anything; here it is a name and no path.
        dialog.selectFile(Path(name.replace("\\", "/")).name or "picture.tif")
        dialog.fileSelected.connect(lambda chosen: self._chosen(Path(chosen), save))
        dialog.finished.connect(dialog.deleteLater)
        self.dialog = dialog
        # Shown, not opened: a modal dialog takes the shortcut of STOP ALL away.
        dialog.show()

    def _chosen(self, target: Path, save: SaveTo) -> None:
        self._folder = str(target.parent)
        self._tasks.start(self._write(target, save), self.tr("Saving"))

    async def _write(self, target: Path, save: SaveTo) -> None:
        try:
            await save(target)
        except Exception as error:
            self.failed.emit(target.name, str(error))
            raise
        self.saved.emit(target)

    def _pixels_of(self, picture: Picture) -> SaveTo:
        async def save(target: Path) -> None:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._workers, save_picture, picture, target)

        return save
