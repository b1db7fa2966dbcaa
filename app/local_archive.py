"""The archive of a bench in this process, as `app.archive_handle.ArchiveHandle`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from app.archive.exporting import export_files, save_file
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
from app.bench import Bench
from app.restoring import difference, restore
from app.run_facts import Origin, Stamp

if TYPE_CHECKING:
    from app.archive.archive import Archive

T = TypeVar("T")

_QUESTIONS, _CONTENTS, _PICTURES = ":archive", ":archive contents", ":archive pictures"
"""Lanes of workers, no Things by their names: a hundred thumbnails must not hold up a search."""


class LocalArchive:
    """Files that are kept, through a bench of this process. Everything runs in workers.

    Args:
        bench: The bench.
        origin: Who asks, through this handle.
    """

    def __init__(self, bench: Bench, origin: Origin) -> None:
        self._bench = bench
        self._origin = origin
        self._who = str(origin)

    @property
    def trouble(self) -> str:
        """Why nothing can be kept now."""
        return self._bench.archive_trouble

    async def search(self, query: FileQuery) -> FilePage:
        """Ask the catalogue."""
        return await self._in_worker(lambda: self._opened.find(query))

    async def get(self, id: UUID) -> ArchivedFile:
        """Ask the catalogue for one file."""
        return await self._in_worker(lambda: self._opened.get(id))

    async def tags(self) -> Mapping[str, int]:
        """All tags there are."""
        return await self._in_worker(self._tags)

    async def versions(self, id: UUID) -> Sequence[FileVersion]:
        """What a file held."""
        return await self._in_worker(lambda: self._opened.versions(id))

    async def usage(self) -> ArchiveUsage:
        """How full it is."""
        return await self._in_worker(self._usage)

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
        return await self._in_worker(
            lambda: self._bench.keeping.keep(
                invocation,
                path,
                name=name,
                tags=tags,
                notes=notes,
                meta=meta,
                stamp=stamp,
                origin=self._origin,
            ),
            _CONTENTS,
        )

    async def coming_name(
        self, invocation: UUID, path: BlobPath = (), stamp: Stamp | None = None
    ) -> str:
        """What it would be called."""
        return await self._in_worker(
            lambda: self._bench.keeping.coming_name(invocation, path, stamp)
        )

    async def kept(self, invocation: UUID) -> Mapping[BlobPath, UUID]:
        """Which blobs of an output are kept."""
        return await self._in_worker(lambda: self._bench.keeping.kept(invocation))

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
        return await self._in_worker(
            lambda: self._opened.keep_file(
                source, name=name, tags=tags, notes=notes, meta=meta, who=self._who
            ),
            _CONTENTS,
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
        return await self._in_worker(
            lambda: self._opened.update(
                id, name=name, notes=notes, tags=tags, meta=meta, who=self._who
            )
        )

    async def trash(self, id: UUID) -> ArchivedFile:
        """Put a file into the trash."""
        return await self._in_worker(lambda: self._opened.trash(id, who=self._who))

    async def restore(self, id: UUID) -> ArchivedFile:
        """Bring a file back from the trash."""
        return await self._in_worker(lambda: self._opened.restore(id, who=self._who))

    async def delete(self, id: UUID) -> None:
        """Delete a file that is in the trash."""
        await self._in_worker(lambda: self._opened.delete(id, who=self._who))

    async def read(self, id: UUID) -> bytes:
        """The content of a file."""

        def read() -> bytes:
            with self._opened.open_file(id) as content:
                return content.read()

        return await self._in_worker(read, _CONTENTS)

    async def thumbnail(self, id: UUID, size: int = 256) -> bytes:
        """A small picture of a picture."""

        def thumbnail() -> bytes:
            file = self._opened.all_of([id])[0]
            return self._bench.thumbnails.of(file, size)

        return await self._in_worker(thumbnail, _PICTURES)

    async def save(self, id: UUID, target: Path) -> None:
        """Write one file to a path."""
        await self._in_worker(lambda: save_file(self._opened, id, target), _CONTENTS)

    async def export(self, ids: Sequence[UUID], target: Path) -> None:
        """Write files to a zip."""
        await self._in_worker(lambda: export_files(self._opened, ids, target), _CONTENTS)

    async def difference(self, id: UUID) -> Sequence[SettingDifference]:
        """Which settings are others now."""
        return await self._in_worker(
            lambda: difference(self._bench, self._opened.get(id)), _CONTENTS
        )

    async def restore_settings(
        self, id: UUID, only: Sequence[tuple[str, str]] | None = None
    ) -> Sequence[SettingRestored]:
        """Set properties back."""
        return await self._in_worker(
            lambda: restore(self._bench, self._opened.get(id), self._origin, only),
            _CONTENTS,
        )

    @property
    def _opened(self) -> Archive:
        return self._bench.opened_archive

    def _tags(self) -> Mapping[str, int]:
        return self._opened.tags()

    def _usage(self) -> ArchiveUsage:
        cache = self._bench.outputs.cache
        found = self._opened.usage()
        return found if cache is None else replace(found, cache_bytes=cache.bytes)

    async def _in_worker(self, call: Callable[[], T], lane: str = _QUESTIONS) -> T:
        return await asyncio.wrap_future(self._bench.workers.of(lane).submit(call))
