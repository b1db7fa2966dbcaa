"""A folder of the store that is missing, moved, read-only or taken; a database that lost touch."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.archive.archive import Archive
from app.archive.damage import CHANGED, GONE
from app.archive.errors import (
    ArchiveDamagedError,
    ArchiveError,
    ArchiveFolderError,
    ArchiveFullError,
    FileNotKeptError,
    FileTakenError,
)
from app.archive.limits import ArchiveLimits
from app.archive.records import FileQuery, KeptBy
from app.archive.scrubbing import scrub
from app.archive.sweeping import sweep
from app.archive.views import rebuild_views
from app.database.database import Database

if TYPE_CHECKING:
    from tests.app.archive.conftest import Events, OpensArchive


on_both_databases = pytest.mark.parametrize(
    "catalogue_url", ["sqlite", "postgresql"], indirect=True
)


def test_a_second_archive_in_the_same_folder_is_refused(
    opens: OpensArchive, database: Database, tmp_path: Path
) -> None:
    first = opens()
    with pytest.raises(ArchiveFolderError, match="another"):
        opens()
    first.close()
    opens()


@on_both_databases
def test_a_folder_that_is_gone_is_said_and_not_made_anew(
    opens: OpensArchive, tmp_path: Path
) -> None:
    archive = opens()
    file = archive.keep(b"content", "a")
    archive.close()
    (tmp_path / "files").rename(tmp_path / "moved away")

    with pytest.raises(ArchiveFolderError, match="1 contents should be in it"):
        opens()
    assert not (tmp_path / "files").exists()

    (tmp_path / "moved away").rename(tmp_path / "files")
    with opens().open_file(file.id) as stream:
        assert stream.read() == b"content"


def test_a_moved_folder_works_where_it_is_and_its_links_too(
    opens: OpensArchive, database: Database, tmp_path: Path
) -> None:
    archive = opens()
    file = archive.keep(b"content", "a", extension="txt")
    rebuild_views(archive, links=True)
    archive.close()
    shutil.move(tmp_path / "files", tmp_path / "elsewhere")

    moved = Archive(database, tmp_path / "elsewhere", limits=archive.limits)
    moved.open()
    (link,) = (path for path in (tmp_path / "elsewhere/views").rglob("*.txt"))
    assert link.is_symlink()
    assert not link.readlink().is_absolute()
    assert link.read_bytes() == b"content"
    assert moved.path_of(file.id) == link.resolve()
    moved.close()


def test_what_is_written_into_a_view_changes_nothing_that_is_kept(opens: OpensArchive) -> None:
    archive = opens()
    file = archive.keep(b"content", "a", extension="txt")
    rebuild_views(archive)

    [view] = (archive.folder / "views").glob("*/a.txt")
    assert view.stat().st_ino != archive.path_of(file.id).stat().st_ino
    with view.open("r+b") as edited:
        edited.write(b"CHANGED")

    assert scrub(archive).damaged == []
    with archive.open_file(file.id) as stream:
        assert stream.read() == b"content"


def test_views_take_no_room_that_is_needed(
    opens: OpensArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = opens(limits=ArchiveLimits(low_bytes=1000))
    archive.keep(b"content", "a", extension="txt")
    assert rebuild_views(archive) == 1
    monkeypatch.setattr(archive.store.disk, "free_bytes", lambda path: 1005, raising=False)

    with pytest.raises(ArchiveFullError, match="links need none"):
        rebuild_views(archive)

    assert len(list((archive.folder / "views").glob("*/a.txt"))) == 1
    assert rebuild_views(archive, links=True) == 1


@on_both_databases
def test_a_folder_that_vanishes_while_it_is_open_is_said(
    opens: OpensArchive, tmp_path: Path
) -> None:
    archive = opens()
    file = archive.keep(b"content", "a")
    (tmp_path / "files").rename(tmp_path / "moved away")

    with pytest.raises(ArchiveFolderError):
        archive.open_file(file.id)
    with pytest.raises(ArchiveError):
        archive.keep(b"other", "b")
    assert archive.find(FileQuery(total=True)).total == 1
    # What is not there now is not lost: the cable may be out, the disk not mounted.
    for look in (sweep, scrub):
        with pytest.raises(ArchiveFolderError):
            look(archive)
    assert archive.get(file.id).damaged == ""

    (tmp_path / "moved away").rename(tmp_path / "files")
    assert archive.keep(b"other", "b").size == 5


def test_a_folder_that_cannot_be_made_is_said(
    database: Database, tmp_path: Path, opens: OpensArchive
) -> None:
    (tmp_path / "files").write_text("a file is in the way")

    with pytest.raises(ArchiveFolderError):
        opens()


@pytest.mark.parametrize("damage", ["gone", "truncated"])
def test_a_content_that_is_missing_is_found_said_and_found_again(
    either_archive: Archive, damage: str
) -> None:
    archive = either_archive
    file = archive.keep(b"content", "a")
    path = archive.path_of(file.id)
    away = path.with_name("away")
    path.rename(away)
    if damage == "truncated":
        path.write_bytes(b"con")

    with pytest.raises(ArchiveDamagedError):
        archive.open_file(file.id)
    assert sweep(archive, dry_run=True).missing == [file.sha256]
    assert archive.get(file.id).damaged == ""
    assert sweep(archive).missing == [file.sha256]
    said = archive.get(file.id).damaged
    assert said == (GONE if damage == "gone" else CHANGED)
    assert len(list(archive.store.quarantine.iterdir())) == (damage == "truncated")

    if damage == "gone":
        away.rename(path)
        assert sweep(archive).found_again == [file.sha256]
    else:
        archive.keep(b"content", "the same again")
    assert archive.get(file.id).damaged == ""
    with archive.open_file(file.id) as stream:
        assert stream.read() == b"content"


def test_a_content_that_no_record_names_becomes_a_file_and_is_never_thrown_away(
    either_archive: Archive, events: Events
) -> None:
    archive = either_archive
    content = b"\x89PNG\r\n\x1a\n placed, but never committed"
    with archive.store.receive([content]) as staged:
        archive.store.place(staged)

    assert sweep(archive, dry_run=True).adopted == [staged.sha256]
    assert archive.find(FileQuery(total=True)).total == 0
    report = sweep(archive, grace_s=0)

    assert (report.adopted, report.removed) == ([staged.sha256], [])
    [file] = archive.find(FileQuery(tags=("found",))).files
    assert (file.kept_by, file.media_type) == (KeptBy.FOUND, "image/png")
    assert "no record" in file.notes
    assert archive.usage().bytes == staged.size
    assert events.kinds[-1] == "FileKept"
    again = sweep(archive, grace_s=0)
    assert (again.adopted, again.removed) == ([], [])
    with archive.open_file(file.id) as stream:
        assert stream.read() == content


def test_what_was_kept_after_a_copy_of_the_catalogue_is_found_again_with_that_copy(
    opens: OpensArchive, database: Database, tmp_path: Path
) -> None:
    archive = opens()
    before = archive.keep(b"before", "before")
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        source = sqlite3.connect(database.file or "")
        source.backup(copy)
        source.close()
    archive.keep(b"after", "after")
    archive.close()

    older = Database.at_file(tmp_path / "copy.db")
    try:
        restored = Archive(older, tmp_path / "files", limits=ArchiveLimits(low_bytes=0))
        restored.open()
        for _ in range(3):
            sweep(restored, grace_s=0)
        names = {file.name.split()[0]: file for file in restored.find(FileQuery()).files}
        assert set(names) == {"before", "found"}
        for file, content in ((before, b"before"), (names["found"], b"after")):
            with restored.open_file(file.id) as stream:
                assert stream.read() == content
        restored.close()
    finally:
        older.close()


def test_a_sweep_that_is_ended_takes_nothing_for_lost(opens: OpensArchive) -> None:
    archive = opens()
    files = [archive.keep(b"content %d" % number, f"f{number}") for number in range(5)]
    stop = threading.Event()
    stop.set()

    report = sweep(archive, grace_s=0, stop=stop)

    assert (report.missing, report.adopted, report.removed) == ([], [], [])
    assert all(archive.get(file.id).damaged == "" for file in files)


def test_a_deletion_that_was_cut_short_brings_nothing_back(
    opens: OpensArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = opens()
    file = archive.keep(b"content", "a")
    archive.trash(file.id)
    archive.delete(file.id)
    with monkeypatch.context() as patch:
        remove = archive.store.remove

        def killed(sha256: str) -> None:
            remove(sha256)
            raise ArchiveError("the program ended here")

        patch.setattr(archive.store, "remove", killed)
        with pytest.raises(ArchiveError):
            sweep(archive, grace_s=0)

    report = sweep(archive, grace_s=0)

    assert (report.removed, report.missing, report.adopted) == ([file.sha256], [], [])
    assert archive.usage().bytes == 0


def test_what_is_not_there_is_said(opens: OpensArchive) -> None:
    archive = opens()
    file = archive.keep(b"content", "a")
    nobody = archive.create("gone")
    archive.delete(nobody.id)

    for call in (archive.get, archive.trash, archive.delete, archive.versions, archive.open_file):
        with pytest.raises(FileNotKeptError):
            call(nobody.id)
    with pytest.raises(FileTakenError):
        archive.create("again", id=file.id)


def test_a_content_that_is_known_need_not_be_sent_again(opens: OpensArchive) -> None:
    archive = opens()
    file = archive.keep(b"content", "a")

    again = archive.keep_again(file.sha256, "b", tags=["twice"])

    assert again is not None
    assert (again.sha256, again.tags) == (file.sha256, ("twice",))
    assert archive.keep_again("ab" * 32, "c") is None
    path = archive.path_of(file.id)
    path.chmod(0o600)
    path.write_bytes(b"CONTENT")
    with pytest.raises(ArchiveError):
        archive.keep_again(file.sha256, "d")
