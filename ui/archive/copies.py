"""Copies of archived files under names that people can read, for other programs to take."""

from __future__ import annotations

import asyncio
import mimetypes
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from app.archive.readable import readable_name, unlike
from app.archive.records import ArchivedFile
from app.archive_handle import ArchiveHandle

MOST_FILES: Final = 500
MOST_BYTES: Final = 4_000_000_000
"""More is not copied by the way: an export puts it where it is to stay."""


class FileCopies:
    """Fetches files into a temporary folder when they are wanted, and no sooner.

    The archive may be that of another computer, and what lies in its folder is nobody's to change:
    so another program gets a copy, which carries in it how it was made, as a saved one does. The
    folder is gone with the window.

    Args:
        archive: Has the files.
    """

    def __init__(self, archive: ArchiveHandle) -> None:
        self._archive = archive
        self._folder: Path | None = None
        self._there: dict[tuple[str, str, str], Path] = {}
        self._lock = asyncio.Lock()

    @property
    def folder(self) -> Path | None:
        """Where copies are; None while there are none."""
        return self._folder

    def too_much(self, files: Sequence[ArchivedFile]) -> bool:
        """Whether these are more than is copied at once."""
        return len(files) > MOST_FILES or sum(file.size or 0 for file in files) > MOST_BYTES

    def ready(self, files: Sequence[ArchivedFile]) -> list[Path] | None:
        """The copies, where all of them are there."""
        names = names_of(files)
        found = [self._there.get(_key(*pair)) for pair in zip(files, names, strict=True)]
        return [path for path in found if path is not None] if all(found) else None

    async def fetch(self, files: Sequence[ArchivedFile]) -> list[Path]:
        """The copies, fetched where they are not there yet.

        Raises:
            ThingError: The archive has one of them no more, or it is damaged.
            OSError: It cannot be written.
        """
        paths = []
        async with self._lock:
            for file, name in zip(files, names_of(files), strict=True):
                key = _key(file, name)
                path = self._there.get(key)
                if path is None:
                    path = await asyncio.to_thread(self._place, name)
                    await self._archive.save(file.id, path)
                    self._there[key] = path
                paths.append(path)
        return paths

    def close(self) -> None:
        """Remove all copies. May wait for the disk."""
        folder, self._folder = self._folder, None
        self._there.clear()
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def _place(self, name: str) -> Path:
        """A place for a copy; each has a folder of its own, so that none takes another's name."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="labwright-"))
        return Path(tempfile.mkdtemp(dir=self._folder)) / name


def names_of(files: Sequence[ArchivedFile]) -> list[str]:
    """What copies are called: each differs from the others, all have an ending where one is known.

    Args:
        files: Which will lie in one folder.
    """
    taken: set[str] = set()
    names = []
    for file in files:
        name = unlike(readable_name(file.name, file.extension or _ending_of(file)), taken)
        taken.add(name.casefold())
        names.append(name)
    return names


def _ending_of(file: ArchivedFile) -> str:
    """By what it is, for programs that go by the ending."""
    kind = file.media_type.partition(";")[0].strip()
    return (mimetypes.guess_extension(kind) or "").removeprefix(".")


def _key(file: ArchivedFile, name: str) -> tuple[str, str, str]:
    return str(file.id), file.sha256, name
