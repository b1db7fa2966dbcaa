"""Room for what comes in: what all uploads of one moment may take together.

Each upload looks at the disk and at the quota when it begins, and as it goes on; what others are
about to bring counts as if it were there. Otherwise eight that begin together would each be given
the same room.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.archive.errors import ArchiveFullError

if TYPE_CHECKING:
    from app.archive.limits import ArchiveLimits


class Coming:
    """One upload that comes in, and the room that is left to it. Made by `Rooms`.

    Args:
        rooms: All of them.
        promised: How many bytes it will have; 0 where nobody said.
    """

    def __init__(self, rooms: Rooms, promised: int) -> None:
        self._rooms = rooms
        self.promised = promised
        self.came = 0
        self._newest = 0

    @property
    def size(self) -> int:
        """What it takes in the end, as far as that is known."""
        return max(self.promised, self.came)

    @property
    def to_come(self) -> int:
        """What is not on the disk yet, as far as that is known."""
        return max(0, self.promised - self.came) + self._newest

    def is_here(self) -> None:
        """All of it is on the disk already."""
        self.came = self.promised

    def take(self, count: int) -> None:
        """Some bytes came, and are about to be written.

        Raises:
            ArchiveFullError: There is no room for them.
        """
        self.came += count
        self._newest = count
        if self.came > self.promised:
            self._rooms.refuse()


class Rooms:
    """All uploads that come in at a moment. Used from any thread.

    Args:
        limits: How much may be taken.
        free_bytes: Room on the disk.
    """

    def __init__(self, limits: Callable[[], ArchiveLimits], free_bytes: Callable[[], int]) -> None:
        self._limits = limits
        self._free_bytes = free_bytes
        self._lock = threading.Lock()
        self._coming: set[Coming] = set()
        self._taken_bytes = 0

    @property
    def taken_bytes(self) -> int:
        """What all contents take."""
        return self._taken_bytes

    def begin(self, taken_bytes: int) -> None:
        """Go on from what is there already."""
        self._taken_bytes = taken_bytes

    def count(self, change: int) -> None:
        """Contents came or went."""
        with self._lock:
            self._taken_bytes += change

    @contextmanager
    def coming(self, size: int | None, *, is_here: bool = False) -> Iterator[Coming]:
        """Room for an upload in the body of the `with`.

        Args:
            size: How many bytes were promised; None where nobody said.
            is_here: Whether they lie on the disk already.

        Raises:
            ArchiveFullError: There is none.
        """
        mine = Coming(self, size or 0)
        if is_here:
            mine.is_here()
        with self._lock:
            self._coming.add(mine)
        try:
            self.refuse()
            yield mine
        finally:
            with self._lock:
                self._coming.discard(mine)

    def came(self, coming: Coming, change: int) -> None:
        """An upload has become part of what is there.

        Args:
            coming: Which one.
            change: What it takes; 0 where its content was there.
        """
        with self._lock:
            self._coming.discard(coming)
            self._taken_bytes += change

    def refuse(self, more: int = 0) -> None:
        """Say so where there is too little room for all that comes.

        Args:
            more: Beside what comes already, in bytes.

        Raises:
            ArchiveFullError: There is.
        """
        limits = self._limits()
        with self._lock:
            taken = self._taken_bytes + more + sum(each.size for each in self._coming)
            to_come = more + sum(each.to_come for each in self._coming)
        if limits.quota_bytes is not None and taken > limits.quota_bytes:
            raise ArchiveFullError(limits.beyond_quota)
        if self._free_bytes() - to_come < limits.low_bytes:
            raise ArchiveFullError(limits.beyond_low)
