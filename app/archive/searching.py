"""Asking the catalogue: questions as SQL, rows as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.archive.errors import ArchiveError, FileNotKeptError
from app.archive.file_rows import columns, files_from
from app.archive.question_sql import Statement, put
from app.archive.questions import question_of
from app.archive.records import (
    LARGEST_PAGE,
    ArchivedFile,
    FileEvent,
    FilePage,
    FileQuery,
    FileVersion,
)
from app.archive.rows import version_of
from app.archive.texts import moment
from app.database.archive_tables import file_events, file_tags, file_versions, files
from app.database.database import Database
from app.database.errors import DatabaseError


class FileReader:
    """Reads the catalogue. May wait for the disk.

    Args:
        database: Where it is.
        uri_prefix: What the addresses of files begin with.
    """

    def __init__(self, database: Database, uri_prefix: str) -> None:
        self._database = database
        self._uri_prefix = uri_prefix

    def get(self, id: UUID) -> ArchivedFile:
        """One file, with all that is known of it.

        Raises:
            FileNotKeptError: There is none of that id.
            ArchiveError: The catalogue cannot be read.
        """
        return self.all_of([id], whole=True)[0]

    def all_of(self, ids: Sequence[UUID], *, whole: bool = False) -> list[ArchivedFile]:
        """Files in the order they are asked for.

        Args:
            ids: Which.
            whole: With the values in their provenance.

        Raises:
            FileNotKeptError: There is none of one of the ids.
            ArchiveError: The catalogue cannot be read.
        """
        found: dict[UUID, ArchivedFile] = {}
        with self._reading() as connection:
            sqlite = connection.dialect.name == "sqlite"
            what = columns(sqlite=sqlite, whole=whole)
            for start in range(0, len(ids), LARGEST_PAGE):
                some = tuple(id.hex if sqlite else id for id in ids[start : start + LARGEST_PAGE])
                marks = ", ".join("?" * len(some))
                wanted = Statement(f"SELECT {what} FROM files WHERE id IN ({marks})", some)
                rows = wanted.execute(connection)
                read = files_from(rows, self._uri_prefix)
                found |= {file.id: file for file in read}
        for id in ids:
            if id not in found:
                raise FileNotKeptError(id)
        return [found[id] for id in ids]

    def find(self, query: FileQuery) -> FilePage:
        """The files that fit.

        Raises:
            FileQueryError: The query cannot be understood.
            ArchiveError: The catalogue cannot be read.
        """
        question = question_of(query)
        if query.text.strip() and not question.words:
            # There is nothing in it that anything could be found by, such as '???'.
            return FilePage([], None, 0 if query.total else None)
        with self._reading() as connection:
            what = columns(sqlite=connection.dialect.name == "sqlite")
            asked = put(connection, question, what)
            rows = asked.page.execute(connection)
            total = int(asked.total.execute(connection)[0][0]) if query.total else None
        found = files_from(rows[: query.limit], self._uri_prefix)
        more = str(found[-1].number) if len(rows) > query.limit else None
        return FilePage(found, more, total)

    def versions(self, id: UUID) -> list[FileVersion]:
        """What a file held, the oldest first.

        Raises:
            FileNotKeptError: There is no such file.
            ArchiveError: The catalogue cannot be read.
        """
        number = select(files.c.number).where(files.c.id == id)
        with self._reading() as connection:
            found = connection.execute(number).scalar()
            if found is None:
                raise FileNotKeptError(id)
            wanted = select(file_versions).where(file_versions.c.number == found)
            rows = connection.execute(wanted.order_by(file_versions.c.version)).all()
        return [version_of(row) for row in rows]

    def events(self, id: UUID) -> list[FileEvent]:
        """What was done to a file, the oldest first; also to one that was deleted.

        Raises:
            ArchiveError: The catalogue cannot be read.
        """
        wanted = select(file_events).where(file_events.c.file == id)
        with self._reading() as connection:
            rows = connection.execute(wanted.order_by(file_events.c.number)).all()
        return [FileEvent(moment(row.at_us), row.what, row.who, row.detail) for row in rows]

    def tags(self) -> dict[str, int]:
        """All tags there are, with how many files have them, in alphabetical order.

        Raises:
            ArchiveError: The catalogue cannot be read.
        """
        wanted = select(func.min(file_tags.c.tag), func.count()).group_by(file_tags.c.folded)
        with self._reading() as connection:
            rows = connection.execute(wanted.order_by(file_tags.c.folded)).all()
        return {row[0]: row[1] for row in rows}

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._database.reader() as connection:
                yield connection
        except DatabaseError as error:
            raise ArchiveError(str(error)) from error
