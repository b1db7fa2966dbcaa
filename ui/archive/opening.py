"""Shows archived files in the viewer: pictures in tabs, others with a look inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.archive.errors import ArchiveDamagedError
from app.archive.records import ArchivedFile, FileState
from app.archive_handle import ArchiveHandle
from app.handles import BenchHandle, InvocationSnapshot, Picture
from app.imaging.decoder import ImageDecoder
from app.imaging.errors import ImageError
from app.imaging.previews import FileKind, Preview, kind_of_file
from things.errors import ThingError
from ui.activity.wording import moment_in_words
from ui.archive.thumbnails import has_picture
from ui.archive.wording import made_at
from ui.models.history import snapshot_of
from ui.tasks import Tasks
from ui.viewer.fetched_file import MOST_BYTES
from ui.viewer.image_viewer import ImageViewer
from ui.viewer.page import FileNote, SaveTo

MOST_AT_ONCE: Final = 9
"""So many tabs are opened of a selection; more of them nobody could compare."""


class FileOpener(QObject):
    """Fetches what is to be shown and hands it to the viewer.

    Args:
        bench: Knows the runs that made them.
        archive: Has the files.
        viewer: Shows them.
        decoder: Opens their bytes.
        tasks: Runs the fetching.
        parent: The Qt owner.

    Attributes:
        content_read: A content was read: of which file, and whether it is damaged.
    """

    content_read = Signal(object, bool)

    def __init__(
        self,
        bench: BenchHandle,
        archive: ArchiveHandle,
        viewer: ImageViewer,
        decoder: ImageDecoder,
        tasks: Tasks,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bench = bench
        self._archive = archive
        self._viewer = viewer
        self._decoder = decoder
        self._tasks = tasks

    def open(self, files: Sequence[ArchivedFile]) -> None:
        """Show some files; several beside each other."""
        shown = list(files)[:MOST_AT_ONCE]
        for file in shown:
            self._tasks.start(self._show(file), self.tr("Opening {0}").format(file.file_name))
        if len(shown) > 1:
            self._viewer.set_tiled(True)

    def open_with_story(self, file: ArchivedFile) -> None:
        """Show a file, and beside it how it was made."""
        self.open([file])
        self._viewer.made_button.setChecked(True)

    async def _made_by(self, file: ArchivedFile) -> InvocationSnapshot | None:
        """The run that made a file, as the ledger has it; None where it has it no more."""
        if file.provenance.run is None:
            return None
        try:
            made_by = snapshot_of(await self._bench.run(file.provenance.run))
        except ThingError:
            return None
        # The ledger was written before it was kept.
        kept = _kept(file)
        blobs = tuple(
            replace(blob, kept=kept) if blob.path == file.provenance.path else blob
            for blob in made_by.blobs
        )
        return replace(made_by, blobs=blobs)

    async def _show(self, file: ArchivedFile) -> None:
        made_by = await self._made_by(file)
        if not has_picture(file):
            self._show_note(file, made_by)
            return
        try:
            data = await self._archive.read(file.id)
            picture = await self._decoder.decode(data, file.media_type)
        except (ImageError, ThingError) as error:
            if isinstance(error, ArchiveDamagedError):
                self.content_read.emit(file, True)
            reason = error.reason if isinstance(error, ImageError) else str(error)
            note = self.tr("{0} cannot be shown: {1}.").format(file.file_name, reason)
            self._viewer.show_note(
                self._key(file),
                file.name,
                note,
                file_name=file.file_name,
                save=self._saver(file),
                made_by=made_by,
                archived=_kept(file),
                asked=True,
            )
            return
        if not self._viewer.closed:
            self.content_read.emit(file, False)
            self._viewer.show_picture(
                self._key(file),
                file.name,
                picture,
                tip=moment_in_words(made_at(file)),
                file_name=file.file_name,
                save=self._saver(file),
                made_by=made_by,
                archived=_kept(file),
                asked=True,
            )

    def _show_note(self, file: ArchivedFile, made_by: InvocationSnapshot | None) -> None:
        kind = kind_of_file(file.media_type, file.file_name)
        contents = None
        if kind is not None and (file.size or 0) <= MOST_BYTES:
            contents = ArchivedContents(self._archive, self._decoder, file, kind)
        note = FileNote(file.file_name, file.media_type, file.size, self._saver(file), contents)
        self._viewer.show_files(
            self._key(file), file.name, [note], made_by=made_by, archived=_kept(file), asked=True
        )

    def _key(self, file: ArchivedFile) -> str:
        """Each file has a tab of its own; opened again it comes to the front."""
        return f"archive {file.id}"

    def _saver(self, file: ArchivedFile) -> SaveTo:
        async def save(target: Path) -> None:
            await self._archive.save(file.id, target)

        return save


def _kept(file: ArchivedFile) -> UUID | None:
    """Its id; None in the trash, of which nobody is to be told that it is kept."""
    return None if file.state is FileState.TRASHED else file.id


class ArchivedContents:
    """What is inside an archived file that is no picture, read in the image process.

    Args:
        archive: Has the file.
        decoder: Looks into it.
        file: Which one.
        kind: What it is.
    """

    def __init__(
        self, archive: ArchiveHandle, decoder: ImageDecoder, file: ArchivedFile, kind: FileKind
    ) -> None:
        self._archive = archive
        self._decoder = decoder
        self._file = file
        self._kind = kind

    async def preview(self) -> Preview:
        """What it holds; as `FileContents` says."""
        return await self._decoder.preview(await self._archive.read(self._file.id), self._kind)

    async def array(self, place: int) -> Picture | NDArray[np.float64]:
        """One of its arrays; as `FileContents` says."""
        return await self._decoder.array(await self._archive.read(self._file.id), place)
