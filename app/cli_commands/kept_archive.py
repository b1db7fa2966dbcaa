"""The archive where it is kept, opened by a command while no program runs its bench."""

from __future__ import annotations

import getpass
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from app.archive.archive import Archive
from app.archive.exporting import export_files, save_file
from app.archive.records import ArchivedFile, FileQuery, FileVersion
from app.archive.scrubbing import scrub
from app.archive.sweeping import sweep
from app.archive.views import rebuild_views
from app.archiving import ArchivingRules
from app.client.archive import ArchiveClient
from app.client.blobs import saved_whole
from app.client.http import HttpLink
from app.database.of_bench import open_bench_database
from app.errors import BenchInUseError
from app.instance_lock import InstanceLock
from app.page_by_page import page_by_page
from app.run_facts import Origin, OriginKind
from app.stamp import STAMP_FILE, StampKeeper


class KeptArchive:
    """An archive of this computer, as commands ask it; the same as `app.client.ArchiveClient`.

    Args:
        archive: It is open.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._who = str(Origin(OriginKind.SCRIPT, getpass.getuser()))

    def all(self, query: FileQuery, most: int | None) -> Iterator[ArchivedFile]:
        """All files that fit, newest first."""

        def find(asked: FileQuery) -> tuple[Sequence[ArchivedFile], str | None]:
            page = self._archive.find(asked)
            return page.files, page.next

        return page_by_page(find, query, most)

    def get(self, id: UUID) -> ArchivedFile:
        """One file with all that is known of it."""
        return self._archive.get(id)

    def versions(self, id: UUID) -> list[FileVersion]:
        """What a file held."""
        return self._archive.versions(id)

    def put(
        self,
        source: Path,
        *,
        name: str = "",
        tags: Sequence[str] = (),
        notes: str = "",
        meta: Mapping[str, Any] | None = None,
    ) -> ArchivedFile:
        """Keep a copy of a file."""
        return self._archive.keep_file(
            source, name=name, tags=tags, notes=notes, meta=meta, who=self._who
        )

    def download(self, id: UUID, target: Path) -> None:
        """Write the content of a file to a path."""
        with self._archive.open_file(id) as content:
            saved_whole(target, iter(lambda: content.read(2**20), b""))

    def save(self, id: UUID, target: Path) -> None:
        """The same; a picture carries in it how it was made."""
        save_file(self._archive, id, target)

    def export(self, ids: Sequence[UUID], target: Path) -> None:
        """Write files to a zip with a manifest."""
        export_files(self._archive, ids, target)

    def trash(self, id: UUID) -> ArchivedFile:
        """Put a file into the trash."""
        return self._archive.trash(id, who=self._who)

    def restore(self, id: UUID) -> ArchivedFile:
        """Bring a file back from the trash."""
        return self._archive.restore(id, who=self._who)

    def delete(self, id: UUID) -> None:
        """Delete a file that is in the trash, for good."""
        self._archive.delete(id, who=self._who)

    def sweep(self, *, dry_run: bool = False) -> Mapping[str, Any]:
        """Sweep up what no file names."""
        return asdict(sweep(self._archive, dry_run=dry_run))

    def rebuild_views(self, *, links: bool = False) -> Mapping[str, Any]:
        """Make the folder of readable names anew."""
        return {"files": rebuild_views(self._archive, links=links)}

    def scrub(self) -> Mapping[str, Any]:
        """Read and hash every content again."""
        return asdict(scrub(self._archive))


@contextmanager
def kept_archive(
    folder: Path, address: str, rules: ArchivingRules
) -> Iterator[KeptArchive | ArchiveClient]:
    """The archive in a bench's folder; through its program, where one runs it and can be reached.

    Args:
        folder: The bench's folder of data.
        address: Of the server that has its catalogue; '' where it is a file in that folder.
        rules: Where its contents are, and how much they may take.

    Raises:
        BenchInUseError: A program runs the bench and cannot be reached.
        ThingError: It cannot be opened.
    """
    try:
        lock = InstanceLock(folder, "the bench")
    except BenchInUseError as error:
        if not error.url:
            raise
        http = HttpLink(error.url)
        try:
            yield ArchiveClient(http)
        finally:
            http.close()
        return
    try:
        database = open_bench_database(folder, address)
        try:
            stamps = StampKeeper(folder / STAMP_FILE, lambda event: None)
            archive = Archive(
                database, rules.place(folder), limits=rules.limits, stamp=lambda: stamps.stamp
            )
            archive.open()
            try:
                yield KeptArchive(archive)
            finally:
                archive.close()
        finally:
            database.close()
    finally:
        lock.release()
