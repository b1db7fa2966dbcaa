"""What a window, a script or a client holds of the archive of a bench: the handle protocol.

Reached as `BenchHandle.archive`. Nothing here needs Qt, FastAPI, SQLAlchemy or a running loop.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

from app.archive.records import (
    ArchivedFile,
    ArchiveUsage,
    BlobPath,
    FilePage,
    FileQuery,
    FileVersion,
    SettingDifference,
    SettingRestored,
)
from app.run_facts import Stamp


class ArchiveHandle(Protocol):
    """Files that are kept. The coroutines may be awaited on any loop and never wait on it.

    Besides what each of them names, all may raise `app.archive.errors.ArchiveError`: the archive
    is closed, its folder cannot be used, or there is no room.

    What others do is told by `FileKept`, `FileChanged`, `FileRemoved` and `ArchiveTroubled` among
    the events of the bench.
    """

    @property
    def trouble(self) -> str:
        """Why nothing can be kept now, in words; '' while all is well. Cheap."""

    async def search(self, query: FileQuery) -> FilePage:
        """The files that fit, newest first, page by page, without the values in their provenance.

        Raises:
            FileQueryError: The query cannot be understood.
        """

    async def get(self, id: UUID) -> ArchivedFile:
        """One file with all that is known of it.

        Raises:
            FileNotKeptError: There is none of that id.
        """

    async def tags(self) -> Mapping[str, int]:
        """All tags there are, in alphabetical order, and how many files have each."""

    async def versions(self, id: UUID) -> Sequence[FileVersion]:
        """What a file held, the oldest first.

        Raises:
            FileNotKeptError: There is none of that id.
        """

    async def usage(self) -> ArchiveUsage:
        """How full the archive is."""

    async def keep(
        self,
        invocation: UUID,
        path: BlobPath = (),
        *,
        name: str = "",
        tags: Sequence[str] = (),
        notes: str = "",
        meta: Mapping[str, Any] | None = None,
        stamp: Stamp | None = None,
    ) -> ArchivedFile:
        """Keep a blob of an output; one that is kept already stays the one file it is.

        Args:
            invocation: Which run.
            path: Where in its output.
            name: What to call it; by the pattern in the settings where ''.
            tags: To be found by.
            notes: What to write about it.
            meta: Free metadata.
            stamp: Another one than that of the run; None for that.

        Raises:
            InvocationNotFoundError: There is no such run, or its output is gone.
            NoBlobDataError: It has no such output.
            ValueRefusedError: Something that is said about it does not fit.
        """

    async def coming_name(
        self, invocation: UUID, path: BlobPath = (), stamp: Stamp | None = None
    ) -> str:
        """What a blob of an output would be called now by the pattern; the name stays free.

        Raises:
            InvocationNotFoundError: There is no such run.
            ValueRefusedError: The stamp does not fit.
        """

    async def kept(self, invocation: UUID) -> Mapping[BlobPath, UUID]:
        """Which blobs of an output are kept: where they stand, and the ids of the files."""

    async def put(
        self,
        source: Path,
        *,
        name: str = "",
        tags: Sequence[str] = (),
        notes: str = "",
        meta: Mapping[str, Any] | None = None,
    ) -> ArchivedFile:
        """Keep a copy of a file of this computer.

        Args:
            source: Which file.
            name: What to call it, without its extension; its own name where ''.
            tags: To be found by.
            notes: What to write about it.
            meta: Free metadata.

        Raises:
            UploadError: It cannot be read, or was changed meanwhile.
            ValueRefusedError: Something of it does not fit.
        """

    async def update(
        self,
        id: UUID,
        *,
        name: str | None = None,
        notes: str | None = None,
        tags: Sequence[str] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> ArchivedFile:
        """Change what people say about a file; None leaves it as it is.

        Raises:
            FileNotKeptError: There is none of that id.
            ValueRefusedError: A value does not fit; nothing was changed.
        """

    async def trash(self, id: UUID) -> ArchivedFile:
        """Put a file into the trash.

        Raises:
            FileNotKeptError: There is none of that id.
        """

    async def restore(self, id: UUID) -> ArchivedFile:
        """Bring a file back from the trash.

        Raises:
            FileNotKeptError: There is none of that id.
        """

    async def delete(self, id: UUID) -> None:
        """Delete a file that is in the trash, for good.

        Raises:
            FileNotKeptError: There is none of that id.
            FileStateError: It is not in the trash.
        """

    async def read(self, id: UUID) -> bytes:
        """The content of a file.

        Raises:
            FileNotKeptError: There is none of that id.
            FileEmptyError: It is a draft.
            ArchiveDamagedError: Its content is damaged.
        """

    async def thumbnail(self, id: UUID, size: int = 256) -> bytes:
        """A small picture of a picture, as PNG; made in the image process and remembered.

        Args:
            id: Which file.
            size: The longer side, in pixels, 16 to 1024.

        Raises:
            FileNotKeptError: There is none of that id.
            ImageError: It is no picture, or cannot be decoded.
        """

    async def save(self, id: UUID, target: Path) -> None:
        """Write one file to a path; a picture carries in it how it was made.

        Raises:
            FileNotKeptError: There is none of that id.
            OSError: It cannot be written.
        """

    async def export(self, ids: Sequence[UUID], target: Path) -> None:
        """Write files to a zip with readable names and a manifest (RO-Crate).

        Raises:
            FileNotKeptError: There is none of one of the ids; nothing is written.
            OSError: The zip cannot be written.
        """

    async def difference(self, id: UUID) -> Sequence[SettingDifference]:
        """Which properties that can be written have another value now than when a file was made.

        Raises:
            FileNotKeptError: There is none of that id.
        """

    async def restore_settings(
        self, id: UUID, only: Sequence[tuple[str, str]] | None = None
    ) -> Sequence[SettingRestored]:
        """Set properties back to what they were when a file was made, by the ordinary checks.

        Args:
            id: Which file.
            only: Which properties, by Thing and name; all that differ where None.

        Returns:
            What became of each, in the order they were set.

        Raises:
            FileNotKeptError: There is none of that id.
        """
