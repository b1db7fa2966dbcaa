"""Writing a new file into the catalogue, in as few statements as it takes.

Pictures come many a second, and SQLAlchemy takes several times as long to say a statement as SQLite
to carry it out. So what is to be known is asked in one, and what is written is compiled once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Table, insert
from sqlalchemy.engine.interfaces import Dialect

from app.archive.errors import FileTakenError
from app.archive.question_sql import Statement
from app.archive.rows import Content, NewFile, row_of, setting_values
from app.archive.texts import plain
from app.database.archive_tables import (
    file_events,
    file_settings,
    file_tags,
    file_versions,
    files,
    objects,
)
from app.database.ready_statements import ReadyStatement
from app.setting_keys import setting_keys

CREATED: Final = "created"
LINKED: Final = "linked"

_STANDING: Final = (
    "SELECT (SELECT max(number) FROM files),"
    " (SELECT detail FROM file_events WHERE what = ? ORDER BY number DESC LIMIT 1),"
    " (SELECT max(number) FROM file_events),"
    " (SELECT number FROM files WHERE id = ?),"
    " (SELECT size FROM objects WHERE sha256 = ?)"
)
_KNOWN_AGAIN: Final = "UPDATE objects SET unreferenced_us = NULL, damage = '' WHERE sha256 = ?"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that is to be put into the catalogue, with all that can be worked out before.

    Attributes:
        new: What is said about it.
        content: Its content; None for a draft.
        row: All but its number.
        settings: Keys of what it was made with.
    """

    new: NewFile
    content: Content | None
    row: Mapping[str, Any]
    settings: Sequence[int]


@dataclass(frozen=True, slots=True)
class Put:
    """What was put into the catalogue.

    Attributes:
        row: Of the file.
        is_new_content: Whether the catalogue did not know its content before.
    """

    row: Mapping[str, Any]
    is_new_content: bool


def prepared(new: NewFile, at_us: int, content: Content | None = None) -> Prepared:
    """Work out a file's row, in whatever thread: the one that writes has enough to do."""
    row = row_of(new, 0, at_us, content)
    keys = setting_keys(setting_values(row["settings"])) if new.provenance.settings else ()
    return Prepared(new, content, row, keys)


def put_new(connection: Connection, file: Prepared) -> Put:
    """A record with its content, or a draft without.

    Raises:
        FileTakenError: There is a file of that id.
    """
    new, content = file.new, file.content
    newest, newest_event, known = _standing(connection, new, content)
    number = newest + 1
    row = {**file.row, "number": number}
    _insert(connection, files, [row])
    _insert(
        connection,
        file_tags,
        [{"number": number, "folded": key, "tag": tag} for key, tag in new.tags.items()],
    )
    settings = [{"setting": key, "number": number} for key in file.settings]
    _insert(connection, file_settings, settings)
    done = [(CREATED, f"file {number}")]
    if content is not None:
        done.append((LINKED, f"version 1, {content.size} bytes"))
        _put_content(connection, row, content, new.who, known=known)
    events = [
        {
            "number": newest_event + each,
            "file": new.id,
            "at_us": row["created_us"],
            "what": what,
            "who": plain(new.who),
            "detail": detail,
        }
        for each, (what, detail) in enumerate(done, 1)
    ]
    _insert(connection, file_events, events)
    return Put(row, is_new_content=content is not None and not known)


def _standing(
    connection: Connection, new: NewFile, content: Content | None
) -> tuple[int, int, bool]:
    """The highest numbers of files and events, and whether the content is known.

    The number of a file which was deleted is only in the story of what was done: who reads on from
    the highest one misses none that comes.
    """
    id = new.id.hex if connection.dialect.name == "sqlite" else new.id
    sha256 = None if content is None else content.sha256
    ((there, said, event, taken, known),) = Statement(_STANDING, (CREATED, id, sha256)).execute(
        connection
    )
    if taken is not None:
        raise FileTakenError(new.id)
    told = (said or "").rpartition(" ")[2]
    newest = max(int(there or 0), int(told) if told.isdecimal() else 0)
    return newest, int(event or 0), known is not None


def _put_content(
    connection: Connection, row: Mapping[str, Any], content: Content, who: str, *, known: bool
) -> None:
    if known:
        Statement(_KNOWN_AGAIN, (content.sha256,)).carry_out(connection)
    else:
        _insert(
            connection,
            objects,
            [
                {
                    "sha256": content.sha256,
                    "size": content.size,
                    "created_us": row["created_us"],
                    "unreferenced_us": None,
                    "checked_us": row["created_us"],
                    "damage": "",
                }
            ],
        )
    version = {column.name: row[column.name] for column in file_versions.c}
    _insert(connection, file_versions, [version | {"who": plain(who)}])


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        _ready(table, connection.dialect).execute(connection, rows)


@lru_cache(maxsize=32)
def _ready(table: Table, dialect: Dialect) -> ReadyStatement:
    return ReadyStatement(insert(table), table, dialect)
