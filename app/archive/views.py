"""A folder of kept files under names that people can read: `views/2026-11-21/snap-001.png`.

A file that people put into a folder, by `folder` in its metadata, is in that one instead.

It is derived from the catalogue and can be thrown away and made again at any time. A file in it is
a copy that shares its blocks where the file system can, never a hard link: an edit in place would
change the content that is kept. Relative links are made when asked for; they outlive a move of the
whole archive.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from app.archive.archive import Archive
from app.archive.disk import reflink_or_copy
from app.archive.errors import ArchiveFullError
from app.archive.readable import readable_folder, readable_name, unlike
from app.archive.records import LARGEST_PAGE, ArchivedFile, FileQuery

FOLDER = "views"


def rebuild_views(archive: Archive, *, links: bool = False) -> int:
    """Make the folder of readable names anew; what was there before goes.

    It changes from the old to the new at once. A content that is missing is passed over.

    Args:
        archive: Whose.
        links: Make relative symbolic links instead of copies: no room is needed, and nobody may
            write through them, since contents are read-only.

    Returns:
        How many files are in it.

    Raises:
        ArchiveFullError: There is no room for copies; the views are as they were.
        ArchiveError: The catalogue cannot be read, or the folder not be written.
    """
    archive.refuse_closed()
    target = archive.folder / FOLDER
    fresh = archive.store.staging / f"views-{uuid.uuid4().hex}"
    count = 0
    with archive.store.told():
        fresh.mkdir()
        try:
            taken: dict[str, tuple[str, set[str]]] = {}
            for file in _all(archive):
                day = f"{file.created.astimezone():%Y-%m-%d}"
                folder = readable_folder(file.meta) or day
                # Where case does not count, two folders that differ in it are one.
                folder, names = taken.setdefault(folder.casefold(), (folder, set()))
                name = unlike(readable_name(file.name, file.extension), names)
                names.add(name.casefold())
                count += _show(archive, file, fresh / folder / name, links=links)
            _put_in_place(fresh, target)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return count


def _all(archive: Archive) -> Iterator[ArchivedFile]:
    query = FileQuery(limit=LARGEST_PAGE, oldest_first=True)
    while True:
        page = archive.find(query)
        yield from page.files
        if page.next is None:
            return
        query = replace(query, after=page.next)


def _show(archive: Archive, file: ArchivedFile, place: Path, *, links: bool) -> bool:
    content = archive.store.path_of(file.sha256)
    if not content.is_file():
        return False
    place.parent.mkdir(exist_ok=True)
    if links:
        # Relative to where it will be: views/<folder>/<name>.
        seen_from = archive.folder / FOLDER / place.parent.name
        place.symlink_to(os.path.relpath(content, seen_from))
    else:
        with archive.store.told():
            free = archive.store.disk.free_bytes(archive.folder)
        if (file.size or 0) > free - archive.limits.low_bytes:
            raise ArchiveFullError("copies of all files need more; links need none")
        reflink_or_copy(content, place)
    return True


def _put_in_place(fresh: Path, target: Path) -> None:
    """Exchange the folders; a crash in between leaves one of them, and the next call mends it."""
    old = fresh.with_name(f"{fresh.name}-old")
    if target.exists() or target.is_symlink():
        target.rename(old)
    fresh.rename(target)
    if old.is_symlink():
        old.unlink()
    else:
        shutil.rmtree(old, ignore_errors=True)
