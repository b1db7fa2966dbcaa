"""How a content comes in: into the room there is, as it was promised, and one at a time.

Here is the order of `app.archive.archive` kept: the content has its name on the disk before a
record names it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from app.archive.errors import (
    ArchiveError,
    ArchiveFullError,
    FileNotKeptError,
    FileStateError,
    FileTakenError,
    UploadHashError,
    UploadTruncatedError,
)
from app.archive.limits import ArchiveLimits
from app.archive.room import Coming, Rooms
from app.archive.store import ObjectStore, Room, Staged

_STRIPES: Final = 64

_REFUSALS: Final = (ArchiveFullError, FileNotKeptError, FileStateError, FileTakenError)
"""After these no record is written any more; after others, such as no answer, one may be."""


class Intake:
    """Takes contents in. Used from any thread.

    Args:
        store: Where they go.
        limits: How much that may be; may be replaced at any time.
    """

    def __init__(self, store: ObjectStore, limits: ArchiveLimits) -> None:
        self.limits = limits
        self._store = store
        self._stripes = tuple(threading.Lock() for _ in range(_STRIPES))
        self._rooms = Rooms(lambda: self.limits, self._free_bytes)
        self._coming: dict[Path, Coming] = {}

    @property
    def taken_bytes(self) -> int:
        """What all contents take."""
        return self._rooms.taken_bytes

    def begin(self, taken_bytes: int) -> None:
        """Go on from what is there already."""
        self._rooms.begin(taken_bytes)

    def count_bytes(self, change: int) -> None:
        """Contents came or went."""
        self._rooms.count(change)

    def refuse(self, size: int) -> None:
        """Say so where a content of that size has no room beside all that comes already.

        Raises:
            ArchiveFullError: It has none.
        """
        self._rooms.refuse(size)

    @property
    def low(self) -> str:
        """Why nothing should be begun that keeps files, in words; '' where it may."""
        try:
            free = self._store.disk.free_bytes(self._store.folder)
        except OSError as error:
            return f"its folder cannot be used: {error.strerror or error}"
        return self.limits.low(self.taken_bytes, free)

    @property
    def short_bytes(self) -> int:
        """How much more would have to be free on the disk; 0 where there is enough."""
        try:
            free = self._store.disk.free_bytes(self._store.folder)
        except OSError:
            return 0  # there it is not the room that is missing
        return max(0, self.limits.low_bytes - free)

    @contextmanager
    def received(
        self,
        chunks: Iterable[bytes],
        size: int | None = None,
        sha256: str | None = None,
        limit: int | None = None,
    ) -> Iterator[Staged]:
        """A content, safe in staging for the body of the `with`.

        Args:
            chunks: The content, piece by piece.
            size: How many bytes were promised.
            sha256: Which hash was promised, as hex digits.
            limit: The most bytes that may come, where that is less than the archive allows.

        Raises:
            UploadTruncatedError: It has not as many bytes as were promised.
            UploadHashError: It has another hash than was promised.
            UploadTooLargeError: It has more bytes than are allowed.
            ArchiveFullError: There is no room.
        """
        most = self.limits.upload_bytes
        room = Room(most if limit is None else min(limit, most))
        if size is not None:
            self._store.refuse(size, room)  # before anything is written
        with (
            self._rooms.coming(size) as coming,
            self._store.receive(self._taken(chunks, room, coming), room) as staged,
        ):
            _refuse_other(staged, size, sha256)
            with self._counted(staged, coming):
                yield staged

    @contextmanager
    def adopted(
        self, staged: Staged, size: int | None = None, sha256: str | None = None
    ) -> Iterator[Staged]:
        """A content that lies in a file of the archive's folder already, safe in there.

        Args:
            staged: Where it lies; whoever brings it removes what is not placed.
            size: How many bytes were promised.
            sha256: Which hash was promised, as hex digits.

        Raises:
            UploadTruncatedError: It has not as many bytes as were promised.
            UploadHashError: It has another hash than was promised.
            UploadTooLargeError: It has more bytes than are allowed.
            ArchiveFullError: It may not stay.
        """
        self._store.refuse(staged.size, Room(self.limits.upload_bytes))
        _refuse_other(staged, size, sha256)
        with (
            self._rooms.coming(staged.size, is_here=True) as coming,
            self._counted(staged, coming),
        ):
            yield staged

    @contextmanager
    def _counted(self, staged: Staged, coming: Coming) -> Iterator[None]:
        self._coming[staged.file] = coming
        try:
            yield
        finally:
            self._coming.pop(staged.file, None)

    def _taken(self, chunks: Iterable[bytes], room: Room, coming: Coming) -> Iterator[bytes]:
        """The pieces as they come, each as long as there is room for it."""
        for chunk in chunks:
            self._store.refuse(coming.came + len(chunk), room)
            coming.take(len(chunk))
            yield chunk

    def _free_bytes(self) -> int:
        with self._store.told():
            return self._store.disk.free_bytes(self._store.folder)

    def place(
        self, staged: Staged, name_it: Callable[[], bool], named: Callable[[str], bool]
    ) -> None:
        """Give a content its name, and let a record name it: in this order.

        Args:
            staged: The content.
            name_it: Writes the record; returns once that is on disk, and says whether the
                catalogue did not know the content before. What lies on the disk does not say
                it: a record may have failed to follow, or what it names may have been damaged.
            named: Says whether the catalogue knows a content, by its SHA-256.

        Raises:
            ArchiveError: No record names it. A content that came for it has gone again, unless
                the record may still be written.
        """
        with self.alone_with(staged.sha256):
            came = not self._store.path_of(staged.sha256).exists()
            placed = False
            try:
                self._store.place(staged)
                placed = True
                new = name_it()
            except ArchiveError as error:
                if came and (not placed or isinstance(error, _REFUSALS)):
                    self._take_back(staged.sha256, named)
                raise
        change = staged.size if new else 0
        coming = self._coming.get(staged.file)
        if coming is None:
            self.count_bytes(change)
        else:
            self._rooms.came(coming, change)

    def _take_back(self, sha256: str, named: Callable[[str], bool]) -> None:
        # What cannot even be looked up or removed is found by the sweeper.
        with suppress(ArchiveError):
            if not named(sha256):
                self._store.remove(sha256)

    @contextmanager
    def alone_with(self, sha256: str) -> Iterator[None]:
        """Nobody else puts or removes that content in the body of the `with`."""
        with self._stripes[int(sha256[:4], 16) % _STRIPES]:
            yield


def _refuse_other(staged: Staged, size: int | None, sha256: str | None) -> None:
    if size is not None and staged.size != size:
        raise UploadTruncatedError(size, staged.size)
    if sha256 is not None and staged.sha256 != sha256.lower():
        raise UploadHashError(sha256, staged.sha256)
