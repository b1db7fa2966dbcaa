"""What uploads that come at the same time may take together."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from app.archive.archive import Archive
from app.archive.disk import Disk
from app.archive.errors import ArchiveError, ArchiveFullError
from app.archive.limits import ArchiveLimits

if TYPE_CHECKING:
    from tests.app.archive.conftest import OpensArchive

PIECE = 1000


class Together:
    """Uploads of which each has brought its first piece before any of them goes on."""

    def __init__(self, archive: Archive, count: int, pieces: int, *, promised: bool) -> None:
        self._archive = archive
        self._pieces = pieces
        self._size = pieces * PIECE if promised else None
        self._all_there = threading.Barrier(count)
        self.kept: list[int] = []
        self.refused: list[ArchiveError] = []
        self._threads = [threading.Thread(target=self._keep, args=(n,)) for n in range(count)]

    def run(self) -> None:
        for thread in self._threads:
            thread.start()
        for thread in self._threads:
            thread.join(60)

    def _coming(self, number: int) -> Iterator[bytes]:
        yield bytes([number]) * PIECE
        self._all_there.wait(60)
        for _ in range(self._pieces - 1):
            yield bytes([number]) * PIECE

    def _keep(self, number: int) -> None:
        try:
            self._archive.keep(self._coming(number), f"file {number}", size=self._size)
            self.kept.append(number)
        except ArchiveError as error:
            self.refused.append(error)
            self._all_there.abort()
        except threading.BrokenBarrierError:
            self.refused.append(ArchiveError("another was refused before"))


def test_the_quota_holds_for_uploads_that_come_at_the_same_time(opens: OpensArchive) -> None:
    archive = opens(limits=ArchiveLimits(low_bytes=0, quota_bytes=10 * PIECE))
    together = Together(archive, 8, 8, promised=False)

    together.run()

    assert len(together.refused) >= 7
    assert archive.usage().bytes <= 10 * PIECE
    for _ in range(10 - archive.usage().bytes // PIECE):  # nothing stays reserved
        archive.keep(bytes(PIECE - 1) + bytes([_]), "after")
    with pytest.raises(ArchiveFullError, match="may take"):
        archive.keep(b"x" * PIECE, "too much")


def test_of_those_that_say_how_long_they_are_as_many_begin_as_have_room(
    opens: OpensArchive,
) -> None:
    archive = opens(limits=ArchiveLimits(low_bytes=0, quota_bytes=10 * PIECE))
    gate, begun = threading.Event(), threading.Event()

    def slowly() -> Iterator[bytes]:
        yield b"a" * PIECE
        begun.set()
        assert gate.wait(60)
        yield b"b" * (7 * PIECE)

    first = threading.Thread(target=lambda: archive.keep(slowly(), "first", size=8 * PIECE))
    first.start()
    assert begun.wait(60)
    with pytest.raises(ArchiveFullError, match="may take"):
        archive.keep([b"c" * (8 * PIECE)], "second", size=8 * PIECE)
    archive.keep(b"d" * (2 * PIECE), "third")
    gate.set()
    first.join(60)

    assert archive.usage().bytes == 10 * PIECE


class SmallDisk(Disk):
    """A disk with little room; nothing that is written takes any of it."""

    def free_bytes(self, path: object) -> int:
        return 100 * PIECE


def test_the_low_mark_holds_for_uploads_that_come_at_the_same_time(opens: OpensArchive) -> None:
    archive = opens(SmallDisk(), limits=ArchiveLimits(low_bytes=90 * PIECE))
    gate, begun = threading.Event(), threading.Event()

    def slowly() -> Iterator[bytes]:
        begun.set()
        assert gate.wait(60)
        yield b"b" * (8 * PIECE)

    first = threading.Thread(target=lambda: archive.keep(slowly(), "first", size=8 * PIECE))
    first.start()
    assert begun.wait(60)
    with pytest.raises(ArchiveFullError, match="left on the disk"):
        archive.keep(b"c" * (8 * PIECE), "second")
    gate.set()
    first.join(60)
    assert archive.keep(b"c" * (8 * PIECE), "second").size == 8 * PIECE


def test_the_same_content_at_the_same_time_takes_its_room_once(opens: OpensArchive) -> None:
    archive = opens(limits=ArchiveLimits(low_bytes=0, quota_bytes=10 * PIECE))
    for _ in range(4):
        archive.keep(b"a" * (5 * PIECE), "same")

    assert archive.usage().bytes == 5 * PIECE
    assert archive.keep(b"b" * (5 * PIECE), "other").size == 5 * PIECE
