"""Looking after the database of a bench that does not run: steps, checks, copies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine

from app.database import FILE_NAME, postgresql, sqlite, sqlite_file, sums
from app.database.copies import copies_of, make_copy, restore
from app.database.database import told_as_opening_errors
from app.database.errors import DatabaseError, DatabaseOpenError
from app.database.migrating import migrate, migrate_down, other_tables, steps, version_of
from app.database.schema import HEAD


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked at, and what is wrong with it.

    Attributes:
        what: What was looked at.
        trouble: What is wrong, in words; '' where all is well.
        note: What else there is to say of it.
    """

    what: str
    trouble: str = ""
    note: str = ""


class Upkeep:
    """The database of a bench, while no program writes to it.

    Args:
        folder: The bench's folder of data.
        address: The setting `database_url`; '' for a file in the folder.

    Attributes:
        place: Where it is, for messages.
        file: The file; None on a server.
    """

    def __init__(self, folder: Path, address: str = "") -> None:
        self._schema = postgresql.schema_of(folder)
        self._url = postgresql.server_url(address) if address else None
        self.file = None if address else folder / FILE_NAME
        self.place = str(self.file) if self._url is None else postgresql.shown(self._url)

    def current(self) -> str:
        """The step it is at; '' where there is nothing in it.

        Raises:
            DatabaseError: It cannot be read.
        """
        with self._reading() as connection:
            return version_of(connection) or ""

    def history(self) -> list[tuple[str, str]]:
        """All steps with what they bring, oldest first."""
        return steps()

    def upgrade(self, to: str = HEAD) -> None:
        """Bring it to a step, and a file into the folder of copies before.

        Raises:
            DatabaseError: There is no such step, or it cannot be written.
        """
        self._step(to, lambda connection: migrate(connection, to), up=True)

    def downgrade(self, to: str) -> None:
        """Take it back to a step; a file is copied before. The tables of later steps are gone.

        Raises:
            DatabaseError: There is no such step, or it cannot be written.
        """
        self._step(to, lambda connection: migrate_down(connection, to), up=False)

    def check(self) -> list[Found]:
        """Look through all of it; a bench may run meanwhile."""
        found = [] if self.file is None else _check_file(self.file)
        if any(each.trouble for each in found):
            return found  # what is damaged is not asked
        try:
            version = self.current()
            note = f"step {version or 'none'} of {HEAD}"
            found.append(Found("version", "" if version == HEAD else f"it is at {note}", note))
            if version == HEAD:
                with self._reading() as connection:
                    found.append(Found("tables", "; ".join(other_tables(connection))))
        except DatabaseError as error:
            found.append(Found("opening", str(error)))
        return found

    def accept(self) -> None:
        """Take the file as it is from now on, although it was changed since it was closed.

        Raises:
            DatabaseError: It is not a sound database.
        """
        file = self._own_file()
        if trouble := sqlite.damage_of(file):
            raise DatabaseError(f"{file} is damaged: {trouble}")
        sums.keep_sums(file)

    def copies(self) -> list[Path]:
        """The copies there are, newest first; none of a database on a server."""
        return [] if self.file is None else copies_of(self.file)

    def back_up(self, target: Path | None = None) -> Path:
        """Copy it; a bench may run meanwhile.

        Args:
            target: Where to; the folder of copies when None.

        Raises:
            DatabaseError: It cannot be read, or the copy cannot be written.
        """
        return make_copy(self._own_file(), target)

    def restore(self, copy: Path | None = None) -> tuple[Path, Path | None]:
        """Put a copy in its place.

        Args:
            copy: Which one; the newest when None.

        Returns:
            The copy that was taken, and where the file is now that was there before.

        Raises:
            DatabaseError: There is no copy, or it is damaged too.
            OSError: It cannot be written.
        """
        file = self._own_file()
        if copy is None:
            copies = copies_of(file)
            if not copies:
                raise DatabaseError(f"there is no copy of {file}")
            copy = copies[0]
        return copy, restore(file, copy)

    def _own_file(self) -> Path:
        if self.file is None:
            raise DatabaseError(
                f"{self.place} is on a server: pg_dump copies it and pg_restore brings it back"
            )
        return self.file

    def _step(self, to: str, call: Callable[[Connection], None], *, up: bool) -> None:
        known = ["", *(step for step, _ in steps())]
        if to not in known:
            raise DatabaseError(f"there is no step {to!r}; 'labwright db history' lists them")
        missing = self.file is not None and not self.file.exists()
        now_at = "" if missing else self.current()
        if now_at not in known:
            raise DatabaseError(f"{self.place} is at step {now_at}, of a newer program")
        if up and known.index(to) < known.index(now_at):
            raise DatabaseError(f"{self.place} is at step {now_at} already: {to} is a way down")
        if not up and known.index(to) > known.index(now_at):
            raise DatabaseError(f"{self.place} is at step {now_at or 'none'}: {to} is a way up")
        if self.file is not None:
            if self.file.exists():
                make_copy(self.file)
            sums.forget_sums(self.file)
        engine = self._writing_engine()
        with self._connected(engine) as connection:
            if self._url is not None:
                postgresql.make_schema(connection, self._schema)
            call(connection)
        if self.file is not None:
            sums.keep_sums(self.file)

    def _writing_engine(self) -> Engine:
        if self._url is not None:
            return postgresql.writing_engine(self._url, self._schema)
        return sqlite_file.writing_engine(self._own_file(), sqlite.sqlite_choice())

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        if self.file is not None and not self.file.is_file():
            raise DatabaseOpenError(self.place, "there is no such file")
        engine = (
            postgresql.reading_engine(self._url, self._schema)
            if self._url is not None
            else sqlite_file.reading_engine(self._own_file(), sqlite.sqlite_choice())
        )
        with self._connected(engine) as connection:
            yield connection

    @contextmanager
    def _connected(self, engine: Engine) -> Iterator[Connection]:
        try:
            with (
                told_as_opening_errors(self.place, self.file),
                engine.connect() as connection,
                connection.begin(),
            ):
                yield connection
        finally:
            engine.dispose()


def _check_file(file: Path) -> list[Found]:
    if not file.is_file():
        return [Found("file", "there is no such file")]
    found = [Found("file", note=f"{file.stat().st_size} bytes")]
    if sums.has_sums(file):
        found.append(Found("sums", sums.difference(file)))
    else:
        note = "none: a program has it open, or did not close it"
        found.append(Found("sums", note=note))
        if missing := sqlite.cut_off_bytes(file):
            found.append(Found("length", f"its last {missing} bytes are missing"))
    found.append(Found("structure", sqlite.damage_of(file, whole=True, closed=sums.has_sums(file))))
    return found
