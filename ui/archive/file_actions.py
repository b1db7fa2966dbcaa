"""What a click does with archived files: save, export, trash, bring back, delete."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.archive.records import ArchivedFile, FileState
from app.archive_handle import ArchiveHandle
from things.errors import ThingError
from ui.archive.wording import counted
from ui.tasks import Tasks

MANY: Final = 25
"""From so many files on it is said that something has begun, not only that it is done."""


class FileActions(QObject):
    """Carries out what is asked for some files, and tells how it went.

    Attributes:
        said: Something to tell: the words, and a colour role.
        undoable: Something was done: the words, and what takes it back.
    """

    said = Signal(str, str)
    undoable = Signal(str, object)

    def __init__(self, archive: ArchiveHandle, tasks: Tasks, parent: QWidget) -> None:
        """Nothing is done yet.

        Args:
            archive: Has the files.
            tasks: Runs what is asked for.
            parent: Dialogs open over it.
        """
        super().__init__(parent)
        self._over = parent
        self._archive = archive
        self._tasks = tasks

    def ask_save(self, file: ArchivedFile) -> None:
        """Ask where one file is written to, then do so."""
        dialog = self._dialog(self.tr("Save {0}").format(file.file_name), file.file_name)
        dialog.fileSelected.connect(
            lambda target: self._tasks.start(
                self._save(file, Path(target)), self.tr("Saving {0}").format(file.file_name)
            )
        )
        dialog.show()

    def ask_export(self, files: Sequence[ArchivedFile]) -> None:
        """Ask where some files go as a zip, then write it; what is in the trash is left out."""
        ids = [file.id for file in files if file.state is FileState.LINKED]
        if not ids:
            return
        dialog = self._dialog(self.tr("Export"), "archive.zip")
        dialog.setDefaultSuffix("zip")
        dialog.fileSelected.connect(
            lambda target: self._tasks.start(
                self._export(ids, Path(target)), self.tr("Exporting to {0}").format(target)
            )
        )
        dialog.show()

    def trash_or_restore(self, files: Sequence[ArchivedFile]) -> None:
        """Into the trash, or out of it where all are there. No question: it can be taken back."""
        linked = [file for file in files if file.state is FileState.LINKED]
        if linked:
            self._tasks.start(self._to_trash(linked), self.tr("Moving to the trash"))
        elif files:
            self._take_back(files)

    def delete(self, files: Sequence[ArchivedFile]) -> None:
        """Delete what is in the trash, for good."""
        self._tasks.start(self._delete(files), self.tr("Deleting"))

    def copy_text(self, text: str) -> None:
        """Put some text onto the clipboard."""
        QGuiApplication.clipboard().setText(text)
        self.said.emit(self.tr("Copied {0}").format(text.splitlines()[0]), "secondary")

    # Inside.

    def _dialog(self, title: str, name: str) -> QFileDialog:
        # To be shown, not opened: a modal dialog takes the shortcut of STOP ALL away.
        dialog = QFileDialog(self._over, title)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile("".join("_" if each in '\\/:*?"<>|' else each for each in name))
        return dialog

    def _take_back(self, files: Sequence[ArchivedFile]) -> None:
        self._tasks.start(self._from_trash(files), self.tr("Taking out of the trash"))

    async def _save(self, file: ArchivedFile, target: Path) -> None:
        await self._archive.save(file.id, target)
        self.said.emit(self.tr("Saved {0}").format(target), "secondary")

    async def _export(self, ids: Sequence[UUID], target: Path) -> None:
        await self._archive.export(ids, target)
        self.said.emit(self.tr("Exported to {0}").format(target), "secondary")

    async def _to_trash(self, files: Sequence[ArchivedFile]) -> None:
        self._say_begun(files, self.tr("Moving {0} files to the trash…"))
        done: list[ArchivedFile] = []
        try:
            for file in files:
                await self._archive.trash(file.id)
                done.append(file)
        except ThingError:
            # Those before it are there all the same, and can be taken back.
            self._offer_back(done)
            raise
        self._offer_back(done)

    def _offer_back(self, files: Sequence[ArchivedFile]) -> None:
        if files:
            self.undoable.emit(
                counted(
                    len(files),
                    self.tr("{0} is in the trash now.").format(files[0].file_name),
                    self.tr("{0} files are in the trash now."),
                ),
                lambda: self._take_back(files),
            )

    def _say_begun(self, files: Sequence[ArchivedFile], words: str) -> None:
        """One goes at once; many take seconds, in which the operator is to know what goes on."""
        if len(files) >= MANY:
            self.said.emit(counted(len(files), words, words), "secondary")

    async def _from_trash(self, files: Sequence[ArchivedFile]) -> None:
        self._say_begun(files, self.tr("Taking {0} files out of the trash…"))
        for file in files:
            await self._archive.restore(file.id)
        self.said.emit(self.tr("Taken out of the trash."), "secondary")

    async def _delete(self, files: Sequence[ArchivedFile]) -> None:
        self._say_begun(files, self.tr("Deleting {0} files…"))
        for file in files:
            await self._archive.delete(file.id)
        self.said.emit(self.tr("Deleted for good."), "secondary")
