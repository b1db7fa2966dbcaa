"""Brings a database to today's tables; alembic is imported only where there is something to do."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from app.database.archive_tables import metadata
from app.database.errors import DatabaseNewerError, DatabaseOpenError
from app.database.schema import HEAD

if TYPE_CHECKING:
    from alembic.config import Config

_log = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"


def version_of(connection: Connection) -> str | None:
    """The last migration that a database has seen; None for one that is empty."""
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)
    return None if not tables else ""


def make_tables(connection: Connection) -> None:
    """All tables of today, in a database that is empty."""
    metadata.create_all(connection)
    connection.execute(
        text(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
            "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def refuse_unknown(place: str, version: str) -> None:
    """Say of a database that today's migrations do not lead to.

    Raises:
        DatabaseNewerError: A newer program wrote it.
        DatabaseOpenError: Another program's tables are in it.
    """
    if version == "":
        raise DatabaseOpenError(place, "it holds tables of another program")
    from alembic.script import ScriptDirectory

    known = {step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions()}
    if version not in known:
        raise DatabaseNewerError(
            place,
            f"a newer version of this program wrote it (step {version}; the newest known here is "
            f"{HEAD})",
        )


def migrate(connection: Connection, to: str = "head") -> None:
    """Carry out the migrations that are missing, all of them or none."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    _log.info("The database was brought to step %s.", HEAD)


def migrate_down(connection: Connection, to: str) -> None:
    """Undo the migrations after a step; what only they know of is lost."""
    from alembic import command

    config = _config()
    config.attributes["connection"] = connection
    command.downgrade(config, to)
    _log.info("The database was taken back to step %s.", to)


def steps() -> list[tuple[str, str]]:
    """All migrations with what they bring, oldest first."""
    from alembic.script import ScriptDirectory

    found = ScriptDirectory.from_config(_config()).walk_revisions()
    return [(step.revision, step.doc) for step in reversed(list(found))]


def other_tables(connection: Connection) -> list[str]:
    """Where the tables of a database of today differ from those that the code knows, in words."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from app.database.archive_tables import is_declared

    context = MigrationContext.configure(connection, opts={"include_name": is_declared})
    return [str(difference) for difference in compare_metadata(context, metadata)]


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
