"""A content that lies in the archive's folder already is kept by giving it a name."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.archive.archive import Archive
from app.archive.errors import (
    ArchiveFullError,
    FileStateError,
    UploadHashError,
    UploadTooLargeError,
    UploadTruncatedError,
)
from app.archive.limits import ArchiveLimits
from app.archive.store import Staged
from app.server.upload_parts import UploadPart, UploadParts

if TYPE_CHECKING:
    from tests.app.archive.conftest import OpensArchive

CONTENT = b"what came over the network"
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def archive(opens: OpensArchive) -> Archive:
    return opens(limits=ArchiveLimits(low_bytes=0, upload_bytes=100, quota_bytes=60))


@pytest.fixture
def parts(archive: Archive) -> UploadParts:
    return UploadParts(archive.folder, archive.store)


def came(parts: UploadParts, content: bytes = CONTENT) -> UploadPart:
    """A part in two pieces, of which the first came before the program was started anew."""
    digest = hashlib.sha256(content).hexdigest()
    first = parts.take(digest)
    first.write(content[:5])
    first.close(keep=True)
    part = parts.take(digest)
    part.write(content[5:])
    return part


def file_of(part: UploadPart) -> Path:
    return part._file


def test_it_is_renamed_and_not_written_again(archive: Archive, parts: UploadParts) -> None:
    id = archive.create("a").id
    part = came(parts)
    before = file_of(part).stat().st_ino

    file = archive.put_staged(id, part.finish(), size=len(CONTENT), sha256=DIGEST.upper())
    part.close(keep=False)

    kept = archive.path_of(id)
    assert (file.sha256, file.size, file.version) == (DIGEST, len(CONTENT), 1)
    assert kept.read_bytes() == CONTENT
    assert kept.stat().st_ino == before
    assert kept.stat().st_mode & 0o777 == 0o444
    assert parts.size_of(DIGEST) is None
    assert archive.usage().bytes == len(CONTENT)


def test_what_is_here_already_is_not_kept_twice(archive: Archive, parts: UploadParts) -> None:
    first = archive.keep(CONTENT, "first")
    id = archive.create("second").id
    part = came(parts)

    second = archive.put_staged(id, part.finish())
    part.close(keep=False)

    assert second.sha256 == first.sha256
    assert archive.usage().bytes == len(CONTENT)
    assert parts.size_of(DIGEST) is None


@pytest.mark.parametrize(
    ("promised", "error"),
    [
        ({"size": len(CONTENT) + 1}, UploadTruncatedError),
        ({"sha256": "ab" * 32}, UploadHashError),
    ],
)
def test_what_was_not_promised_is_refused_and_can_be_gone_on_with(
    archive: Archive, parts: UploadParts, promised: dict[str, object], error: type[Exception]
) -> None:
    id = archive.create("a").id
    part = came(parts)

    with pytest.raises(error):
        archive.put_staged(id, part.finish(), **promised)  # type: ignore[arg-type] # one of them
    part.close(keep=True)

    assert archive.get(id).sha256 == ""
    assert archive.usage().bytes == 0
    again = parts.take(DIGEST)
    again.write(b"!")
    assert again.size == len(CONTENT) + 1
    again.close(keep=False)


def test_what_is_too_long_or_beyond_the_quota_is_refused(
    archive: Archive, parts: UploadParts
) -> None:
    id = archive.create("a").id
    for content, error in ((b"x" * 101, UploadTooLargeError), (b"x" * 61, ArchiveFullError)):
        part = came(parts, content)
        with pytest.raises(error):
            archive.put_staged(id, part.finish())
        part.close(keep=False)

    assert list(archive.store.objects.rglob("*/*/*")) == []


def test_a_file_in_the_trash_takes_nothing(archive: Archive, parts: UploadParts) -> None:
    id = archive.keep(b"x", "a").id
    archive.trash(id)
    part = came(parts)

    with pytest.raises(FileStateError):
        archive.put_staged(id, part.finish())
    part.close(keep=True)

    assert archive.usage().bytes == 1


def test_what_the_disk_took_only_in_part_is_refused(archive: Archive, parts: UploadParts) -> None:
    part = came(parts)
    os.truncate(file_of(part), 3)

    with pytest.raises(Exception, match="took 3 bytes of 26"):
        part.finish()
    part.close(keep=False)


def test_a_part_that_came_in_one_go_is_not_read_again(
    archive: Archive, parts: UploadParts, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = parts.take(DIGEST)
    part.write(CONTENT)
    monkeypatch.setattr("app.server.upload_parts.digest_of", lambda stream: "nobody asked")

    assert part.finish() == Staged(file_of(part), len(CONTENT), DIGEST)
    part.close(keep=False)
