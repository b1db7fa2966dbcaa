"""Contents on the disk, each once under its SHA-256: `objects/ab/cd/<hex>`, read-only.

    store.open()
    with store.receive([b"..."]) as staged:  # in staging/, on the same file system
        store.place(staged)                  # now it has its name, and outlives a power cut

Nothing here knows names or records: see `app.archive.archive`.
"""

from __future__ import annotations

import errno
import hashlib
import logging
import os
import re
import stat
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.archive.disk import Disk, write_all
from app.archive.errors import (
    ArchiveDamagedError,
    ArchiveError,
    ArchiveFolderError,
    ArchiveFullError,
    ArchiveReadOnlyError,
    UploadTooLargeError,
)

_log = logging.getLogger(__name__)

SHA256 = re.compile(r"[0-9a-f]{64}")
CHUNK_BYTES = 2**20

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_FOLDER = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EEXIST})
_READ_ONLY = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


@dataclass(frozen=True, slots=True)
class Staged:
    """A content that is on the disk, but has no name yet.

    Attributes:
        file: Where.
        size: In bytes.
        sha256: Hex digest.
    """

    file: Path
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Room:
    """How much may come.

    Attributes:
        upload_bytes: For one content; None for as much as there is.
    """

    upload_bytes: int | None = None


_ALL_THERE_IS = Room()


class ObjectStore:
    """Contents under a folder. Used from any thread.

    Args:
        folder: Theirs alone.
        disk: How it is reached.
        read_only: Told why the folder can only be read, when that is found out.
    """

    def __init__(
        self,
        folder: Path,
        disk: Disk | None = None,
        read_only: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self.folder = folder
        self._read_only = read_only
        self.objects = folder / "objects"
        self.staging = folder / "staging"
        self.quarantine = folder / "quarantine"
        self.disk = disk or Disk()
        self._left: set[Path] = set()

    def open(self) -> None:
        """Make the folders that are missing, and clear away what a crash left half done.

        Raises:
            ArchiveFolderError: They cannot be made, or not be written.
        """
        with self.told():
            self.folder.mkdir(parents=True, exist_ok=True)
            for folder in (self.objects, self.staging, self.quarantine):
                folder.mkdir(exist_ok=True)
        self.try_to_write()
        with self.told():
            for left in tuple(self.staging.iterdir()):
                if left.is_dir() and not left.is_symlink():
                    _remove_tree(left)
                else:
                    self.take_away(left)

    def try_to_write(self) -> None:
        """Find out now, not at the first picture, whether anything can be written.

        Raises:
            ArchiveReadOnlyError: It can not.
            ArchiveError: The folder cannot be used at all.
        """
        trial = self.staging / f"trial-{uuid.uuid4().hex}"
        with self.told():
            try:
                self.disk.close(self.disk.create(trial))
            except OSError as error:
                if error.errno not in _NO_ROOM:
                    raise
                _log.error("%s: the disk is full.", self.folder)  # reading still works
            else:
                self.disk.remove(trial)

    def path_of(self, sha256: str) -> Path:
        """Where a content lies, or would lie.

        Raises:
            ValueError: It is no SHA-256.
        """
        if not SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is no SHA-256")
        return self.objects / sha256[:2] / sha256[2:4] / sha256

    @contextmanager
    def receive(self, chunks: Iterable[bytes], room: Room = _ALL_THERE_IS) -> Iterator[Staged]:
        """Write a content into `staging/`, to the end, and let it survive a power cut.

        What is not placed in the body of the `with` is removed.

        Args:
            chunks: The content, piece by piece.
            room: How much may come.

        Raises:
            UploadTooLargeError: It has more bytes than are allowed.
            ArchiveFullError: There is no room.
            ArchiveError: The disk fails.
        """
        file = self.staging / uuid.uuid4().hex
        for left in tuple(self._left):
            self._left.discard(left)
            self.take_away(left)
        try:
            yield self._write(file, chunks, room)
        finally:
            # Where it was placed it is not there any more.
            self.take_away(file)

    def take_away(self, file: Path) -> None:
        """Remove what is not needed any more; where that cannot be, it is tried again later.

        What was kept is kept: that its traces stay is no reason to say that it is not.
        """
        try:
            self.disk.remove(file)
        except OSError as error:
            _log.warning("%s cannot be removed: %s", file, error.strerror or error)
            self._left.add(file)

    def _write(self, file: Path, chunks: Iterable[bytes], room: Room) -> Staged:
        digest = hashlib.sha256()
        size = 0
        with self.told():
            descriptor = self.disk.create(file)
        try:
            # What goes wrong where the chunks come from is not the disk's fault.
            for chunk in chunks:
                size += len(chunk)
                self.refuse(size, room)
                digest.update(chunk)
                with self.told():
                    write_all(self.disk, descriptor, memoryview(chunk))
            with self.told():
                self.disk.finish(descriptor)
        finally:
            with self.told():
                self.disk.close(descriptor)
        with self.told():
            written = file.stat().st_size
        if written != size:
            raise ArchiveError(f"the disk took {written} bytes of {size}")
        return Staged(file, size, digest.hexdigest())

    def refuse(self, size: int, room: Room) -> None:
        """Say so where a content of that size may not come.

        Raises:
            UploadTooLargeError: It has more bytes than are allowed.
            ArchiveFullError: There is no room.
        """
        if room.upload_bytes is not None and size > room.upload_bytes:
            raise UploadTooLargeError(room.upload_bytes)

    def place(self, staged: Staged) -> bool:
        """Give a content its name; from now on it can be read.

        Returns:
            Whether it is new. Where the same content was there already, that one stays.

        Raises:
            ArchiveError: The disk fails.
        """
        target = self.path_of(staged.sha256)
        with self.told():
            self._make_folders(target)
            try:
                self.disk.rename_new(staged.file, target)
                new = True
            except FileExistsError:
                new = not self._is_sound(target, staged)
                if new:
                    self._replace(staged, target)
            # Also where it was there: it may have come a moment ago, and the power may go now.
            self.disk.sync_folder(target.parent)
        return new

    def _make_folders(self, target: Path) -> None:
        outer, inner = target.parent.parent, target.parent
        if self.disk.make_folder(outer):
            self.disk.sync_folder(self.objects)
        if self.disk.make_folder(inner):
            self.disk.sync_folder(outer)

    def _is_sound(self, there: Path, staged: Staged) -> bool:
        """Whether what lies under that name is what it should be; a torn or changed one is not."""
        if there.is_symlink() or there.stat().st_size != staged.size:
            return False
        with there.open("rb") as stream:
            return digest_of(stream) == staged.sha256

    def _replace(self, staged: Staged, target: Path) -> None:
        _log.warning("%s was damaged; the content that came now takes its place.", target.name)
        self.put_into_quarantine(target)
        self.disk.rename_new(staged.file, target)

    def put_into_quarantine(self, file: Path) -> Path:
        """Take a damaged content away, but do not throw it away.

        Returns:
            Where it is now.
        """
        away = self.quarantine / f"{file.name}-{uuid.uuid4().hex[:8]}"
        with self.told():
            self.disk.rename_new(file, away)
            self.disk.sync_folder(self.quarantine)
        return away

    def open_content(self, sha256: str, size: int) -> BinaryIO:
        """A content, opened for reading.

        Raises:
            ArchiveDamagedError: It is not there, or of another size.
            ArchiveFolderError: The folder cannot be read.
        """
        path = self.path_of(sha256)
        with self.told():
            try:
                stream = path.open("rb")
            except (FileNotFoundError, NotADirectoryError):
                self.refuse_missing_folder()
                raise ArchiveDamagedError(sha256, "it is gone from the disk") from None
            except PermissionError as error:
                reason = error.strerror or str(error)
                raise ArchiveError(f"the content cannot be read: {reason}") from error
        found = os.fstat(stream.fileno()).st_size
        if found != size:
            stream.close()
            raise ArchiveDamagedError(sha256, f"it has {found} bytes instead of {size}")
        return stream

    def refuse_missing_folder(self) -> None:
        """Tell a folder that is gone, or a disk that is not mounted, from a content that is.

        Raises:
            ArchiveFolderError: The folder is gone.
        """
        if not self.objects.is_dir():
            raise ArchiveFolderError(self.folder, "it is gone, or was moved")

    def remove(self, sha256: str) -> None:
        """Remove a content that nobody needs."""
        with self.told():
            self.disk.remove(self.path_of(sha256))

    def all(self) -> Iterator[tuple[str, int, int]]:
        """Every content on the disk: SHA-256, size in bytes, and when it was written.

        The time is in microseconds since 1970. What has another name is passed over.

        Raises:
            ArchiveFolderError: The folder is gone.
        """
        self.refuse_missing_folder()
        for outer in _folders(self.objects):
            for inner in _folders(outer):
                with os.scandir(inner) as entries:
                    for entry in entries:
                        if not SHA256.fullmatch(entry.name):
                            continue
                        try:
                            found = entry.stat(follow_symlinks=False)
                        except FileNotFoundError:
                            continue  # it went while we looked
                        if stat.S_ISREG(found.st_mode):
                            yield entry.name, found.st_size, found.st_mtime_ns // 1000

    @contextmanager
    def told(self) -> Iterator[None]:
        """Say what the disk says no to in the archive's own words.

        Raises:
            ArchiveFullError: It is full.
            ArchiveReadOnlyError: The folder cannot be written.
            ArchiveFolderError: It is gone.
            ArchiveError: It fails otherwise.
        """
        try:
            yield
        except ArchiveError:
            raise
        except OSError as error:
            reason = error.strerror or str(error)
            if error.errno in _NO_ROOM:
                raise ArchiveFullError("the disk is full") from error
            if error.errno == errno.EROFS:
                self._read_only(reason)
            if error.errno in _READ_ONLY:
                raise ArchiveReadOnlyError(self.folder, reason) from error
            if error.errno in _NO_FOLDER:
                raise ArchiveFolderError(self.folder, reason) from error
            raise ArchiveError(f"the disk cannot be read or written: {reason}") from error


def digest_of(stream: BinaryIO) -> str:
    """SHA-256 of what is left of a stream, as hex digits."""
    found = hashlib.sha256()
    while chunk := stream.read(CHUNK_BYTES):
        found.update(chunk)
    return found.hexdigest()


def _folders(folder: Path) -> Iterator[Path]:
    try:
        with os.scandir(folder) as entries:
            names = sorted(
                entry.name
                for entry in entries
                if len(entry.name) == 2 and entry.is_dir(follow_symlinks=False)
            )
    except FileNotFoundError:
        return
    yield from (folder / name for name in names)


def _remove_tree(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder)
