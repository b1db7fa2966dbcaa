from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from app.database import database as database_module
from app.database import sqlite
from app.database.archive_tables import is_declared, metadata
from app.database.database import Database
from app.database.errors import (
    DatabaseClosedError,
    DatabaseCorruptError,
    DatabaseError,
    DatabaseLockedError,
    DatabaseNewerError,
    DatabaseOpenError,
)
from app.database.migrating import MIGRATIONS, migrate
from app.database.schema import HEAD
from app.database.sqlite_file import writing_engine

Opened = Callable[..., Database]


def scalar(database: Database, statement: str) -> object:
    with database.reader() as connection:
        return connection.execute(text(statement)).scalar()


def write(database: Database, statement: str) -> None:
    database.writer.submit(lambda connection: connection.execute(text(statement))).result(20)


def other_program(file: Path) -> Any:
    """Another connection by the same library: locks of two libraries in a process do not meet."""
    return sqlite.newest_module().connect(str(file), isolation_level=None)


def tables_in(file: Path) -> set[tuple[str, str, str]]:
    connection = other_program(file)
    found = connection.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
    connection.close()
    return {(kind, name, re.sub(r"\s+", "", sql)) for kind, name, sql in found}


def test_a_new_file_has_all_tables_and_is_kept_over_the_end(opened: Opened, file: Path) -> None:
    database = opened()
    write(database, "CREATE TABLE notes (text TEXT)")
    write(database, "INSERT INTO notes VALUES ('kept')")
    database.close()

    assert scalar(opened(), "SELECT text FROM notes") == "kept"
    assert {name for kind, name, _ in tables_in(file) if kind == "table"} >= {"runs"}


def test_migrations_lead_to_the_very_tables_that_a_new_file_has(
    opened: Opened, file: Path, tmp_path: Path
) -> None:
    opened().close()
    migrated = tmp_path / "migrated.db"
    engine = writing_engine(migrated, sqlite.sqlite_choice())
    with engine.connect() as connection, connection.begin():
        migrate(connection)

    assert tables_in(migrated) == tables_in(file)


def test_the_newest_migration_is_the_one_the_code_knows() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")

    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_the_models_ask_for_no_migration_that_is_not_written(opened: Opened) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with opened().reader() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_declared})
        assert compare_metadata(context, metadata) == []


def test_an_old_file_is_copied_before_its_tables_are_changed(
    opened: Opened, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = opened()
    write(database, "UPDATE alembic_version SET version_num = '0000'")
    write(database, "CREATE TABLE old (x)")
    database.close()
    ran: list[bool] = []

    def step(connection: Connection) -> None:
        ran.append(True)
        connection.execute(text("DROP TABLE old"))

    monkeypatch.setattr(database_module, "refuse_unknown", lambda place, version: None)
    monkeypatch.setattr(database_module, "migrate", step)

    opened()

    assert ran
    (copy,) = file.parent.glob("labwright.db.before-*")
    assert "old" in {name for _, name, _ in tables_in(copy)}
    assert "old" not in {name for _, name, _ in tables_in(file)}


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    opened: Opened, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = opened()
    write(database, "UPDATE alembic_version SET version_num = '0000'")
    database.close()
    before = tables_in(file)

    def broken(connection: Connection) -> None:
        connection.execute(text("DROP TABLE runs"))
        connection.execute(text("DROP TABLE that_never_was"))

    monkeypatch.setattr(database_module, "refuse_unknown", lambda place, version: None)
    monkeypatch.setattr(database_module, "migrate", broken)

    with pytest.raises(DatabaseOpenError, match="that_never_was"):
        opened()
    assert tables_in(file) == before


def test_a_file_of_a_newer_program_is_refused_and_left_alone(opened: Opened, file: Path) -> None:
    database = opened()
    write(database, "UPDATE alembic_version SET version_num = '9999'")
    database.close()
    before = file.read_bytes()

    with pytest.raises(DatabaseNewerError, match="step 9999"):
        opened()
    with pytest.raises(DatabaseNewerError, match="step 9999"):
        Database.to_read(file)
    assert file.read_bytes() == before


def test_a_file_of_another_program_is_refused(opened: Opened, file: Path) -> None:
    other = other_program(file)
    other.execute("CREATE TABLE songs (title)")
    other.close()

    with pytest.raises(DatabaseOpenError, match="another program"):
        opened()


@pytest.fixture
def filled(opened: Opened, file: Path) -> bytearray:
    """A database with some content, closed."""
    database = opened()
    for number in range(20):
        write(database, f"CREATE TABLE t{number} (x TEXT)")
        write(database, f"INSERT INTO t{number} VALUES ('{'x' * 3000}')")
    database.close()
    return bytearray(file.read_bytes())


@pytest.mark.parametrize("page", [0, 1, 3, 10])
def test_a_damaged_file_is_refused_and_not_overwritten(
    opened: Opened, file: Path, filled: bytearray, page: int
) -> None:
    at = page * 4096
    filled[at : at + 12] = b"\x55" * 12
    file.write_bytes(filled)

    with pytest.raises(DatabaseCorruptError):
        opened()
    assert file.read_bytes() == bytes(filled)


@pytest.mark.parametrize("missing", [1, 3000, 4096, 50_000])
def test_a_file_that_was_cut_off_is_refused_and_not_overwritten(
    opened: Opened, file: Path, filled: bytearray, missing: int
) -> None:
    del filled[-missing:]
    file.write_bytes(filled)

    with pytest.raises(DatabaseCorruptError):
        opened()
    assert file.read_bytes() == bytes(filled)


def test_a_file_that_is_no_database_is_refused(opened: Opened, file: Path) -> None:
    file.write_bytes(b"Dear diary, " * 1000)

    with pytest.raises(DatabaseCorruptError, match="no database"):
        opened()


def test_a_file_that_another_program_writes_to_is_refused(
    opened: Opened, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened().close()
    monkeypatch.setattr(
        sqlite.connect,
        "__kwdefaults__",
        {**(sqlite.connect.__kwdefaults__ or {}), "busy_s": 0.05},
    )
    other = other_program(file)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseLockedError, match="another program"):
        opened()
    other.close()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(DatabaseOpenError):
        Database.at_file(tmp_path / "file" / "labwright.db")


def test_readers_cannot_write(opened: Opened) -> None:
    database = opened()

    with pytest.raises(DatabaseError, match="cannot be read"), database.reader() as connection:
        connection.execute(text("DELETE FROM runs"))


def test_what_a_reader_sees_is_of_one_moment(opened: Opened) -> None:
    database = opened()
    write(database, "CREATE TABLE counts (n INTEGER)")
    with database.reader() as connection:
        before = connection.execute(text("SELECT count(*) FROM counts")).scalar()
        if sqlite.sqlite_choice().journal == "wal":
            write(database, "INSERT INTO counts VALUES (1)")
        assert connection.execute(text("SELECT count(*) FROM counts")).scalar() == before == 0


def test_a_file_opened_to_be_read_is_not_written(opened: Opened, file: Path) -> None:
    opened().close()

    database = Database.to_read(file)
    assert scalar(database, "SELECT count(*) FROM runs") == 0
    with pytest.raises(DatabaseError, match="only to be read"):
        _ = database.writer
    database.close()
    with pytest.raises(DatabaseOpenError, match="no such file"):
        Database.to_read(file.with_name("elsewhere.db"))


def test_what_is_committed_is_on_disk(opened: Opened) -> None:
    database = opened()
    journal = database.writer.submit(lambda c: c.execute(text("PRAGMA journal_mode")).scalar())
    synchronous = database.writer.submit(lambda c: c.execute(text("PRAGMA synchronous")).scalar())

    assert journal.result(20) == sqlite.sqlite_choice().journal
    assert synchronous.result(20) == 2


def test_readers_never_empty_the_log(opened: Opened) -> None:
    assert scalar(opened(), "PRAGMA wal_autocheckpoint") == 0


@pytest.mark.parametrize(
    ("version", "journal"), [("3.40.1", "delete"), ("3.51.2", "delete"), ("3.51.3", "wal")]
)
def test_a_write_ahead_log_is_kept_only_where_it_is_safe(
    version: str, journal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Old:
        __name__ = "old.dbapi2"
        sqlite_version = version

    monkeypatch.setattr(sqlite, "newest_module", Old)
    choice = sqlite.sqlite_choice()

    assert choice.journal == journal
    assert version in choice.why


def test_python_s_own_library_serves_too(
    opened: Opened, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened().close()  # by the newest library, with a write-ahead log
    monkeypatch.setattr(sqlite, "newest_module", lambda: sqlite3)

    database = opened()
    write(database, "CREATE TABLE notes (text TEXT)")

    assert scalar(database, "SELECT count(*) FROM notes") == 0
    assert scalar(database, "PRAGMA journal_mode") == sqlite.sqlite_choice().journal


def test_closing_twice_is_harmless_and_leaves_one_file_and_its_sums(
    opened: Opened, file: Path
) -> None:
    database = opened()
    write(database, "CREATE TABLE notes (text TEXT)")
    assert scalar(database, "SELECT 1") == 1
    database.close()
    database.close()

    assert {path.name for path in file.parent.iterdir()} == {file.name, f"{file.name}.sums"}
    with pytest.raises(DatabaseClosedError), database.reader():
        pass
    with pytest.raises(DatabaseClosedError):
        database.writer.submit(lambda connection: None)


def test_the_window_is_drawn_without_the_database_and_an_up_to_date_file_needs_no_alembic(
    opened: Opened, file: Path
) -> None:
    opened().close()
    script = f"""
import sys
import app.program
assert not [name for name in sys.modules if name.startswith(("sqlalchemy", "alembic"))]
from pathlib import Path
from app.database.database import Database
Database.at_file(Path({str(file)!r})).close()
assert "alembic" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
