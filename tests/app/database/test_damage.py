"""T20: what becomes of a database file that changed while nobody had it open."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from app.database import sqlite, sqlite_file
from app.database.copies import CopyKeeper, copies_of, make_copy, restore
from app.database.database import Database
from app.database.errors import DatabaseCorruptError, DatabaseError, DatabaseOpenError
from app.database.sums import sums_file

Opened = Callable[..., Database]

FLIPS = 160
CUTS = 40


def notes(database: Database) -> list[str]:
    with database.reader() as connection:
        return [row[0] for row in connection.execute(text("SELECT text FROM notes ORDER BY text"))]


def write(database: Database, statement: str) -> None:
    database.writer.submit(lambda connection: connection.execute(text(statement))).result(20)


@pytest.fixture
def filled(opened: Opened, file: Path) -> bytes:
    """A database with some content and a copy of it, closed."""
    database = opened()
    write(database, "CREATE TABLE notes (text TEXT)")
    for number in range(40):
        write(database, f"INSERT INTO notes VALUES ('{number:02} {'x' * 3000}')")
    make_copy(file)
    write(database, "INSERT INTO notes VALUES ('after the copy')")
    database.close()
    return file.read_bytes()


def test_every_bit_that_flips_and_every_cut_is_found_and_nothing_is_overwritten(
    opened: Opened, file: Path, filled: bytes
) -> None:
    chance = random.Random(20)
    found = 0
    for number in range(FLIPS + CUTS):
        damaged = bytearray(filled)
        if number < FLIPS:
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        else:
            del damaged[chance.randrange(1, len(damaged)) :]
        file.write_bytes(damaged)
        with pytest.raises(DatabaseCorruptError, match="'labwright db restore' brings back"):
            opened()
        found += 1
        assert file.read_bytes() == bytes(damaged)
        assert {path.name for path in file.parent.iterdir()} <= {
            file.name,
            f"{file.name}.sums",
            "copies",
        }
    assert found == 200

    file.write_bytes(filled)
    assert notes(opened())[-1] == "after the copy"


def test_what_is_brought_back_is_the_copy_and_the_damaged_file_is_put_aside(
    opened: Opened, file: Path, filled: bytes
) -> None:
    damaged = filled.replace(b"after the copy", b"after the cupy")
    file.write_bytes(damaged)
    with pytest.raises(DatabaseCorruptError, match="1 of its 1 MiB"):
        opened()

    aside = restore(file, copies_of(file)[0])

    assert aside is not None
    assert aside.read_bytes() == damaged
    assert len(notes(opened())) == 40


def test_a_copy_that_is_damaged_itself_is_not_brought_back(file: Path, filled: bytes) -> None:
    copy = copies_of(file)[0]
    bad = bytearray(copy.read_bytes())
    bad[len(bad) // 2] ^= 4
    copy.write_bytes(bad)

    with pytest.raises(DatabaseCorruptError):
        restore(file, copy)
    with pytest.raises(DatabaseOpenError, match="no such file"):
        restore(file, copy.with_name("nothing.db"))
    assert file.read_bytes() == filled


def test_sums_that_cannot_be_read_are_said(opened: Opened, file: Path, filled: bytes) -> None:
    sums_file(file).write_text('{"bytes": "many"')

    with pytest.raises(DatabaseCorruptError, match=r"labwright\.db\.sums"):
        opened()


def test_after_a_crash_there_are_no_sums_and_it_is_opened_by_its_structure(
    opened: Opened, file: Path, tmp_path: Path
) -> None:
    database = opened()
    write(database, "CREATE TABLE notes (text TEXT)")
    assert not sums_file(file).exists()
    left = tmp_path / "left"
    left.mkdir()
    for part in file.parent.glob(f"{file.name}*"):
        (left / part.name).write_bytes(part.read_bytes())

    again = Database.at_file(left / file.name)
    assert notes(again) == []
    again.close()


def test_a_file_that_is_refused_keeps_its_sums(opened: Opened, file: Path) -> None:
    database = opened()
    write(database, "UPDATE alembic_version SET version_num = '9999'")
    database.close()
    before = sums_file(file).read_bytes()

    with pytest.raises(DatabaseOpenError, match="newer"):
        opened()
    assert sums_file(file).read_bytes() == before


def test_a_large_file_is_checked_in_the_background_and_its_damage_is_said(
    opened: Opened, file: Path, filled: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "CHECKED_WHEN_OPENED_BYTES", 0)
    sums_file(file).unlink()
    damaged = bytearray(filled)
    page = 4096 * 10
    damaged[page : page + 12] = b"\x55" * 12
    file.write_bytes(damaged)

    database = opened()
    assert database._check is not None
    database._check.join(60)
    assert "damaged" in database.writer.refusing
    database.writer.submit(lambda connection: None).result(20)
    assert database.writer.trouble == database.writer.refusing


def test_a_large_file_that_is_sound_is_checked_and_goes_on(
    opened: Opened, file: Path, filled: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "CHECKED_WHEN_OPENED_BYTES", 0)
    sums_file(file).unlink()

    database = opened()
    assert database._check is not None
    database._check.join(60)
    assert (database.writer.refusing, len(notes(database))) == ("", 41)


def test_a_check_is_given_up_when_asked(file: Path, filled: bytes) -> None:
    assert sqlite.damage_of(file) == ""
    assert sqlite.damage_of(file, stop=lambda: True) in ("", "interrupted")


def test_a_copy_is_made_once_a_day_and_only_the_newest_are_kept(opened: Opened, file: Path) -> None:
    database = opened()
    write(database, "CREATE TABLE notes (text TEXT)")
    folder = file.parent / "copies"
    folder.mkdir()
    for day in ("01", "02", "03"):
        (folder / f"labwright-202501{day}T000000Z.db").write_bytes(b"old")
    keeper = CopyKeeper(file, kept=2, first_look_s=3600)

    made = keeper.look()
    assert made is not None
    assert keeper.look() is None
    keeper.close()
    assert [copy.name for copy in copies_of(file)] == [made.name, "labwright-20250103T000000Z.db"]
    copied = Database.at_file(made)
    assert notes(copied) == []
    copied.close()


def test_without_room_no_copy_is_made(
    opened: Opened, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened()
    monkeypatch.setattr("app.database.copies.ROOM_LEFT", 10**12)
    keeper = CopyKeeper(file, first_look_s=3600)
    with pytest.raises(DatabaseError, match="too little room"):
        keeper.look()
    keeper.close()
    assert copies_of(file) == []
