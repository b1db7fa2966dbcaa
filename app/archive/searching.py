"""Asking the catalogue: questions as SQL, rows as files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    cast,
    column,
    func,
    intersect,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from app.archive.errors import ArchiveError, FileNotKeptError, FileQueryError
from app.archive.records import (
    LARGEST_PAGE,
    ArchivedFile,
    FileEvent,
    FilePage,
    FileQuery,
    FileVersion,
)
from app.archive.rows import file_of, version_of
from app.archive.store import SHA256
from app.archive.texts import folded, micros, moment, plain
from app.archive.words import words_in, written
from app.database.archive_tables import (
    file_events,
    file_meta,
    file_settings,
    file_tags,
    file_versions,
    files,
    objects,
)
from app.database.database import Database
from app.database.errors import DatabaseError
from app.setting_keys import MOST_PARTS, setting_key

LONGEST_TEXT = 200
MOST_WORDS = 20

_LEFT_OUT_OF_LISTS = frozenset({"words", "input", "settings"})
_SQLITE_WORDS = table("file_words", column("rowid", Integer))
_LISTED: list[Column[Any]] = [c for c in files.c if c.name not in _LEFT_OUT_OF_LISTS]


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
        columns = list(files.c) if whole else _LISTED
        try:
            with self._database.reader() as connection:
                for start in range(0, len(ids), LARGEST_PAGE):
                    wanted = select(*columns).where(
                        files.c.id.in_(ids[start : start + LARGEST_PAGE])
                    )
                    rows = connection.execute(wanted).all()
                    found |= {file.id: file for file in self._files(connection, rows)}
        except DatabaseError as error:
            raise ArchiveError(str(error)) from error
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
        if not 1 <= query.limit <= LARGEST_PAGE:
            raise FileQueryError("limit", f"a number from 1 to {LARGEST_PAGE} was expected")
        wanted = _conditions(query)
        after = None if query.after is None else _cursor(query.after)
        words = words_in(query.text)
        if len(words) > MOST_WORDS:
            raise FileQueryError("text", f"at most {MOST_WORDS} words were expected")
        try:
            with self._database.reader() as connection:
                sqlite = connection.dialect.name == "sqlite"
                page = _page(wanted, words, query, after, sqlite=sqlite)
                rows = connection.execute(page).all()
                found = self._files(connection, rows[: query.limit])
                total = None
                if query.total:
                    counting = select(func.count()).select_from(files)
                    counting = counting.where(*wanted, *_with_words(words, sqlite=sqlite))
                    total = int(connection.execute(counting).scalar_one())
        except DatabaseError as error:
            raise ArchiveError(str(error)) from error
        more = str(found[-1].number) if len(rows) > query.limit else None
        return FilePage(found, more, total)

    def versions(self, id: UUID) -> list[FileVersion]:
        """What a file held, the oldest first.

        Raises:
            FileNotKeptError: There is no such file.
            ArchiveError: The catalogue cannot be read.
        """
        number = select(files.c.number).where(files.c.id == id)
        try:
            with self._database.reader() as connection:
                found = connection.execute(number).scalar()
                if found is None:
                    raise FileNotKeptError(id)
                wanted = select(file_versions).where(file_versions.c.number == found)
                rows = connection.execute(wanted.order_by(file_versions.c.version)).all()
        except DatabaseError as error:
            raise ArchiveError(str(error)) from error
        return [version_of(row) for row in rows]

    def events(self, id: UUID) -> list[FileEvent]:
        """What was done to a file, the oldest first; also to one that was deleted.

        Raises:
            ArchiveError: The catalogue cannot be read.
        """
        wanted = select(file_events).where(file_events.c.file == id)
        try:
            with self._database.reader() as connection:
                rows = connection.execute(wanted.order_by(file_events.c.number)).all()
        except DatabaseError as error:
            raise ArchiveError(str(error)) from error
        return [FileEvent(moment(row.at_us), row.what, row.who, row.detail) for row in rows]

    def tags(self) -> dict[str, int]:
        """All tags there are, with how many files have them, in alphabetical order.

        Raises:
            ArchiveError: The catalogue cannot be read.
        """
        wanted = select(func.min(file_tags.c.tag), func.count()).group_by(file_tags.c.folded)
        try:
            with self._database.reader() as connection:
                rows = connection.execute(wanted.order_by(file_tags.c.folded)).all()
        except DatabaseError as error:
            raise ArchiveError(str(error)) from error
        return {row[0]: row[1] for row in rows}

    def _files(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[ArchivedFile]:
        numbers = [row.number for row in rows]
        tags: dict[int, list[str]] = {}
        wanted = select(file_tags.c.number, file_tags.c.tag).where(file_tags.c.number.in_(numbers))
        for number, tag in connection.execute(wanted.order_by(file_tags.c.folded)):
            tags.setdefault(number, []).append(tag)
        damaged = select(objects.c.sha256, objects.c.damage).where(
            objects.c.damage != "", objects.c.sha256.in_([row.sha256 for row in rows])
        )
        damage: dict[str, str] = {row.sha256: row.damage for row in connection.execute(damaged)}
        return [
            file_of(
                row,
                tuple(tags.get(row.number, ())),
                damage.get(row.sha256 or "", ""),
                self._uri_prefix,
            )
            for row in rows
        ]


def _conditions(query: FileQuery) -> list[ColumnElement[bool]]:
    """All that is asked but the words, which each database has its own way for."""
    columns = files.c
    found: list[ColumnElement[bool]] = [
        column == (plain(wanted) if isinstance(wanted, str) else wanted)
        for column, wanted in (
            (columns.state, None if query.state is None else query.state.value),
            (columns.thing, query.thing),
            (columns.action, query.action),
            (columns.sample, query.sample),
            (columns.session, query.session),
            (columns.operator, query.operator),
            (columns.run, query.run),
        )
        if wanted is not None
    ]
    if query.sha256 is not None:
        if not SHA256.fullmatch(query.sha256):
            raise FileQueryError("sha256", "64 digits of a SHA-256 were expected")
        found.append(columns.sha256 == query.sha256)
    if query.media_type is not None:
        found.append(_of_type(query.media_type))
    for name, at, since in (("since", query.since, True), ("until", query.until, False)):
        if at is None:
            continue
        if at.tzinfo is None:
            raise FileQueryError(name, "a time with its zone was expected")
        us = micros(at)
        found.append(columns.created_us >= us if since else columns.created_us < us)
    numbers = [
        select(file_tags.c.number).where(file_tags.c.folded == plain(folded(tag)))
        for tag in query.tags
    ]
    numbers += [
        select(file_meta.c.number).where(
            file_meta.c.key == plain(key), file_meta.c.value == plain(written(value))
        )
        for key, value in query.meta.items()
    ]
    numbers += [
        select(file_settings.c.number).where(file_settings.c.setting == _setting(key, value))
        for key, value in query.settings.items()
    ]
    if numbers:
        # One set of numbers: with two of them, SQLite would look through one for each of the other.
        found.append(columns.number.in_(intersect(*numbers)))
    if len(query.text) > LONGEST_TEXT:
        raise FileQueryError("text", f"at most {LONGEST_TEXT} characters were expected")
    return found


def _setting(where: str, value: Any) -> int:
    thing, dot, name = where.partition(".")
    if not (thing and dot and name):
        raise FileQueryError("settings", "a Thing and a property, as 'camera.gain', were expected")
    key = setting_key(thing, name, value)
    if key is None:
        raise FileQueryError("settings", f"a value of at most {MOST_PARTS} parts was expected")
    return key


def _of_type(wanted: str) -> ColumnElement[bool]:
    media_type = plain(wanted).strip().casefold()
    kind, slash, what = media_type.partition("/")
    if not slash or not kind or not what or "*" in kind:
        if media_type == "*/*":
            return files.c.media_type != ""
        raise FileQueryError("media_type", "such as 'image/png' or 'image/*' was expected")
    if what == "*":
        return files.c.media_type.startswith(f"{kind}/", autoescape=True)
    exactly = files.c.media_type == media_type
    return or_(exactly, files.c.media_type.startswith(f"{media_type};", autoescape=True))


def _page(
    wanted: Sequence[ColumnElement[bool]],
    words: Sequence[str],
    query: FileQuery,
    after: int | None,
    *,
    sqlite: bool,
) -> Select[Any]:
    """The files of a page, and one more."""
    page: Select[Any] = select(*_LISTED).where(*wanted)
    number: ColumnElement[int] = files.c.number
    if words and sqlite:
        # Joined, the index of words gives the files in their order, and no more than are wanted.
        number = _SQLITE_WORDS.c.rowid
        page = page.join(_SQLITE_WORDS, number == files.c.number).where(_match(words))
    else:
        page = page.where(*_with_words(words, sqlite=sqlite))
    if after is not None:
        page = page.where(number > after if query.oldest_first else number < after)
    return page.order_by(number.asc() if query.oldest_first else number.desc()).limit(
        query.limit + 1
    )


def _with_words(words: Sequence[str], *, sqlite: bool) -> list[ColumnElement[bool]]:
    """That all words are there, in the way of the database."""
    if not words:
        return []
    if sqlite:
        found: Select[Any] = select(_SQLITE_WORDS.c.rowid).where(_match(words))
        return [files.c.number.in_(found)]
    lexemes = " & ".join(f"'{word}':*" for word in words)
    return [
        literal_column("array_to_tsvector(string_to_array(files.words, ' '))").op(
            "@@", is_comparison=True
        )(cast(literal(lexemes), TSQUERY))
    ]


def _match(words: Sequence[str]) -> ColumnElement[bool]:
    match = " AND ".join(f'"{word}"*' for word in words)
    return literal_column("file_words").op("MATCH", is_comparison=True)(literal(match))


def _cursor(given: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) <= 18):
        raise FileQueryError("after", "the 'next' of a page was expected")
    return int(given)
