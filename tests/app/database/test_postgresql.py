"""What a database on a server does that a file cannot show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError

from app.database import postgresql
from app.database.database import Database
from app.database.errors import (
    DatabaseClosedError,
    DatabaseError,
    DatabaseLockedError,
    DatabaseNewerError,
    DatabaseOpenError,
)
from app.database.postgresql import LONGEST_SCHEMA, schema_of, server_url, shown
from app.database.schema import HEAD

Opened = Callable[..., Database]


@pytest.fixture
def opened(postgresql_url: str) -> Iterator[Opened]:
    """Opens the database; closed at the end."""
    databases: list[Database] = []

    def open_it(schema: str = "", **options: float) -> Database:
        database = Database.at_url(postgresql_url, schema, **options)
        databases.append(database)
        return database

    yield open_it
    for database in databases:
        database.close()


def scalar(database: Database, statement: str) -> object:
    with database.reader() as connection:
        return connection.execute(text(statement)).scalar()


def write(database: Database, statement: str) -> None:
    database.writer.submit(lambda connection: connection.execute(text(statement))).result(20)


def test_a_new_database_has_all_tables_and_is_kept_over_the_end(opened: Opened) -> None:
    database = opened()
    write(database, "CREATE TABLE notes (text TEXT)")
    write(database, "INSERT INTO notes VALUES ('kept')")
    database.close()

    again = opened()
    assert scalar(again, "SELECT text FROM notes") == "kept"
    assert scalar(again, "SELECT version_num FROM alembic_version") == HEAD
    assert scalar(again, "SELECT count(*) FROM runs") == 0


def test_migrations_and_models_agree(opened: Opened, postgresql_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from app.database.archive_tables import is_declared, metadata
    from app.database.migrating import migrate

    engine = create_engine(postgresql_url)
    with engine.connect() as connection, connection.begin():
        migrate(connection)
    engine.dispose()

    with opened().reader() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": is_declared})
        assert compare_metadata(context, metadata) == []


def test_two_benches_in_one_database_do_not_see_one_another(opened: Opened) -> None:
    first, second = opened("bench-one"), opened('the "other" bench')
    write(first, "CREATE TABLE notes (text TEXT)")

    assert scalar(first, "SELECT current_schema()") == "bench-one"
    assert scalar(second, "SELECT current_schema()") == 'the "other" bench'
    assert scalar(second, "SELECT count(*) FROM runs") == 0
    with pytest.raises(DatabaseError, match="notes"):
        scalar(second, "SELECT count(*) FROM notes")


def test_a_second_program_on_the_same_tables_is_refused(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = opened("bench")
    write(database, "CREATE TABLE notes (text TEXT)")

    with monkeypatch.context() as impatient:
        impatient.setattr(postgresql, "BUSY_S", 0.05)
        with pytest.raises(DatabaseLockedError, match="another program"):
            opened("bench")
    database.close()
    assert scalar(opened("bench"), "SELECT count(*) FROM notes") == 0


def test_readers_cannot_write_and_see_one_moment(opened: Opened) -> None:
    database = opened()
    write(database, "CREATE TABLE counts (n INTEGER)")

    with pytest.raises(DatabaseError, match="read-only"), database.reader() as connection:
        connection.execute(text("DELETE FROM runs"))
    with database.reader() as connection:
        before = connection.execute(text("SELECT count(*) FROM counts")).scalar()
        write(database, "INSERT INTO counts VALUES (1)")
        assert connection.execute(text("SELECT count(*) FROM counts")).scalar() == before == 0
    database.close()
    with pytest.raises(DatabaseClosedError), database.reader():
        pass


def test_a_database_of_a_newer_program_is_refused_and_left_alone(
    opened: Opened, postgresql_url: str
) -> None:
    database = opened()
    write(database, "UPDATE alembic_version SET version_num = '9999'")
    database.close()

    with pytest.raises(DatabaseNewerError, match="step 9999"):
        opened()
    with pytest.raises(DatabaseNewerError, match="step 9999"):
        Database.to_read_at_url(postgresql_url)


def test_a_database_opened_to_be_read_is_not_written(opened: Opened, postgresql_url: str) -> None:
    with pytest.raises(DatabaseOpenError, match="nothing in it"):
        Database.to_read_at_url(postgresql_url, "bench")
    writing = opened("bench")

    reading = Database.to_read_at_url(postgresql_url, "bench")
    assert scalar(reading, "SELECT count(*) FROM runs") == 0
    with pytest.raises(DatabaseError, match="only to be read"):
        _ = reading.writer
    reading.close()
    assert scalar(writing, "SELECT count(*) FROM runs") == 0


def test_what_a_full_server_refuses_is_kept_and_written_later(opened: Opened) -> None:
    database = opened(retry_s=(0.01, 0.05))
    write(database, "CREATE TABLE notes (text TEXT)")
    full = [True]

    def refuse(connection: object) -> None:
        if full[0]:
            connection.exec_driver_sql(  # type: ignore[attr-defined]  # it is a Connection
                "DO $$ BEGIN RAISE EXCEPTION 'No space left on device' "
                "USING ERRCODE = 'disk_full'; END $$"
            )

    event.listen(database.writer._engine, "begin", refuse)
    kept = database.writer.submit(
        lambda connection: connection.execute(text("INSERT INTO notes VALUES ('kept')")), keep=True
    )
    with pytest.raises(DatabaseError, match="No space left"):
        write(database, "INSERT INTO notes VALUES ('refused')")
    assert not kept.done()
    full[0] = False

    kept.result(30)
    assert scalar(database, "SELECT string_agg(text, ',') FROM notes") == "kept"


def test_after_the_server_ended_a_connection_it_goes_on_by_itself(opened: Opened) -> None:
    database = opened(retry_s=(0.01, 0.05))
    write(database, "CREATE TABLE notes (text TEXT)")
    assert scalar(database, "SELECT count(*) FROM notes") == 0
    other = opened("other")
    write(
        other,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'labwright' AND pid <> pg_backend_pid()",
    )

    database.writer.submit(
        lambda connection: connection.execute(text("INSERT INTO notes VALUES ('kept')")), keep=True
    ).result(30)
    assert scalar(database, "SELECT text FROM notes") == "kept"


def test_a_reader_waits_for_a_lock_of_another_client_but_not_for_ever(
    opened: Opened, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "BUSY_S", 0.1)
    database = opened()
    write(database, "CREATE TABLE notes (text TEXT)")
    other = create_engine(postgresql_url)
    with other.connect() as holding, holding.begin():
        schema = scalar(database, "SELECT current_schema()")
        holding.execute(text(f'LOCK TABLE "{schema}".notes IN ACCESS EXCLUSIVE MODE'))

        with pytest.raises(DatabaseError, match="lock timeout"):
            scalar(database, "SELECT count(*) FROM notes")

    other.dispose()
    assert scalar(database, "SELECT count(*) FROM notes") == 0


def test_what_is_too_much_for_one_statement_is_no_trouble_of_the_server(opened: Opened) -> None:
    database = opened(retry_s=(0.01, 0.05))
    troubles: list[str] = []
    database.writer.tell(troubles.append)
    too_much = "DO $$ BEGIN RAISE 'too long' USING ERRCODE = 'program_limit_exceeded'; END $$"

    # One that is kept would be tried again for ever, and all others would wait for it.
    refused = database.writer.submit(lambda c: c.execute(text(too_much)), keep=True)
    with pytest.raises(OperationalError, match="too long"):
        refused.result(30)

    assert troubles == []
    write(database, "CREATE TABLE notes (text TEXT)")


def test_a_server_that_is_not_there_is_said_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(DatabaseOpenError) as found:
        Database.at_url(f"postgresql://lab:s3cret@/nothing?host={tmp_path}")

    assert "s3cret" not in str(found.value)
    assert str(tmp_path) in str(found.value)


@pytest.mark.parametrize("address", ["mysql://lab@localhost/lab", "labwright", "sqlite:///x.db"])
def test_an_address_of_anything_else_is_refused(address: str) -> None:
    with pytest.raises(DatabaseOpenError):
        Database.at_url(address)


def test_an_address_is_shown_without_its_password() -> None:
    url = server_url("postgresql://lab:s3cret@localhost/labwright")

    assert shown(url) == "postgresql+psycopg://lab:***@localhost/labwright"


def test_a_schema_has_the_name_of_the_bench_s_folder_shortened_where_it_is_too_long() -> None:
    long = schema_of(Path("/data/benches") / f"{'ö' * 60}-1234abcd")

    assert schema_of(Path("/data/benches/demo-1234abcd")) == "demo-1234abcd"
    assert long.startswith("ö" * 20)
    assert len(long.encode()) <= LONGEST_SCHEMA
    assert long != schema_of(Path("/data/benches") / f"{'ö' * 60}-1234abce")
