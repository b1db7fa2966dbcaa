"""Connections to a PostgreSQL server. The one place that knows PostgreSQL.

A bench has a schema of its own in the database, so that one database serves a laboratory. Who
writes holds an advisory lock on it for as long as the connection lasts: two programs that count
the same runs would count some of them twice.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.database.errors import DatabaseAddressError, DatabaseLockedError

DRIVER = "postgresql+psycopg"
LONGEST_SCHEMA = 63
BUSY_S = 5.0
"""How long a writer waits for another to let go; one that was killed takes the server a moment."""

ANSWER_S = 120.0
"""How long a question may take."""

LOCK_NOT_AVAILABLE = "55P03"
READERS = 4

_GIVEN_UP: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "application_name": "labwright",
}
"""A server that is gone without a word is given up within half a minute, not in two hours."""

_SESSION = (
    # The server too gives up a client that is gone, and with it the lock.
    "SET tcp_keepalives_idle = 10",
    "SET tcp_keepalives_interval = 5",
    "SET tcp_keepalives_count = 3",
    "SET client_encoding = 'UTF8'",
)


def server_url(address: str) -> URL:
    """The address of a database on a server, with the driver we use.

    Args:
        address: Such as 'postgresql://lab@localhost/labwright'.

    Raises:
        DatabaseAddressError: It is no address, or not one of PostgreSQL.
    """
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as error:
        raise DatabaseAddressError("database_url", "this is no address of a database") from error
    if url.get_backend_name() != "postgresql":
        raise DatabaseAddressError(
            shown(url), "a database is a file, or on a server 'postgresql://user@host/name'"
        )
    return url if "+" in url.drivername else url.set(drivername=DRIVER)


def shown(url: URL) -> str:
    """An address without its password."""
    return url.render_as_string(hide_password=True)


def schema_of(folder: Path) -> str:
    """The schema of the bench whose data is in a folder, by the folder's name."""
    name = folder.name
    if len(name.encode()) <= LONGEST_SCHEMA:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    return f"{name.encode()[:40].decode(errors='ignore')}-{digest}"


def writing_engine(url: URL, schema: str) -> Engine:
    """Gives the one connection that writes; a second one is refused, whoever asks.

    Args:
        url: The database.
        schema: Where the tables are; '' for the one that the address leads to.
    """
    engine = _engine(url, schema, (), poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def take_the_lock(connection: Any, _record: object) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = {round(BUSY_S * 1000)}")
                cursor.execute(
                    "SELECT pg_advisory_lock(hashtextextended(%s, 0))", (f"labwright {schema}",)
                )
            connection.commit()
        except Exception as error:
            connection.close()
            if getattr(error, "sqlstate", None) == LOCK_NOT_AVAILABLE:
                raise DatabaseLockedError(shown(url), "another program writes to it") from error
            raise

    return engine


def reading_engine(url: URL, schema: str) -> Engine:
    """Gives connections that cannot write; each sees the database as of one moment.

    Args:
        url: The database.
        schema: Where the tables are; '' for the one that the address leads to.
    """
    return _engine(
        url,
        schema,
        (
            "SET default_transaction_read_only = on",
            # Somebody may hold a table for hours, by a tool of the server's own.
            f"SET lock_timeout = {round(BUSY_S * 1000)}",
            f"SET statement_timeout = {round(ANSWER_S * 1000)}",
            # What is soonest depends on what is asked for: a plan made once for all is none.
            "SET plan_cache_mode = force_custom_plan",
        ),
        pool_size=READERS,
        pool_pre_ping=True,
        isolation_level="REPEATABLE READ",
    )


def make_schema(connection: Connection, schema: str) -> None:
    """Make the schema where it is missing."""
    if schema:
        name = connection.dialect.identifier_preparer.quote(schema)
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {name}"))


def _engine(url: URL, schema: str, more: tuple[str, ...], **options: Any) -> Engine:
    given_up = {name: value for name, value in _GIVEN_UP.items() if name not in url.query}
    engine = create_engine(url, connect_args=given_up, **options)
    statements = [*_SESSION, *more]
    if schema:
        statements.append(f"SET search_path TO {engine.dialect.identifier_preparer.quote(schema)}")

    # First of all listeners, since SQLAlchemy's own asks which schema is the default.
    @event.listens_for(engine, "connect", insert=True)
    def prepare(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statements))
        connection.commit()

    return engine
