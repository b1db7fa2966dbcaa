"""Copies of a database file: made while it is open, brought back when it is damaged."""

from __future__ import annotations

import logging
import os
import shutil
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.database import sqlite, sums
from app.database.errors import DatabaseCorruptError, DatabaseError, DatabaseOpenError
from things.events import now

_log = logging.getLogger(__name__)

FOLDER = "copies"
KEPT = 2
EVERY = timedelta(days=1)
FIRST_LOOK_S = 60.0
LOOK_EVERY_S = 3600.0
ROOM_LEFT = 2
"""A copy is made only where this many times its size is free: the ledger comes first."""

_STAMP = "%Y%m%dT%H%M%SZ"


def copies_of(file: Path) -> list[Path]:
    """The copies there are of a file, newest first."""
    return sorted((file.parent / FOLDER).glob(f"{file.stem}-*Z{file.suffix}"), reverse=True)


def made_at(copy: Path) -> datetime:
    """When a copy was made, UTC, by its name."""
    return datetime.strptime(copy.stem.rpartition("-")[2], _STAMP).replace(tzinfo=UTC)


def offer(file: Path) -> str:
    """What can be done about a file that is damaged, in words."""
    copies = copies_of(file)
    if not copies:
        return "there is no copy of it"
    return f"'labwright db restore' brings back the copy of {made_at(copies[0]):%Y-%m-%d %H:%M} UTC"


def make_copy(file: Path, target: Path | None = None) -> Path:
    """Copy a database, whether a program has it open or not; complete or not there.

    Args:
        file: The database; it is only read.
        target: Where to; into the folder of copies when None.

    Returns:
        The copy.

    Raises:
        DatabaseError: It is damaged, or the copy cannot be written.
    """
    choice = sqlite.sqlite_choice()
    if target is None:
        target = file.parent / FOLDER / f"{file.stem}-{now():{_STAMP}}{file.suffix}"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite.connect(choice, file, read_only=True)
        try:
            sqlite.prepare_reader(connection)
            sqlite.copy_to(connection, choice, target)
        finally:
            connection.close()
        sums.keep_sums(target)
    except (OSError, choice.module.Error) as error:
        raise DatabaseError(f"{file} cannot be copied to {target}: {error}") from error
    return target


def restore(file: Path, copy: Path) -> Path | None:
    """Put a copy in the place of a database that nobody has open.

    Args:
        file: The database; what is there is put aside under another name, not overwritten.
        copy: What takes its place.

    Returns:
        Where the one before is now; None where there was none.

    Raises:
        DatabaseCorruptError: The copy itself is damaged; nothing was changed.
        DatabaseOpenError: It is not there.
        OSError: It cannot be written.
    """
    if not copy.is_file():
        raise DatabaseOpenError(str(copy), "there is no such file")
    if found := sums.difference(copy) or sqlite.damage_of(copy, closed=True):
        raise DatabaseCorruptError(str(copy), found)
    coming = file.with_name(f"{file.name}.restoring")
    shutil.copyfile(copy, coming)
    with coming.open("rb+") as stream:
        os.fsync(stream.fileno())
    aside = None
    if file.exists():
        aside = file.with_name(f"{file.name}.damaged-{now():{_STAMP}}")
        # What belongs to it goes along: the log holds what was written last.
        for end in ("", "-wal", "-shm", "-journal"):
            part = file.with_name(file.name + end)
            if part.exists():
                part.rename(aside.with_name(aside.name + end))
    sums.forget_sums(file)
    coming.rename(file)
    sums.keep_sums(file)
    return aside


class CopyKeeper:
    """Copies an open database once a day, in a thread of its own, and keeps the newest copies.

    Args:
        file: The database.
        kept: How many copies are kept.
        first_look_s: How long after the opening it looks for the first time, in seconds.
        every_s: And how often afterwards.
    """

    def __init__(
        self,
        file: Path,
        kept: int = KEPT,
        *,
        first_look_s: float = FIRST_LOOK_S,
        every_s: float = LOOK_EVERY_S,
    ) -> None:
        self._file = file
        self._kept = kept
        self._first_look_s = first_look_s
        self._every_s = every_s
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="database-copies", daemon=True)
        self._thread.start()

    def look(self) -> Path | None:
        """Make a copy where it is time, and there is room.

        Returns:
            The copy.

        Raises:
            DatabaseError: It cannot be made.
        """
        copies = copies_of(self._file)
        if copies and now() - made_at(copies[0]) < EVERY:
            return None
        size = self._file.stat().st_size
        if shutil.disk_usage(self._file.parent).free < ROOM_LEFT * size:
            raise DatabaseError("there is too little room for a copy")
        made = make_copy(self._file)
        for old in copies[self._kept - 1 :]:
            old.unlink(missing_ok=True)
            sums.forget_sums(old)
        return made

    def close(self) -> None:
        """End; a copy that is being made is finished."""
        self._ending.set()
        self._thread.join(5.0)

    def _work(self) -> None:
        wait_s = self._first_look_s
        while not self._ending.wait(wait_s):
            wait_s = self._every_s
            try:
                self.look()
            except (DatabaseError, OSError) as error:
                _log.warning("The database is not copied: %s", error)
