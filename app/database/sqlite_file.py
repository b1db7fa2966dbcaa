"""A database in a file: looked at before it is opened, and the engines on it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, NullPool, QueuePool, create_engine, event

from app.database import sqlite, sums
from app.database.errors import DatabaseCorruptError
from app.database.schema import HEAD
from things.events import now

_log = logging.getLogger(__name__)

READERS = 4
CHECKED_WHEN_OPENED_BYTES = 256 * 2**20
"""Larger files are checked in the background: that takes longer than a second."""


def check_file(file: Path, choice: sqlite.SqliteChoice) -> bool:
    """Refuse a file that is damaged, before anything is written to it.

    Returns:
        Whether it was looked through; one that is large and was not closed in order is not.

    Raises:
        DatabaseCorruptError: It is damaged.
    """
    if not file.exists():
        return True
    if found := sums.difference(file):
        raise DatabaseCorruptError(str(file), found)
    if sums.has_sums(file):
        return True
    if missing := sqlite.cut_off_bytes(file):
        raise DatabaseCorruptError(str(file), f"its last {missing} bytes are missing")
    if file.stat().st_size > CHECKED_WHEN_OPENED_BYTES:
        return False
    connection = sqlite.connect(choice, file)
    try:
        found = sqlite.damage(connection)
    finally:
        connection.close()
    if found:
        raise DatabaseCorruptError(str(file), f"the database is damaged: {found}")
    return True


def copy_before_migrating(file: Path, choice: sqlite.SqliteChoice) -> None:
    """Copy a file before its tables are changed."""
    target = file.with_name(f"{file.name}.before-{HEAD}-{now():%Y%m%dT%H%M%S}")
    connection = sqlite.connect(choice, file)
    try:
        sqlite.copy_to(connection, choice, target)
    finally:
        connection.close()
    _log.info("%s was copied to %s before its tables are changed.", file, target.name)


def writing_engine(file: Path, choice: sqlite.SqliteChoice) -> Engine:
    """Gives the one connection that writes."""

    def connect() -> Any:
        connection = sqlite.connect(choice, file)
        sqlite.prepare_writer(connection, choice)
        return connection

    return _engine(connect, choice, "BEGIN IMMEDIATE", poolclass=NullPool)


def reading_engine(file: Path, choice: sqlite.SqliteChoice) -> Engine:
    """Gives connections that cannot write."""

    def connect() -> Any:
        connection = sqlite.connect(choice, file, read_only=True)
        sqlite.prepare_reader(connection)
        return connection

    return _engine(
        connect, choice, "BEGIN", poolclass=QueuePool, pool_size=READERS, max_overflow=READERS
    )


def _engine(
    connect: Callable[[], Any], choice: sqlite.SqliteChoice, begin: str, **options: Any
) -> Engine:
    engine = create_engine("sqlite://", module=choice.module, creator=connect, **options)

    @event.listens_for(engine, "begin")
    def begin_ourselves(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
