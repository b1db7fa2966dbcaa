"""Small pictures of what is kept: made once, refused once, nothing held."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest

from app.archive.archive import Archive
from app.archive.limits import ArchiveLimits
from app.database.of_bench import open_bench_database
from app.handles import Picture
from app.imaging.decoder import ImageDecoder
from app.imaging.errors import ImageRefusedError, ImageTooCostlyError
from app.imaging.limits import ImageLimits
from app.thumbnails import Thumbnails


class Refusing(ImageDecoder):
    """Opens nothing, and counts what it is given."""

    def __init__(self) -> None:
        super().__init__(ImageLimits(memory_bytes=122 * 2**20))
        self.given: list[bytes] = []

    def submit(
        self, data: bytes, media_type: str = "", max_edge: int | None = None
    ) -> Future[Picture]:
        self.given.append(data)
        future: Future[Picture] = Future()
        future.set_exception(ImageRefusedError("it is none"))
        return future


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    database = open_bench_database(tmp_path / "data")
    opened = Archive(database, tmp_path / "files", limits=ArchiveLimits(low_bytes=0))
    opened.open()
    yield opened
    opened.close()
    database.close()


def test_of_what_is_no_picture_nothing_stays_in_memory(archive: Archive) -> None:
    decoder = Refusing()
    small = Thumbnails(archive, lambda: decoder)
    file = archive.keep(b"no picture" * 1000, "a", media_type="image/png")

    for _ in range(3):
        with pytest.raises(ImageRefusedError, match="it is none"):
            small.of(file)

    [data] = decoder.given  # it was tried once
    decoder.given.clear()
    # Only the name here and the argument of the call still lead to it.
    assert sys.getrefcount(data) == 2


def test_what_is_too_large_is_not_even_read(archive: Archive) -> None:
    decoder = Refusing()
    small = Thumbnails(archive, lambda: decoder)
    file = archive.keep(bytes(2**20 + 1), "a", media_type="image/png")

    with pytest.raises(ImageTooCostlyError):
        small.of(file)

    assert decoder.given == []


def test_the_picture_is_of_the_content_it_is_remembered_under(archive: Archive) -> None:
    decoder = Refusing()
    small = Thumbnails(archive, lambda: decoder)
    first = archive.keep(b"first", "a", media_type="image/png")
    archive.put(first.id, b"second")

    with pytest.raises(ImageRefusedError):
        small.of(first)

    assert decoder.given == [b"first"]
