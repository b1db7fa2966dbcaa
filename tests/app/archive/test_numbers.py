"""Numbers that count files, and those in their names: each is given once, for ever."""

from __future__ import annotations

from pathlib import Path

from app.archive.archive import Archive
from app.archive.limits import ArchiveLimits
from app.archive.records import FileQuery
from app.database.database import Database

FIELDS = {"action": "snap", "sample": "brain"}


def delete(archive: Archive, *files: object) -> None:
    for file in files:
        archive.trash(file.id)  # type: ignore[attr-defined]  # a file
        archive.delete(file.id)  # type: ignore[attr-defined]  # a file


def test_the_number_of_a_file_that_was_deleted_is_never_given_again(
    either_archive: Archive,
) -> None:
    archive = either_archive
    first, second, third = (archive.keep(b"x", name) for name in "abc")
    seen = archive.find(FileQuery(oldest_first=True, limit=3))
    assert [file.number for file in seen.files] == [1, 2, 3]

    delete(archive, third, second)
    fourth = archive.keep(b"x", "d")

    assert fourth.number == 4
    # Who follows what comes reads on behind what was seen.
    follow = FileQuery(oldest_first=True, after=str(third.number))
    assert [file.id for file in archive.find(follow).files] == [fourth.id]
    delete(archive, first, fourth)
    assert archive.keep(b"x", "e").number == 5
    assert archive.create("f").number == 6


def test_a_number_in_a_name_is_not_given_again_after_the_program_was_started_anew(
    either_database: Database, tmp_path: Path
) -> None:
    def opened() -> Archive:
        archive = Archive(either_database, tmp_path / "files", limits=ArchiveLimits(low_bytes=0))
        archive.open()
        return archive

    archive = opened()
    names = [archive.next_name(FIELDS, "{sample}-{action}-{n}") for _ in range(2)]
    kept = [archive.keep(b"x", name) for name in names]
    delete(archive, kept[1])
    archive.close()

    again = opened()
    assert again.next_name(FIELDS, "{sample}-{action}-{n}") == "brain-snap-003"
    again.close()
