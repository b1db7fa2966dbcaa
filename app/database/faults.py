"""What an error of the database's driver means."""

from __future__ import annotations

import errno
import sqlite3
from types import MappingProxyType

from sqlalchemy.exc import DBAPIError, OperationalError

from app.database.errors import (
    DatabaseCorruptError,
    DatabaseLockedError,
    DatabaseOpenError,
    DatabaseReadOnlyError,
)

_SQLITE_TROUBLES = MappingProxyType(
    {
        sqlite3.SQLITE_FULL: "the disk is full",
        sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
        sqlite3.SQLITE_BUSY: "another program holds the database",
        sqlite3.SQLITE_LOCKED: "another program holds the database",
        sqlite3.SQLITE_CANTOPEN: "the database file cannot be opened",
        sqlite3.SQLITE_READONLY: "the database cannot be written",
        sqlite3.SQLITE_NOMEM: "there is not enough memory",
        sqlite3.SQLITE_CORRUPT: "the database is damaged",
        sqlite3.SQLITE_NOTADB: "the file is no database",
        sqlite3.SQLITE_PERM: "the database may not be opened",
        sqlite3.SQLITE_AUTH: "the database may not be opened",
    }
)
"""Primary result codes that say nothing of the statement, only of the disk beneath it."""

_DISK_FULL = "53100"
_LIMIT_EXCEEDED = "54"
"""Source: PostgreSQL's appendix A, 'Error Codes'."""

_OPENING: dict[int, type[DatabaseOpenError]] = {
    sqlite3.SQLITE_BUSY: DatabaseLockedError,
    sqlite3.SQLITE_LOCKED: DatabaseLockedError,
    sqlite3.SQLITE_READONLY: DatabaseReadOnlyError,
    sqlite3.SQLITE_CORRUPT: DatabaseCorruptError,
    sqlite3.SQLITE_NOTADB: DatabaseCorruptError,
}


def trouble_of(error: BaseException) -> str:
    """Why nothing can be written now; '' where the statement is to blame, not the disk."""
    original = error.orig if isinstance(error, DBAPIError) else error
    code = sqlite_code(original)
    if code is not None:
        known = _SQLITE_TROUBLES.get(code, "")
        return f"{known} ({original})" if known else ""
    if isinstance(error, DBAPIError) and (
        error.connection_invalidated or isinstance(error, OperationalError)
    ):
        # PostgreSQL counts among these what it finds too long or too much in one statement.
        too_much = (getattr(original, "sqlstate", None) or "").startswith(_LIMIT_EXCEEDED)
        return "" if too_much else str(original).strip()
    return f"the disk cannot be used ({error})" if isinstance(error, OSError) else ""


def is_no_room(error: BaseException) -> bool:
    """Whether it is room that is missing; otherwise the disk fails, or the server is away."""
    original = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(original, OSError):
        return original.errno in (errno.ENOSPC, errno.EDQUOT)
    code = sqlite_code(original)
    return code == sqlite3.SQLITE_FULL or getattr(original, "sqlstate", None) == _DISK_FULL


def opening_error(place: str, error: BaseException) -> DatabaseOpenError:
    """What to say of an error that came up while a database was opened."""
    original = error.orig if isinstance(error, DBAPIError) else error
    kind = _OPENING.get(sqlite_code(original) or 0, DatabaseOpenError)
    return kind(place, trouble_of(error) or str(original).strip() or type(error).__name__)


def sqlite_code(error: BaseException | None) -> int | None:
    """SQLite's primary result code, where the error is one of SQLite's."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None
