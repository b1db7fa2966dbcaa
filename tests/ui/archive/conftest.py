"""An archive in memory, with the same manners as the real one."""

from __future__ import annotations

import asyncio
import io
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from PIL import Image

from app.archive.errors import ArchiveDamagedError, FileNotKeptError
from app.archive.events import FileChanged, FileKept, FileRemoved
from app.archive.records import (
    ArchivedFile,
    ArchiveUsage,
    BlobPath,
    FilePage,
    FileQuery,
    FileState,
    FileVersion,
    Provenance,
    SettingDifference,
    SettingRestored,
)
from app.imaging.decoder import ImageDecoder
from app.run_facts import Origin, OriginKind, Stamp
from things.events import Event

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench

BEGAN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def png(grey: int = 120) -> bytes:
    """A small picture."""
    kept = io.BytesIO()
    Image.new("L", (32, 20), grey).save(kept, "PNG")
    return kept.getvalue()


def _settings_of(file: ArchivedFile) -> dict[str, Any]:
    return {
        f"{thing}.{name}": recorded.value
        for thing, known in file.provenance.settings.items()
        for name, recorded in known.items()
    }


class FakeArchive:
    """Files in memory.

    Attributes:
        files: By id, in the order they came.
        queries: What it was asked.
        thumbnails: Whose small picture was asked for.
        broken: Of these there is no small picture.
        lost: Of these there is no content any more.
        refusal: What `update` is refused with.
        trouble: As of the real one; a search says it too.
        gate: While it is not set, searches wait, and so does the writing of files.
        differences: What differs, by file.
        refused: Settings that cannot be put back.
        exported: What was put into zips.
    """

    def __init__(self, publish: Callable[[Event], None]) -> None:
        self.files: dict[UUID, ArchivedFile] = {}
        self.queries: list[FileQuery] = []
        self.thumbnails: list[UUID] = []
        self.broken: set[UUID] = set()
        self.lost: set[UUID] = set()
        self.refusal: Exception | None = None
        self.failing: Exception | None = None
        self.trouble = ""
        self.gate = asyncio.Event()
        self.gate.set()
        self.differences: dict[UUID, list[SettingDifference]] = {}
        self.refused: dict[str, str] = {}
        self.exported: list[tuple[Sequence[UUID], Path]] = []
        self.saved: list[tuple[UUID, Path]] = []
        self.publish = publish

    def add(self, name: str = "", **facts: Any) -> ArchivedFile:
        """Keep a file, as somebody else would; told to all."""
        number = len(self.files) + 1
        at = BEGAN + timedelta(minutes=number)
        made = Provenance(
            run=uuid.uuid4(),
            thing="camera",
            action="snap",
            title="Snap",
            input={},
            origin=Origin(OriginKind.WINDOW),
            stamp=Stamp("Ada", "onion", "Monday"),
            made_at=at,
            settings={"camera": {}},
        )
        file = ArchivedFile(
            id=uuid.uuid4(),
            number=number,
            name=name or f"snap-{number:03}",
            extension="png",
            media_type="image/png",
            state=FileState.LINKED,
            size=len(png()),
            sha256=f"{number:064x}",
            version=1,
            created=at,
            changed=at,
            provenance=made,
        )
        file = replace(file, **facts)
        self.files[file.id] = file
        self.publish(FileKept(thing="camera", file=file))
        return file

    def fits(self, file: ArchivedFile, query: FileQuery) -> bool:
        words = f"{file.name} {' '.join(file.tags)} {file.notes}".casefold()
        kind = (query.media_type or "").removesuffix("*")
        return (
            (query.state is None or file.state is query.state)
            and query.text.casefold() in words
            and (query.since is None or file.created >= query.since)
            and (query.until is None or file.created < query.until)
            and (query.thing is None or file.provenance.thing == query.thing)
            and (query.sample is None or file.provenance.stamp.sample == query.sample)
            and (query.session is None or file.provenance.stamp.session == query.session)
            and (query.operator is None or file.provenance.stamp.operator == query.operator)
            and (query.action is None or file.provenance.action == query.action)
            and (query.run is None or file.provenance.run == query.run)
            and (query.sha256 is None or file.sha256 == query.sha256)
            and query.meta.items() <= file.meta.items()
            and query.settings.items() <= _settings_of(file).items()
            and file.media_type.startswith(kind)
            and set(query.tags) <= set(file.tags)
        )

    async def search(self, query: FileQuery) -> FilePage:
        self.queries.append(query)
        await self.gate.wait()
        if self.failing is not None:
            raise self.failing
        found = [file for file in self.files.values() if self.fits(file, query)]
        if not query.oldest_first:
            found.reverse()
        begin = int(query.after or 0)
        page = found[begin : begin + query.limit]
        end = begin + len(page)
        return FilePage(
            page, str(end) if end < len(found) else None, len(found) if query.total else None
        )

    async def get(self, id: UUID) -> ArchivedFile:
        try:
            return self.files[id]
        except KeyError:
            raise FileNotKeptError(id) from None

    async def tags(self) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for file in self.files.values():
            for tag in file.tags:
                found[tag] = found.get(tag, 0) + 1
        return dict(sorted(found.items()))

    async def versions(self, id: UUID) -> Sequence[FileVersion]:
        return []

    async def usage(self) -> ArchiveUsage:
        return ArchiveUsage(len(self.files), 1_000_000, 0, 5_000_000_000)

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
        if self.refusal is not None:
            raise self.refusal
        made = Provenance(
            run=invocation, path=path, thing="camera", stamp=stamp or Stamp("Ada", "onion")
        )
        name = name or await self.coming_name(invocation, path, stamp)
        return self.add(name, provenance=made, tags=tuple(tags), notes=notes, meta=meta or {})

    async def coming_name(
        self, invocation: UUID, path: BlobPath = (), stamp: Stamp | None = None
    ) -> str:
        sample = "onion" if stamp is None else stamp.sample
        return "-".join(part for part in (sample, "snap", f"{len(self.files) + 1:03}") if part)

    async def kept(self, invocation: UUID) -> Mapping[BlobPath, UUID]:
        return {
            file.provenance.path: file.id
            for file in self.files.values()
            if file.provenance.run == invocation
        }

    async def put(self, source: Path, **facts: Any) -> ArchivedFile:
        return self.add(source.stem, **facts)

    async def update(self, id: UUID, **changes: Any) -> ArchivedFile:
        if self.refusal is not None:
            raise self.refusal
        return self._changed(
            id, **{key: value for key, value in changes.items() if value is not None}
        )

    async def trash(self, id: UUID) -> ArchivedFile:
        return self._changed(id, state=FileState.TRASHED)

    async def restore(self, id: UUID) -> ArchivedFile:
        return self._changed(id, state=FileState.LINKED)

    async def delete(self, id: UUID) -> None:
        del self.files[id]
        self.publish(FileRemoved(thing="", id=id))

    async def read(self, id: UUID) -> bytes:
        return png()

    async def thumbnail(self, id: UUID, size: int = 256) -> bytes:
        self.thumbnails.append(id)
        if id in self.lost:
            raise ArchiveDamagedError("ab" * 32, "it is gone from the disk")
        return b"no picture" if id in self.broken else png()

    def content(self, id: UUID) -> bytes:
        """What is in a file."""
        return png(self.files[id].number % 256)

    async def save(self, id: UUID, target: Path) -> None:
        await self.gate.wait()
        if id in self.lost:
            raise FileNotKeptError(id)
        await asyncio.to_thread(target.write_bytes, self.content(id))
        self.saved.append((id, target))

    async def export(self, ids: Sequence[UUID], target: Path) -> None:
        self.exported.append((tuple(ids), target))

    async def difference(self, id: UUID) -> Sequence[SettingDifference]:
        return list(self.differences.get(id, ()))

    async def restore_settings(
        self, id: UUID, only: Sequence[tuple[str, str]] | None = None
    ) -> Sequence[SettingRestored]:
        done = []
        for each in list(self.differences.get(id, ())):
            if only is not None and (each.thing, each.name) not in only:
                continue
            error = self.refused.get(each.name, "")
            done.append(SettingRestored(each.thing, each.name, each.then, error))
            if not error:
                self.differences[id].remove(each)
        return done

    def _changed(self, id: UUID, **changes: Any) -> ArchivedFile:
        self.files[id] = replace(self.files[id], **changes)
        self.publish(FileChanged(thing="camera", file=self.files[id]))
        return self.files[id]


@pytest.fixture
def archive(bench: FakeBench) -> FakeArchive:
    """The archive of the bench with the camera, empty."""
    made = FakeArchive(bench.publish)
    bench.archive = made
    return made


@pytest.fixture
def decoder() -> Iterator[ImageDecoder]:
    """Opens small pictures."""
    made = ImageDecoder()
    yield made
    made.close()
