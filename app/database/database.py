"""The database of a bench: opened with care, one writer, readers that cannot write."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.database import postgresql, sqlite
from app.database.copies import offer
from app.database.errors import (
    DatabaseClosedError,
    DatabaseCorruptError,
    DatabaseError,
    DatabaseOpenError,
)
from app.database.faults import opening_error
from app.database.migrating import make_tables, migrate, refuse_unknown, version_of
from app.database.schema import HEAD
from app.database.sqlite_file import (
    check_file,
    copy_before_migrating,
    reading_engine,
    writing_engine,
)
from app.database.sums import forget_sums, keep_sums
from app.database.writer import CAPACITY, RETRY_S, DatabaseWriter

_log = logging.getLogger(__name__)

CHECK_ENDS_WITHIN_S = 5.0


class Database:
    """A database that is open. Make one by `at_file` or `at_url`.

    Args:
        place: Where it is, for messages.
        writing: Gives the writer its connection.
        reading: Gives readers theirs.
        capacity: How many changes may wait to be written.
        retry_s: How long to wait before the first and the later tries on a full disk.

    Attributes:
        place: Where it is, for messages.
        file: The file; None on a server.
        writer: Everything is written by it; None where the database is only read.
    """

    def __init__(
        self,
        place: str,
        writing: Engine | None,
        reading: Engine,
        *,
        file: Path | None = None,
        capacity: int = CAPACITY,
        retry_s: tuple[float, float] = RETRY_S,
    ) -> None:
        self.place = place
        self.file = file
        self._reading = reading
        self._closed = False
        self._check: threading.Thread | None = None
        self._writer = (
            None if writing is None else DatabaseWriter(writing, capacity=capacity, retry_s=retry_s)
        )

    @classmethod
    def at_file(cls, file: Path, **options: Any) -> Self:
        """Open the database in a file; made where it is missing, brought up to date if it is old.

        Args:
            file: Which one.
            **options: As for the constructor.

        Raises:
            DatabaseOpenError: It cannot be opened; nothing in it was changed.
        """
        choice = sqlite.sqlite_choice()
        with told_as_opening_errors(str(file), file):
            file.parent.mkdir(parents=True, exist_ok=True)
            checked = check_file(file, choice)
            writing = writing_engine(file, choice)
            _bring_up_to_date(
                str(file),
                writing,
                back_up=lambda: copy_before_migrating(file, choice),
                before_changes=lambda: forget_sums(file),
            )
        opened = cls(str(file), writing, reading_engine(file, choice), file=file, **options)
        if not checked:
            opened._check_in_background(file)
        return opened

    @classmethod
    def at_url(cls, address: str, schema: str = "", **options: Any) -> Self:
        """Open a database on a PostgreSQL server; its tables are made where they are missing.

        Args:
            address: Such as 'postgresql://lab@localhost/labwright'.
            schema: Where the tables are; '' for the one that the address leads to.
            **options: As for the constructor.

        Raises:
            DatabaseOpenError: It cannot be opened; nothing in it was changed.
        """
        url = postgresql.server_url(address)
        place = postgresql.shown(url)
        with told_as_opening_errors(place):
            writing = postgresql.writing_engine(url, schema)

            def make_schema(connection: Connection) -> None:
                postgresql.make_schema(connection, schema)

            # All tables are changed in one transaction: what fails leaves them as they were.
            _bring_up_to_date(place, writing, prepare=make_schema)
            reading = postgresql.reading_engine(url, schema)
        return cls(place, writing, reading, **options)

    @classmethod
    def to_read(cls, file: Path) -> Self:
        """Open a file only to read it: nothing in it is changed, whoever else has it.

        Raises:
            DatabaseOpenError: It is not there, of another version, or cannot be read.
        """
        choice = sqlite.sqlite_choice()
        if not file.is_file():
            raise DatabaseOpenError(str(file), "there is no such file")
        with told_as_opening_errors(str(file)):
            reading = reading_engine(file, choice)
            _refuse_other_versions(str(file), reading)
        return cls(str(file), None, reading, file=file)

    @classmethod
    def to_read_at_url(cls, address: str, schema: str = "") -> Self:
        """Open a database on a server only to read it.

        Args:
            address: As for `at_url`.
            schema: As for `at_url`.

        Raises:
            DatabaseOpenError: It is not there, of another version, or cannot be read.
        """
        url = postgresql.server_url(address)
        place = postgresql.shown(url)
        with told_as_opening_errors(place):
            reading = postgresql.reading_engine(url, schema)
            _refuse_other_versions(place, reading)
        return cls(place, None, reading)

    @property
    def writer(self) -> DatabaseWriter:
        """The one that writes.

        Raises:
            DatabaseError: The database was opened only to be read.
        """
        if self._writer is None:
            raise DatabaseError(f"{self.place} was opened only to be read")
        return self._writer

    @contextmanager
    def reader(self) -> Iterator[Connection]:
        """A connection that cannot write; all that is read in the body is of one moment.

        Raises:
            DatabaseError: It cannot be read.
        """
        if self._closed:
            raise DatabaseClosedError
        try:
            with self._reading.connect() as connection, connection.begin():
                yield connection
        except (DBAPIError, SQLAlchemyError) as error:
            found = opening_error(self.place, error)
            raise DatabaseError(f"it cannot be read: {found.reason}") from error

    def close(self) -> None:
        """Write what waits and close all connections; twice is harmless."""
        if self._closed:
            return
        self._closed = True
        # Readers go first, so that it is the writer who tidies the log away.
        self._reading.dispose()
        if self._check is not None:
            self._check.join(CHECK_ENDS_WITHIN_S)
        if self._writer is None:
            return
        if not self._writer.close():
            _log.error("%s: the disk does not answer; what was not written is lost.", self.place)
        elif self.file is not None and not self._writer.refusing:
            try:
                keep_sums(self.file)
            except OSError as error:
                _log.warning("%s: its sums are not kept: %s", self.place, error)

    def _check_in_background(self, file: Path) -> None:
        """Look through all of it; where it is damaged, nothing new is taken any more."""

        def check() -> None:
            # Asked every so many steps of SQLite's: closing does not wait for the end.
            found = sqlite.damage_of(file, stop=lambda: self._closed)
            if found and not self._closed:
                reason = f"the database is damaged: {found}; {offer(file)}"
                _log.error("%s: %s", self.place, reason)
                self.writer.refuse(reason)

        self._check = threading.Thread(target=check, name="database-check", daemon=True)
        self._check.start()


@contextmanager
def told_as_opening_errors(place: str, file: Path | None = None) -> Iterator[None]:
    """What goes wrong in the body becomes a DatabaseOpenError; what can be done is said with it."""
    try:
        with _as_opening_errors(place):
            yield
    except DatabaseCorruptError as error:
        if file is None:
            raise
        raise DatabaseCorruptError(place, f"{error.reason}; {offer(file)}") from error


@contextmanager
def _as_opening_errors(place: str) -> Iterator[None]:
    try:
        yield
    except DatabaseOpenError:
        raise
    except (OSError, ImportError, ValueError, SQLAlchemyError) as error:
        raise opening_error(place, error) from error
    except Exception as error:
        # Of pysqlite3, whose errors share no class with those of Python's own module.
        if getattr(error, "sqlite_errorcode", None) is None:
            raise
        raise opening_error(place, error) from error


def _refuse_other_versions(place: str, reading: Engine) -> None:
    try:
        with reading.connect() as connection:
            version = version_of(connection)
        if version is None:
            raise DatabaseOpenError(place, "there is nothing in it")
        if version != HEAD:
            refuse_unknown(place, version)
            reason = "an older version wrote it; open its bench once to bring it up"
            raise DatabaseOpenError(place, reason)
    except BaseException:
        reading.dispose()
        raise


def _bring_up_to_date(
    place: str,
    engine: Engine,
    *,
    back_up: Callable[[], None] = lambda: None,
    before_changes: Callable[[], None] = lambda: None,
    prepare: Callable[[Connection], None] = lambda connection: None,
) -> None:
    """Make or change the tables, where that is to be done; refuse what is not ours.

    Args:
        place: Where it is, for messages.
        engine: Gives a connection that may write.
        back_up: Called before tables are changed.
        before_changes: Called once it is not refused, before anything is written.
        prepare: Called before tables are made.
    """
    with engine.connect() as connection, connection.begin():
        version = version_of(connection)
        if version is None or version == HEAD:
            before_changes()
            if version is None:
                prepare(connection)
                make_tables(connection)
            return
    refuse_unknown(place, version)
    back_up()
    before_changes()
    with engine.connect() as connection, connection.begin():
        migrate(connection)
