"""T12: a disk that is really full, and one that fails at any call, beneath an archive."""

from __future__ import annotations

import errno
import hashlib
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import httpx
import pytest

from app.archive.archive import Archive
from app.archive.disk import Disk
from app.archive.errors import ArchiveError, ArchiveFullError
from app.archive.limits import ArchiveLimits
from app.archive.records import ArchivedFile, FileQuery, FileState
from app.archive.sweeping import sweep
from app.archiving import ArchivingRules
from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.database.database import Database
from app.server.settings import ServerSettings
from app.server.thread import ServerThread
from app.server.upload_parts import FOLDER as UPLOADS

if TYPE_CHECKING:
    from tests.app.conftest import MountedDisk

sys.path.append(str(Path(__file__).parent))

MIB = 2**20


class SmallDisk(Protocol):
    """A disk that can be filled, and emptied again."""

    folder: Path

    def fill(self) -> None: ...

    def empty(self) -> None: ...


class LimitedDisk:
    """Where nothing may be mounted: no file may grow beyond the largest that is there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self) -> None:
        sizes = [file.stat().st_size for file in self.folder.rglob("*") if file.is_file()]
        resource.setrlimit(resource.RLIMIT_FSIZE, (max(sizes), self._before[1]))

    def empty(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)


class Unwilling(Disk):
    """Fails at the n-th thing it is asked to change.

    Attributes:
        left: How many calls it still obeys; None for all.
        code: How it fails.
    """

    def __init__(self) -> None:
        self.left: int | None = None
        self.code = errno.EIO

    def _obey(self) -> None:
        if self.left is None:
            return
        self.left -= 1
        if self.left == -1:
            raise OSError(self.code, os.strerror(self.code))

    def create(self, path: Path) -> int:
        self._obey()
        return super().create(path)

    def write(self, descriptor: int, data: memoryview) -> int:
        self._obey()
        return super().write(descriptor, data[:4])

    def finish(self, descriptor: int) -> None:
        self._obey()
        super().finish(descriptor)

    def close(self, descriptor: int) -> None:
        super().close(descriptor)  # a file is closed, also where that says it failed
        self._obey()

    def rename_new(self, source: Path, target: Path) -> None:
        self._obey()
        super().rename_new(source, target)

    def make_folder(self, path: Path) -> bool:
        self._obey()
        return super().make_folder(path)

    def sync_folder(self, path: Path) -> None:
        self._obey()
        super().sync_folder(path)

    def remove(self, path: Path) -> None:
        self._obey()
        super().remove(path)


@pytest.fixture
def small_disk(
    mounted_disk: MountedDisk | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SmallDisk]:
    if mounted_disk is not None:
        yield mounted_disk
        return
    limited = LimitedDisk(tmp_path_factory.mktemp("disk"))
    yield limited
    limited.empty()


@pytest.fixture
def unwilling() -> Unwilling:
    return Unwilling()


@pytest.fixture
def full(small_disk: SmallDisk, unwilling: Unwilling) -> Iterator[Archive]:
    """An archive on that disk, its catalogue too."""
    database = Database.at_file(small_disk.folder / "labwright.db")
    limits = ArchiveLimits(low_bytes=0)
    archive = Archive(database, small_disk.folder / "files", limits=limits, disk=unwilling)
    archive.open()
    yield archive
    small_disk.empty()
    archive.close()
    database.close()


def left_over(archive: Archive) -> list[str]:
    """What lies where only what is on its way in should."""
    return [each.name for each in archive.store.staging.iterdir()]


def content_of(archive: Archive, file: ArchivedFile) -> bytes:
    with archive.open_file(file.id) as stream:
        return stream.read()


def sound(archive: Archive) -> dict[str, str]:
    """All files that have content, by name; each of them opens and is what it says."""
    found = archive.find(FileQuery(limit=1000)).files
    for file in found:
        assert hashlib.sha256(content_of(archive, file)).hexdigest() == file.sha256
    return {file.name: file.sha256 for file in found}


def test_a_disk_that_becomes_full_while_a_file_comes_keeps_what_was_there(
    full: Archive, small_disk: SmallDisk
) -> None:
    before = full.keep(b"was there", "before")

    def coming() -> Iterator[bytes]:
        yield os.urandom(MIB)
        small_disk.fill()
        yield os.urandom(MIB)

    with pytest.raises(ArchiveFullError):
        full.keep(coming(), "too much", size=2 * MIB)

    assert left_over(full) == []
    assert sound(full) == {"before": before.sha256}
    small_disk.empty()
    after = full.keep(os.urandom(MIB), "after")
    assert sound(full) == {"before": before.sha256, "after": after.sha256}


def test_a_disk_that_becomes_full_before_the_record_is_written_promises_nothing(
    full: Archive, small_disk: SmallDisk
) -> None:
    acknowledged = {"first": full.keep(b"content", "first").sha256}
    small_disk.fill()

    # The catalogue goes on for as long as its log has room of its own.
    for number in range(200):
        try:
            file = full.create(f"draft {number}", notes="n" * 90_000)
        except ArchiveError:
            break
        assert full.get(file.id).state is FileState.DRAFT
    else:
        pytest.fail("the catalogue was never full")
    with pytest.raises(ArchiveError):
        full.keep(b"n", "second", notes="n" * 90_000)

    assert sound(full) == acknowledged
    assert left_over(full) == []
    small_disk.empty()
    acknowledged["second"] = full.keep(b"n", "second").sha256
    assert sound(full) == acknowledged
    sweep(full, grace_s=0)
    assert full.usage().bytes == len(b"content") + len(b"n")


def keeps(archive: Archive, folder: Path) -> None:
    archive.keep(b"new content", "new")


def moves_in(archive: Archive, folder: Path) -> None:
    source = folder / "source"
    source.write_bytes(b"new content")
    draft = archive.create("new")
    try:
        archive.put_file(draft.id, source, move=True)
    except ArchiveError:
        assert source.read_bytes() == b"new content"
        raise


def replaces(archive: Archive, folder: Path) -> None:
    """The content that is there is damaged, and comes again."""
    (file,) = archive.find(FileQuery(text="before")).files
    path = archive.path_of(file.id)
    path.chmod(0o600)
    path.write_bytes(b"WAS THERE")
    archive.keep(b"was there", "new")


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("doing", [keeps, moves_in, replaces])
def test_a_disk_that_fails_at_any_call_promises_nothing_false(
    full: Archive,
    unwilling: Unwilling,
    tmp_path: Path,
    doing: Callable[[Archive, Path], None],
    code: int,
) -> None:
    archive, disk = full, unwilling
    disk.code = code
    archive.keep(b"was there", "before")
    obeyed = failed = 0
    while True:
        disk.left = obeyed
        try:
            doing(archive, tmp_path)
        except ArchiveError:
            failed += 1
            said = False
        else:
            said = True
        done, disk.left = disk.left >= 0, None
        linked = sound_but(archive, {"before"} if doing is replaces else set())
        assert "before" in linked
        # Who was told that a file is kept finds it; only of a source that could not be removed
        # is it said that it did not go well although the file is there.
        assert ("new" in linked) is said or doing is moves_in
        archive.keep(b"was there", "mended")
        for file in archive.find(FileQuery(state=None)).files:
            if file.name != "before":
                if file.state is FileState.LINKED:
                    archive.trash(file.id)
                archive.delete(file.id)
        sweep(archive, grace_s=-1)
        assert left_over(archive) == []
        assert archive.usage().bytes == len(b"was there")
        assert sound(archive).keys() == {"before"}
        if done:
            break
        obeyed += 1
    assert failed >= 8


def sound_but(archive: Archive, damaged: set[str]) -> set[str]:
    """All names; each file but those opens and is what it says."""
    found = archive.find(FileQuery(limit=1000)).files
    for file in found:
        if file.name not in damaged:
            assert hashlib.sha256(content_of(archive, file)).hexdigest() == file.sha256
    return {file.name for file in found}


def test_a_content_that_cannot_be_removed_is_counted_until_it_is_gone(
    full: Archive, unwilling: Unwilling
) -> None:
    file = full.keep(b"content", "a")
    full.trash(file.id)
    full.delete(file.id)

    unwilling.left = 0
    with pytest.raises(ArchiveError):
        sweep(full, grace_s=-1)
    unwilling.left = None
    sweep(full)  # it is found again

    assert full.usage().bytes == len(b"content")
    assert sweep(full, grace_s=-1).removed == [file.sha256]
    assert full.usage().bytes == 0


@pytest.fixture
def bench(small_disk: SmallDisk) -> Iterator[Bench]:
    """A bench with all its data on that disk."""
    things = (ThingSpec("probe", "kept_things:Probe"), ThingSpec("lamp", "kept_things:Lamp"))
    opened = Bench(
        BenchSpec("Kept", things),
        data_folder=small_disk.folder / "data",
        archiving=ArchivingRules(low_mb=0.0),
    )
    opened.open()
    yield opened
    small_disk.empty()
    opened.close()


@pytest.mark.parametrize("named", [True, False])
def test_an_upload_for_which_the_disk_becomes_too_small_is_refused_and_leaves_nothing(
    bench: Bench, small_disk: SmallDisk, named: bool
) -> None:
    archive = bench.opened_archive
    content = os.urandom(2 * MIB)
    digest = hashlib.sha256(content).hexdigest()
    query = {"sha256": digest} if named else {}
    before = archive.keep(b"was there", "before")
    server = ServerThread(bench, ServerSettings(port=0))
    server.start()
    try:
        with httpx.Client(base_url=server.url, timeout=60) as http:
            id = http.post("/archive", json={"name": "cells"}).json()["id"]

            def coming() -> Iterator[bytes]:
                yield content[:MIB]
                until_came(archive, MIB)
                small_disk.fill()
                yield content[MIB:]

            refused = http.put(f"/archive/{id}/content", params=query, content=coming())

            assert refused.status_code == 507
            assert refused.json()["title"] == "ArchiveFullError"
            assert http.get(f"/archive/{id}").json()["state"] == "draft"
            assert http.get(before.uri).content == b"was there"
            assert left_over(archive) == []
            assert list((archive.folder / UPLOADS).iterdir()) == []
            small_disk.empty()
            taken = http.put(f"/archive/{id}/content", params=query, content=content)
            assert taken.status_code == 201, taken.text
            assert taken.json()["sha256"] == digest
            assert http.get(taken.json()["uri"]).content == content
    finally:
        server.stop()


def until_came(archive: Archive, size: int) -> None:
    """Wait until so many bytes of an upload are on the disk."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        files = [*archive.store.staging.iterdir(), *(archive.folder / UPLOADS).glob("*")]
        if any(file.stat().st_size >= size for file in files):
            return
        threading.Event().wait(0.01)
    pytest.fail("it never came")


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_an_upload_that_a_disk_fails_at_any_call_leaves_nothing_and_comes_the_next_time(
    bench: Bench, code: int
) -> None:
    archive = bench.opened_archive
    disk = archive.store.disk = Unwilling()
    disk.code = code
    before = archive.keep(b"was there", "before")
    server = ServerThread(bench, ServerSettings(port=0))
    server.start()
    obeyed = failed = 0
    try:
        with httpx.Client(base_url=server.url, timeout=60) as http:
            while True:
                id = http.post("/archive", json={"name": "cells"}).json()["id"]
                content = b"%d cells and more" % obeyed
                disk.left = obeyed
                answer = http.put(f"/archive/{id}/content", content=content)
                done, disk.left = disk.left >= 0, None
                failed += not answer.is_success

                assert answer.status_code in ((201,) if done else (201, 503, 507))
                state = http.get(f"/archive/{id}").json()["state"]
                assert state == ("linked" if answer.is_success else "draft")
                assert http.get(before.uri).content == b"was there"
                if not answer.is_success:
                    assert http.put(f"/archive/{id}/content", content=content).status_code == 201
                assert http.get(f"/archive/{id}/content").content == content
                assert left_over(archive) == []
                assert list((archive.folder / UPLOADS).iterdir()) == []
                if done:
                    break
                obeyed += 1
    finally:
        server.stop()
    assert failed >= 5
