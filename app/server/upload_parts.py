"""Uploads to the archive on their way: what came so far lies on disk, and can be gone on with.

They lie in the archive's own folder, so that one which is complete needs no more than its name. It
is not `staging/`, which is emptied at each start.

An upload whose SHA-256 is known beforehand has its part under that name, so that it can be resumed
by whoever has the same content, also after the program was started anew. Others have one that is
gone when they end. All of it touches the disk: for workers only.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Final

from app.archive.disk import write_all
from app.archive.errors import ArchiveError
from app.archive.store import ObjectStore, Staged, digest_of

FOLDER: Final = "uploads"
KEEP_S: Final = 24 * 3600.0
"""How long a part waits to be gone on with."""


class UploadPart:
    """What came of one upload so far; nobody else writes to it.

    Args:
        file: Where it lies.
        store: Says in its words what the disk says no to.
        named: Whether it is found again by its hash.
        parts: Whose it is.

    Attributes:
        size: How many bytes came.
        named: Whether it is found again by its hash.
    """

    def __init__(self, file: Path, store: ObjectStore, named: bool, parts: UploadParts) -> None:
        self._file = file
        self._store = store
        self._parts = parts
        self.named = named
        with store.told():
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
            flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
            self._descriptor = os.open(file, flags, 0o600)
            self.size = os.fstat(self._descriptor).st_size
        self._is_open = True
        # Of what came before, as it lies there, is read at the end.
        self._digest = None if self.size else hashlib.sha256()

    def restart(self) -> None:
        """Forget what came."""
        with self._store.told():
            os.ftruncate(self._descriptor, 0)
        self.size = 0
        self._digest = hashlib.sha256()

    def write(self, chunk: bytes) -> None:
        """Append what came.

        Raises:
            ArchiveFullError: The disk is full.
            ArchiveError: It fails otherwise.
        """
        with self._store.told():
            write_all(self._store.disk, self._descriptor, memoryview(chunk))
        self.size += len(chunk)
        if self._digest is not None:
            self._digest.update(chunk)

    def finish(self) -> Staged:
        """Let it survive a power cut, and say what it is; nothing more is written to it.

        Raises:
            ArchiveError: The disk fails.
        """
        store = self._store
        with store.told():
            store.disk.finish(self._descriptor)
            written = os.fstat(self._descriptor).st_size
            self._shut()
            if written != self.size:
                raise ArchiveError(f"the disk took {written} bytes of {self.size}")
            if self._digest is not None:
                return Staged(self._file, self.size, self._digest.hexdigest())
            with self._file.open("rb") as whole:
                return Staged(self._file, self.size, digest_of(whole))

    def close(self, *, keep: bool) -> None:
        """Let it go.

        Args:
            keep: Whether it may be gone on with; only one that has a name can be.
        """
        try:
            self._shut()
            if not (keep and self.named and self.size):
                # What it came to is known by now; that it cannot be removed does not change it.
                self._store.take_away(self._file)
            else:
                with self._store.told(), suppress(FileNotFoundError):
                    self._file.chmod(0o600)  # it may have been finished, and for nothing
        finally:
            self._parts.let_go(self._file)

    def _shut(self) -> None:
        if self._is_open:
            self._is_open = False
            os.close(self._descriptor)


class UploadParts:
    """The uploads on their way to one archive.

    Args:
        folder: The archive's.
        store: The archive's.
    """

    def __init__(self, folder: Path, store: ObjectStore) -> None:
        self._folder = folder / FOLDER
        self._store = store
        self._lock = threading.Lock()
        self._taken: set[Path] = set()

    def take(self, sha256: str | None) -> UploadPart:
        """A part to write to.

        Args:
            sha256: What it will be, as hex digits. Where that is not known, or somebody else
                sends the same just now, it is a new part without a name.

        Raises:
            ArchiveError: The disk says no.
        """
        with self._store.told():
            self._folder.mkdir(exist_ok=True)
        self._forget_old()
        named = sha256 is not None
        file = self._folder / (sha256 or uuid.uuid4().hex)
        with self._lock:
            if file in self._taken:
                named, file = False, self._folder / uuid.uuid4().hex
            self._taken.add(file)
        try:
            return UploadPart(file, self._store, named, self)
        except BaseException:
            self.let_go(file)
            raise

    def size_of(self, sha256: str) -> int | None:
        """How many bytes came of an upload; None where none did."""
        try:
            return (self._folder / sha256).stat().st_size
        except OSError:
            return None

    def forget(self, sha256: str) -> bool:
        """Remove a part, unless somebody is writing to it.

        Returns:
            False where somebody is.
        """
        file = self._folder / sha256
        with self._lock:
            if file in self._taken:
                return False
            with self._store.told():
                self._store.disk.remove(file)
        return True

    def let_go(self, file: Path) -> None:
        """Nobody writes to that part any more."""
        with self._lock:
            self._taken.discard(file)

    def _forget_old(self) -> None:
        """Remove what nobody went on with in time, and what a crash left without a name."""
        too_old = time.time() - KEEP_S
        with self._lock, self._store.told():
            for entry in os.scandir(self._folder):
                file = self._folder / entry.name
                if file in self._taken:
                    continue
                nameless = len(entry.name) == len(uuid.uuid4().hex)
                if nameless or entry.stat(follow_symlinks=False).st_mtime < too_old:
                    self._store.disk.remove(file)
