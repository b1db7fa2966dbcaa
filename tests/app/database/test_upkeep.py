from __future__ import annotations

from pathlib import Path

import pytest

from app.database.errors import DatabaseError, DatabaseOpenError
from app.database.of_bench import open_bench_database
from app.database.schema import HEAD
from app.database.upkeep import Upkeep

on_a_file = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "demo-1234abcd"
    folder.mkdir()
    return folder


@pytest.fixture
def upkeep(folder: Path, database_url: str) -> Upkeep:
    return Upkeep(folder, database_url)


def troubles(upkeep: Upkeep) -> list[str]:
    return [f"{each.what}: {each.trouble}" for each in upkeep.check() if each.trouble]


def test_steps_lead_up_and_down_and_a_program_takes_over_from_there(
    upkeep: Upkeep, folder: Path, database_url: str
) -> None:
    upkeep.upgrade()
    assert upkeep.current() == HEAD
    assert troubles(upkeep) == []
    upkeep.downgrade("0001")
    assert upkeep.current() == "0001"
    assert "step 0001" in troubles(upkeep)[0]

    open_bench_database(folder, database_url).close()
    assert upkeep.current() == HEAD
    assert troubles(upkeep) == []


def test_what_a_program_made_needs_no_step(upkeep: Upkeep, folder: Path, database_url: str) -> None:
    open_bench_database(folder, database_url).close()

    assert troubles(upkeep) == []
    assert upkeep.history()[-1][0] == HEAD


def test_steps_that_are_none_are_refused(upkeep: Upkeep) -> None:
    upkeep.upgrade()

    with pytest.raises(DatabaseError, match="no step '7'"):
        upkeep.upgrade("7")
    with pytest.raises(DatabaseError, match="a way down"):
        upkeep.upgrade("0001")
    upkeep.downgrade("0001")
    with pytest.raises(DatabaseError, match="a way up"):
        upkeep.downgrade(HEAD)
    upkeep.upgrade()
    assert upkeep.current() == HEAD


def test_what_is_not_there_is_said(upkeep: Upkeep) -> None:
    assert troubles(upkeep)
    if upkeep.file is not None:
        with pytest.raises(DatabaseOpenError, match="no such file"):
            upkeep.current()
    else:
        assert upkeep.current() == ""


@on_a_file
def test_a_copy_is_made_before_a_step(upkeep: Upkeep) -> None:
    upkeep.upgrade()
    assert upkeep.copies() == []
    upkeep.downgrade("0001")

    assert len(upkeep.copies()) == 1


@on_a_file
def test_the_newest_copy_is_brought_back(upkeep: Upkeep) -> None:
    upkeep.upgrade()
    copy = upkeep.back_up()
    assert upkeep.file is not None
    before = upkeep.file.read_bytes()
    upkeep.file.write_bytes(before[:-1000])
    assert "1000 bytes are missing" in troubles(upkeep)[0]

    taken, aside = upkeep.restore()
    assert taken == copy
    assert aside is not None
    assert aside.read_bytes() == before[:-1000]
    assert troubles(upkeep) == []


@on_a_file
def test_without_a_copy_nothing_is_brought_back(upkeep: Upkeep) -> None:
    upkeep.upgrade()

    with pytest.raises(DatabaseError, match="no copy"):
        upkeep.restore()


@on_a_file
def test_a_file_that_somebody_changed_may_be_taken_as_it_is(upkeep: Upkeep, folder: Path) -> None:
    upkeep.upgrade()
    assert upkeep.file is not None
    changed = bytearray(upkeep.file.read_bytes())
    changed[60:64] = (7).to_bytes(4)  # the version that is a user's own
    upkeep.file.write_bytes(changed)
    assert "changed since it was closed" in troubles(upkeep)[0]
    upkeep.accept()

    assert troubles(upkeep) == []
    upkeep.file.write_bytes(bytes(1000) + changed[1000:])
    with pytest.raises(DatabaseError, match="damaged"):
        upkeep.accept()


def test_a_server_is_copied_by_its_own_means(tmp_path: Path) -> None:
    upkeep = Upkeep(tmp_path, "postgresql://lab@localhost/lab")

    with pytest.raises(DatabaseError, match="pg_dump"):
        upkeep.back_up()
    with pytest.raises(DatabaseError, match="pg_restore"):
        upkeep.restore()
    assert upkeep.copies() == []
