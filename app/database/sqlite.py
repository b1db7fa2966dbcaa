"""Which SQLite there is, and how it may keep its journal. The one place that knows SQLite.

Before 3.51.3 a database in WAL mode can be damaged when its log is reset, so an older library
keeps a rollback journal instead. Python's own library is often older; `pysqlite3` brings a newer
one where there is a wheel of it. Source: https://www.sqlite.org/wal.html#walresetbug.
"""

from __future__ import annotations

import importlib
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

WAL_IS_SOUND_FROM = (3, 51, 3)
_STEPS = 100_000
BUSY_S = 5.0
"""How long a connection waits for another that writes."""


@dataclass(frozen=True, slots=True)
class SqliteChoice:
    """Which SQLite is used, and how.

    Attributes:
        module: The Python module it is reached by.
        version: Of the library, such as '3.53.4'.
        journal: 'wal' or 'delete'.
        why: In words, for whoever asks.
    """

    module: ModuleType
    version: str
    journal: str
    why: str


def sqlite_choice() -> SqliteChoice:
    """The newest SQLite there is, with the journal that is safe with it."""
    module = newest_module()
    version: str = module.sqlite_version
    name = module.__name__.partition(".")[0]
    if tuple(int(part) for part in version.split(".")) >= WAL_IS_SOUND_FROM:
        return SqliteChoice(
            module, version, "wal", f"SQLite {version} of {name}: a write-ahead log is safe"
        )
    return SqliteChoice(
        module,
        version,
        "delete",
        f"SQLite {version} of {name}: before 3.51.3 a write-ahead log can damage the database, "
        "so a rollback journal is kept, which is slower",
    )


def newest_module() -> ModuleType:
    """The module with the newer library: pysqlite3 where it is installed, or Python's own."""
    try:
        brought: ModuleType = importlib.import_module("pysqlite3.dbapi2")
    except ImportError:
        return sqlite3
    return max(brought, sqlite3, key=lambda each: each.sqlite_version_info)


def connect(
    choice: SqliteChoice,
    file: Path,
    *,
    read_only: bool = False,
    busy_s: float = BUSY_S,
    closed: bool = False,
) -> Any:
    """A connection, which may be used from any thread, one at a time.

    Transactions are begun by statements, never by the module behind our back.

    Args:
        choice: Which SQLite.
        file: The database; made where it is missing, unless `read_only`.
        read_only: Whether the file is opened so that nothing can be written, by anybody.
        busy_s: How long to wait for another one that writes, in seconds.
        closed: Whether nobody writes to it meanwhile, for certain.
    """
    address = f"file:{quote(str(file))}?mode={'ro' if read_only else 'rwc'}"
    if closed:
        address += "&immutable=1"
    return choice.module.connect(
        address, uri=True, isolation_level=None, check_same_thread=False, timeout=busy_s
    )


def prepare_writer(connection: Any, choice: SqliteChoice) -> None:
    """Make a connection keep what it commits, whatever happens to the computer."""
    connection.execute(f"PRAGMA journal_mode={choice.journal}").fetchone()
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")


def prepare_reader(connection: Any) -> None:
    """Make a connection unable to write; it never resets the log either."""
    connection.execute("PRAGMA query_only=ON")
    connection.execute("PRAGMA wal_autocheckpoint=0").fetchone()


def damage(connection: Any, *, whole: bool = False) -> str:
    """What is wrong with the structure of a database; '' where it is sound.

    Reads all of it: about a second for a gigabyte in the disk's cache.

    Args:
        connection: To the database.
        whole: Whether indexes are held against their tables too, which takes several times as long.
    """
    question = "integrity_check" if whole else "quick_check"
    found = connection.execute(f"PRAGMA {question}(1)").fetchone()[0]
    return "" if found == "ok" else str(found)


def damage_of(
    file: Path,
    stop: Callable[[], bool] = lambda: False,
    *,
    whole: bool = False,
    closed: bool = False,
) -> str:
    """What is wrong with the structure of a file; '' where it is sound.

    Args:
        file: The database; it is only read, whoever else has it.
        stop: Asked now and then whether to give up.
        whole: As for `damage`.
        closed: Whether nobody has it open for certain; then nothing is left beside it.
    """
    choice = sqlite_choice()
    connection = connect(choice, file, read_only=True, closed=closed)
    try:
        connection.set_progress_handler(stop, _STEPS)
        return damage(connection, whole=whole)
    except choice.module.Error as error:
        return str(error)
    finally:
        connection.close()


def cut_off_bytes(file: Path) -> int:
    """How much is missing at the end of a database that is closed; 0 where it is whole.

    SQLite itself reads a page that is cut off as zeros. A file whose journal is still there says
    nothing: its last change may be half done, and is undone or completed when it is opened.
    Source: https://www.sqlite.org/fileformat2.html#the_database_header.
    """
    for end in ("-wal", "-journal"):
        log = file.with_name(file.name + end)
        if log.exists() and log.stat().st_size > 0:  # who only reads leaves an empty one
            return 0
    with file.open("rb") as stream:
        header = stream.read(100)
    if len(header) < 100 or not header.startswith(b"SQLite format 3\0"):
        return 0
    size = int.from_bytes(header[16:18])
    pages = int.from_bytes(header[28:32])
    counted = header[24:28] == header[92:96]  # else an old library wrote it, and kept no count
    wanted = pages * (65536 if size == 1 else size) if counted else 0
    return max(0, wanted - file.stat().st_size)


def copy_to(connection: Any, choice: SqliteChoice, target: Path) -> None:
    """Copy a database while it is open; the copy is complete or not there.

    Raises:
        OSError: The copy cannot be written.
    """
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    copy = choice.module.connect(str(unfinished))
    try:
        connection.backup(copy)
    finally:
        copy.close()
    unfinished.rename(target)
