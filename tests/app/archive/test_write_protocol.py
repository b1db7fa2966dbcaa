"""In which order a file is kept, and what a failing disk leaves behind at each step."""

from __future__ import annotations

import errno
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, event, update

from app.archive.archive import Archive
from app.archive.disk import Disk
from app.archive.errors import (
    ArchiveError,
    ArchiveFolderError,
    ArchiveFullError,
    FileStateError,
    UploadChangedError,
    UploadTooLargeError,
)
from app.archive.limits import ArchiveLimits
from app.archive.records import FileQuery, FileState
from app.archive.sweeping import sweep
from app.database.archive_tables import objects
from app.database.database import Database

if TYPE_CHECKING:
    from tests.app.archive.conftest import Events, OpensArchive


on_both_databases = pytest.mark.parametrize(
    "catalogue_url", ["sqlite", "postgresql"], indirect=True
)


class RecordingDisk(Disk):
    """Writes down what is asked of the disk, and fails or takes little where a test says so."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.failing: dict[str, int] = {}
        self.at_a_time: int | None = None

    def _note(self, call: str, path: Path | None = None) -> None:
        where = "" if path is None else f" {path.parent.name if len(path.name) > 2 else path.name}"
        self.calls.append(call + where)
        if call in self.failing:
            code = self.failing[call]
            raise OSError(code, os.strerror(code))

    def create(self, path: Path) -> int:
        self._note("create", path)
        return super().create(path)

    def write(self, descriptor: int, data: memoryview) -> int:
        self._note("write")
        return super().write(descriptor, data[: self.at_a_time])

    def finish(self, descriptor: int) -> None:
        self._note("fsync")
        super().finish(descriptor)

    def rename_new(self, source: Path, target: Path) -> None:
        self._note("rename")
        super().rename_new(source, target)

    def sync_folder(self, path: Path) -> None:
        self._note("fsync folder", path)
        super().sync_folder(path)

    def remove(self, path: Path) -> None:
        self._note("remove", path)
        super().remove(path)


@pytest.fixture
def disk() -> RecordingDisk:
    return RecordingDisk()


def contents(archive: Archive) -> list[Path]:
    return [path for path in archive.store.objects.rglob("*") if path.is_file()]


def staged(archive: Archive) -> list[Path]:
    return list(archive.store.staging.iterdir())


def note_commits(database: Database, calls: list[str]) -> None:
    engine = database.writer._engine

    def committed(connection: Connection) -> None:
        calls.append("commit")

    event.listen(engine, "commit", committed)


@on_both_databases
def test_write_fsync_rename_fsync_folder_commit_and_only_then_the_source_goes(
    opens: OpensArchive, database: Database, disk: RecordingDisk, tmp_path: Path
) -> None:
    archive = opens(disk)
    draft = archive.create("a")
    source = tmp_path / "source"
    source.write_bytes(b"content")
    note_commits(database, disk.calls)
    disk.calls.clear()

    file = archive.put_file(draft.id, source, move=True)

    outer, inner = file.sha256[:2], file.sha256[2:4]
    assert disk.calls == [
        "create staging",
        "write",
        "fsync",
        "fsync folder files",  # objects/, in which ab/ is new
        f"fsync folder {outer}",
        "rename",
        f"fsync folder {inner}",
        "commit",
        "remove staging",  # nothing is there any more
        f"remove {tmp_path.name}",
    ]
    assert not source.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="folders cannot be synced there")
def test_the_disk_is_really_asked_to_sync_the_file_and_then_its_folder(
    opens: OpensArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = opens(Disk())
    done: list[tuple[str, int]] = []
    fsync, rename = os.fsync, Disk.rename_new

    def synced(descriptor: int) -> None:
        fsync(descriptor)
        done.append(("fsync", os.fstat(descriptor).st_ino))

    def renamed(disk: Disk, source: Path, target: Path) -> None:
        rename(disk, source, target)
        done.append(("rename", target.stat().st_ino))

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Disk, "rename_new", renamed)

    path = archive.path_of(archive.keep(b"content", "a").id)

    monkeypatch.undo()
    file, folder = path.stat().st_ino, path.parent.stat().st_ino
    wanted = [("fsync", file), ("rename", file), ("fsync", folder)]
    assert [each for each in done if each in wanted] == wanted


def test_the_folder_is_synced_also_where_the_content_was_there(
    opens: OpensArchive, database: Database, disk: RecordingDisk
) -> None:
    archive = opens(disk)
    archive.keep(b"content", "first")
    note_commits(database, disk.calls)
    disk.calls.clear()

    file = archive.keep(b"content", "second")

    assert disk.calls == [
        "create staging",
        "write",
        "fsync",
        "rename",
        f"fsync folder {file.sha256[2:4]}",
        "commit",
        "remove staging",
    ]


def test_a_disk_that_takes_little_at_a_time_gets_it_all(
    opens: OpensArchive, disk: RecordingDisk
) -> None:
    archive = opens(disk)
    disk.at_a_time = 7
    content = os.urandom(1000)

    file = archive.keep(content, "a")

    with archive.open_file(file.id) as stream:
        assert stream.read() == content


def test_a_disk_that_takes_nothing_more_is_full(opens: OpensArchive, disk: RecordingDisk) -> None:
    archive = opens(disk)
    disk.at_a_time = 0

    with pytest.raises(ArchiveFullError):
        archive.keep(b"content", "a")

    disk.at_a_time = None
    assert archive.keep(b"content", "a").size == 7
    assert staged(archive) == []


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS])
@pytest.mark.parametrize("step", ["create", "write", "fsync", "rename", "fsync folder"])
def test_a_disk_that_fails_at_a_step_keeps_nothing_false_and_it_goes_on_by_itself(
    opens: OpensArchive, disk: RecordingDisk, tmp_path: Path, step: str, code: int
) -> None:
    archive = opens(disk)
    before = archive.keep(b"was there", "before")
    draft = archive.create("a")
    source = tmp_path / "source"
    source.write_bytes(b"content")
    expected = {
        errno.ENOSPC: ArchiveFullError,
        errno.EDQUOT: ArchiveFullError,
        errno.EROFS: ArchiveFolderError,
    }.get(code, ArchiveError)
    disk.failing = {step: code}

    with pytest.raises(expected):
        archive.put_file(draft.id, source, move=True)

    disk.failing = {}
    assert source.read_bytes() == b"content"
    assert archive.get(draft.id).state is FileState.DRAFT
    with archive.open_file(before.id) as stream:
        assert stream.read() == b"was there"
    sweep(archive, grace_s=0)
    assert len(contents(archive)) == 1

    file = archive.put_file(draft.id, source, move=True)
    with archive.open_file(file.id) as stream:
        assert stream.read() == b"content"
    assert not source.exists()


def test_a_full_database_keeps_the_source_and_promises_nothing(
    opens: OpensArchive, database: Database, tmp_path: Path
) -> None:
    archive = opens()
    draft = archive.create("a")
    source = tmp_path / "source"
    source.write_bytes(os.urandom(1000))
    pages = [1]

    def limit(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages[0]}").fetchall()

    event.listen(database.writer._engine, "begin", limit)
    with pytest.raises(ArchiveFullError):
        archive.update(draft.id, notes="n" * 90_000)
    pages[0] = 1_000_000

    assert source.exists()
    assert archive.put_file(draft.id, source).state is FileState.LINKED


def test_what_cannot_be_removed_where_it_was_is_kept_and_said(
    opens: OpensArchive, disk: RecordingDisk, tmp_path: Path, events: Events
) -> None:
    archive = opens(disk)
    draft = archive.create("a")
    source = tmp_path / "source"
    source.write_bytes(b"content")

    def refuse(path: Path) -> None:
        if path == source:
            raise PermissionError(errno.EACCES, "not yours")

    disk.remove = refuse  # type: ignore[method-assign]  # only for the source
    with pytest.raises(ArchiveError, match="could not be removed"):
        archive.put_file(draft.id, source, move=True)

    assert archive.get(draft.id).state is FileState.LINKED
    assert events.kinds == ["FileKept"]


def test_a_damaged_content_is_replaced_by_the_same_one_that_comes_again(
    opens: OpensArchive,
) -> None:
    archive = opens()
    file = archive.keep(b"sound content", "a")
    path = archive.path_of(file.id)
    path.chmod(0o644)
    path.write_bytes(b"torn")

    again = archive.keep(b"sound content", "b")

    assert path.read_bytes() == b"sound content"
    assert again.sha256 == file.sha256
    assert len(list(archive.store.quarantine.iterdir())) == 1


@pytest.mark.parametrize("same", [True, False])
def test_many_uploads_at_once(either_archive: Archive, same: bool) -> None:
    archive = either_archive
    together = threading.Barrier(8)
    failures: list[BaseException] = []

    def upload(number: int) -> None:
        try:
            together.wait(30)
            content = b"x" * 100_000 if same else bytes([number]) * 100_000
            archive.keep(content, f"file {number}", tags=["many"])
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=upload, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failures == []
    page = archive.find(FileQuery(tags=("MANY",), total=True))
    assert page.total == 8
    assert len({file.number for file in page.files}) == 8
    assert len(contents(archive)) == (1 if same else 8)
    assert archive.usage().bytes == (1 if same else 8) * 100_000


def test_putting_and_removing_the_same_content_again_and_again_never_loses_it(
    opens: OpensArchive,
) -> None:
    archive = opens()
    content = b"comes and goes"
    stop = threading.Event()
    failures: list[BaseException] = []

    def sweeping() -> None:
        try:
            while not stop.is_set():
                sweep(archive, grace_s=-1)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=sweeping)
    thread.start()
    try:
        for _ in range(15):
            file = archive.keep(content, "a")
            with archive.open_file(file.id) as stream:
                assert stream.read() == content
            archive.trash(file.id)
            archive.delete(file.id)
    finally:
        stop.set()
        thread.join(60)
    assert failures == []


@pytest.fixture
def changed_after_the_commit(
    opens: OpensArchive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[Callable[[Path], None]], Path]:
    """Moves a file into the archive that is changed before it is removed; gives where it was."""

    def move(change: Callable[[Path], None]) -> Path:
        archive = opens()
        draft = archive.create("a")
        source = tmp_path / "source"
        source.write_bytes(b"first")
        link: Callable[..., None] = archive._link

        def changing(*given: object) -> None:
            link(*given)
            change(source)

        monkeypatch.setattr(archive, "_link", changing)
        archive.put_file(draft.id, source, move=True)
        return source

    return move


def test_a_file_that_another_put_in_its_place_is_not_removed(
    changed_after_the_commit: Callable[[Callable[[Path], None]], Path], tmp_path: Path
) -> None:
    def exchange(source: Path) -> None:
        other = tmp_path / "other"
        other.write_bytes(b"newer")
        other.replace(source)

    source = changed_after_the_commit(exchange)

    assert source.read_bytes() == b"newer"


def test_a_file_that_was_changed_since_it_was_kept_is_not_removed(
    changed_after_the_commit: Callable[[Callable[[Path], None]], Path], tmp_path: Path
) -> None:
    def go_on(source: Path) -> None:
        with source.open("ab") as more:
            more.write(b" and more")

    with pytest.raises(UploadChangedError):
        changed_after_the_commit(go_on)

    assert (tmp_path / "source").read_bytes() == b"first and more"


def test_a_disk_that_says_it_took_all_and_did_not_keeps_nothing(
    opens: OpensArchive, disk: RecordingDisk
) -> None:
    archive = opens(disk)
    write = Disk.write

    def lying(descriptor: int, data: memoryview) -> int:
        write(disk, descriptor, data[:40])
        return len(data)

    disk.write = lying  # type: ignore[method-assign]  # as a full one was seen to do
    with pytest.raises(ArchiveError, match="40 bytes of 100"):
        archive.keep(bytes(100), "a")

    assert contents(archive) == staged(archive) == []
    assert archive.find(FileQuery(state=None, total=True)).total == 0


def test_one_with_flipped_bits_gives_way_to_the_same_content_that_comes_again(
    opens: OpensArchive, tmp_path: Path
) -> None:
    archive = opens()
    file = archive.keep(b"sound content", "a")
    path = archive.path_of(file.id)
    path.chmod(0o644)
    path.write_bytes(b"sound CONTENT")
    source = tmp_path / "the only sound one"
    source.write_bytes(b"sound content")

    archive.put_file(archive.create("b").id, source, move=True)

    assert path.read_bytes() == b"sound content"
    assert not source.exists()


def test_a_content_that_lost_its_last_file_without_a_word_goes_in_two_phases_too(
    opens: OpensArchive, database: Database
) -> None:
    archive = opens()
    file = archive.keep(b"content", "a")
    archive.trash(file.id)
    archive.delete(file.id)
    forgotten = update(objects).values(unreferenced_us=None)
    archive.write(lambda connection: connection.execute(forgotten))

    first, second = sweep(archive, grace_s=0), sweep(archive, grace_s=0)

    assert first.unreferenced == [file.sha256]
    assert file.sha256 in (*first.removed, *second.removed)
    assert contents(archive) == []


def test_a_content_beyond_the_quota_is_refused_and_nothing_is_left(opens: OpensArchive) -> None:
    archive = opens(limits=ArchiveLimits(low_bytes=0, quota_bytes=1000, upload_bytes=800))
    archive.keep(b"a" * 600, "a")

    with pytest.raises(UploadTooLargeError):
        archive.keep(b"b" * 801, "b")
    with pytest.raises(ArchiveFullError):
        archive.keep([b"b" * 300, b"b" * 300], "b")
    with pytest.raises(ArchiveFullError):
        archive.keep(b"b" * 600, "b", size=600)
    with pytest.raises(UploadTooLargeError):
        archive.keep(b"b" * 300, "b", limit=200)
    assert staged(archive) == []
    assert archive.low == ""
    archive.keep(b"c" * 400, "c")
    assert "may" in archive.low
    with pytest.raises(ArchiveFullError):
        archive.refuse_low()


def test_below_the_low_mark_nothing_new_is_kept(opens: OpensArchive, disk: RecordingDisk) -> None:
    archive = opens(disk, limits=ArchiveLimits(low_bytes=2**20))
    free = [2**30]
    disk.free_bytes = lambda path: free[0]  # type: ignore[method-assign]  # as full as we like
    file = archive.keep(b"content", "a")

    free[0] = 2**20 + 3
    with pytest.raises(ArchiveFullError, match="1 MB"):
        archive.keep(b"other", "b")
    free[0] = 2**20 - 1
    assert "free" in archive.low
    with archive.open_file(file.id) as stream:
        assert stream.read() == b"content"
    free[0] = 2**30
    assert archive.low == ""
    assert archive.keep(b"other", "b").size == 5


def test_a_record_that_went_into_the_trash_meanwhile_takes_no_content(
    opens: OpensArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = opens()
    file = archive.keep(b"first", "a")
    place = archive.store.place

    def trashed_meanwhile(staged: object) -> bool:
        archive.trash(file.id)
        return place(staged)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(archive.store, "place", trashed_meanwhile)
    with pytest.raises(FileStateError):
        archive.put(file.id, b"second")
    assert archive.get(file.id).version == 1
    assert sweep(archive, grace_s=0).adopted == []
    assert contents(archive) == [archive.path_of(file.id)]
