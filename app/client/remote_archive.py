"""The archive of a bench elsewhere, as `app.archive_handle.ArchiveHandle`: any loop may wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
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
from app.client.archive import ArchiveClient
from app.client.http import HttpLink
from app.client.mirror import Mirror
from app.client.workers import Workers
from app.run_facts import Stamp


class RemoteArchive:
    """Files that are kept on a bench elsewhere.

    Args:
        http: Asks the bench.
        mirror: Knows whether files can be kept there.
        workers: Wait for the answers.
        contents: Wait for what is large: a hundred thumbnails must not hold up a question.
    """

    def __init__(self, http: HttpLink, mirror: Mirror, workers: Workers, contents: Workers) -> None:
        self._asked = ArchiveClient(http)
        self._mirror = mirror
        self._workers = workers
        self._contents = contents

    @property
    def trouble(self) -> str:
        """Why nothing can be kept there now."""
        return self._mirror.archive_trouble

    async def search(self, query: FileQuery) -> FilePage:
        """The files that fit."""
        return await self._workers.run(lambda: self._asked.find(query))

    async def get(self, id: UUID) -> ArchivedFile:
        """One file."""
        return await self._workers.run(lambda: self._asked.get(id))

    async def tags(self) -> Mapping[str, int]:
        """All tags there are."""
        return await self._workers.run(self._asked.tags)

    async def versions(self, id: UUID) -> Sequence[FileVersion]:
        """What a file held."""
        return await self._workers.run(lambda: self._asked.versions(id))

    async def usage(self) -> ArchiveUsage:
        """How full it is."""
        return await self._workers.run(self._asked.usage)

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
        """Keep a blob of an output."""
        return await self._workers.run(
            lambda: self._asked.keep(
                invocation, path, name=name, tags=tags, notes=notes, meta=meta, stamp=stamp
            )
        )

    async def coming_name(
        self, invocation: UUID, path: BlobPath = (), stamp: Stamp | None = None
    ) -> str:
        """What it would be called."""
        return await self._workers.run(lambda: self._asked.coming_name(invocation, path, stamp))

    async def kept(self, invocation: UUID) -> Mapping[BlobPath, UUID]:
        """Which blobs of an output are kept."""
        return await self._workers.run(lambda: self._asked.kept(invocation))

    async def put(
        self,
        source: Path,
        *,
        name: str = "",
        tags: Sequence[str] = (),
        notes: str = "",
        meta: Mapping[str, Any] | None = None,
    ) -> ArchivedFile:
        """Keep a copy of a file of this computer."""
        return await self._contents.run(
            lambda: self._asked.put(source, name=name, tags=tags, notes=notes, meta=meta)
        )

    async def update(
        self,
        id: UUID,
        *,
        name: str | None = None,
        notes: str | None = None,
        tags: Sequence[str] | None = None,
        meta: Mapping[str, Any] | None = None,
    ) -> ArchivedFile:
        """Change what people say about a file."""
        changes = {"name": name, "notes": notes, "tags": tags, "meta": meta}
        return await self._workers.run(lambda: self._asked.update(id, **changes))

    async def trash(self, id: UUID) -> ArchivedFile:
        """Put a file into the trash."""
        return await self._workers.run(lambda: self._asked.trash(id))

    async def restore(self, id: UUID) -> ArchivedFile:
        """Bring a file back from the trash."""
        return await self._workers.run(lambda: self._asked.restore(id))

    async def delete(self, id: UUID) -> None:
        """Delete a file that is in the trash."""
        await self._workers.run(lambda: self._asked.delete(id))

    async def read(self, id: UUID) -> bytes:
        """The content of a file."""
        return await self._contents.run(lambda: self._asked.read(id))

    async def thumbnail(self, id: UUID, size: int = 256) -> bytes:
        """A small picture of a picture."""
        return await self._contents.run(lambda: self._asked.thumbnail(id, size))

    async def save(self, id: UUID, target: Path) -> None:
        """Write one file to a path."""
        await self._contents.run(lambda: self._asked.save(id, target))

    async def export(self, ids: Sequence[UUID], target: Path) -> None:
        """Write files to a zip."""
        await self._contents.run(lambda: self._asked.export(ids, target))

    async def difference(self, id: UUID) -> Sequence[SettingDifference]:
        """Which settings are others now."""
        return await self._workers.run(lambda: self._asked.difference(id))

    async def restore_settings(
        self, id: UUID, only: Sequence[tuple[str, str]] | None = None
    ) -> Sequence[SettingRestored]:
        """Set properties back."""
        return await self._workers.run(lambda: self._asked.restore_settings(id, only))
