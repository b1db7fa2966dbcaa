"""The tables of the archive, in the same `MetaData` as the ledger's.

What is searched is kept twice: `words` holds a file's words as `app.archive.words` writes them, in
letters and digits of ASCII only, so that SQLite's FTS5 and PostgreSQL's text search take them
apart the same way. Times are whole microseconds since 1970 in UTC.
"""

from __future__ import annotations

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    Uuid,
    event,
)

from app.database.schema import metadata

__all__ = [
    "FTS_STATEMENTS",
    "file_events",
    "file_meta",
    "file_settings",
    "file_tags",
    "file_versions",
    "files",
    "is_declared",
    "metadata",
    "objects",
]

_Number = BigInteger().with_variant(Integer, "sqlite")

files = Table(
    "files",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("size", BigInteger),
    Column("sha256", String(64)),
    Column("media_type", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("changed_us", BigInteger, nullable=False),
    Column("trashed_us", BigInteger),
    Column("kept_by", String(16), nullable=False),
    Column("run", Uuid),
    Column("path", Text, nullable=False),
    Column("made_us", BigInteger),
    Column("thing", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("who", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("sample", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("extension", Text, nullable=False),
    # What may be long comes last: SQLite reads a row from its beginning.
    Column("notes", Text, nullable=False),
    Column("meta", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("input", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Index("ix_files_id", "id", unique=True),
    # Each ends with the number, so that it gives the order too: without that SQLite, which knows
    # nothing of how values are spread, would rather read all files in their order.
    Index("ix_files_sha256", "sha256", "number"),
    Index("ix_files_run", "run", "number"),
    Index("ix_files_created", "created_us"),
    Index("ix_files_thing_action", "thing", "action", "number"),
    Index("ix_files_sample", "sample", "number"),
    Index("ix_files_session", "session", "number"),
    Index("ix_files_media_type", "media_type", "number"),
)
"""Files that are kept. `number` counts them; `sha256` is None for a draft, whose content is still
to come; `words` is what a search looks through."""

objects = Table(
    "objects",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("unreferenced_us", BigInteger),
    Column("checked_us", BigInteger),
    Column("damage", Text, nullable=False),
    Index("ix_objects_unreferenced", "unreferenced_us"),
    Index("ix_objects_checked", "checked_us"),
)
"""Contents, each once. `unreferenced_us` is since when no file names it: it goes a while later;
`damage` what was found wrong with it."""

file_versions = Table(
    "file_versions",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("sha256", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
    Index("ix_file_versions_sha256", "sha256"),
)
"""What each file held, now and before."""

file_tags = Table(
    "file_tags",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("folded", Text, primary_key=True),
    Column("tag", Text, nullable=False),
    Index("ix_file_tags_folded", "folded", "number"),
)
"""Tags as they were written, and without regard to case."""

file_meta = Table(
    "file_meta",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("key", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Index("ix_file_meta_key_value", "key", "value", "number"),
)
"""Single values of the metadata, by dotted keys, as `app.archive.words` writes them."""

file_settings = Table(
    "file_settings",
    metadata,
    Column("setting", BigInteger, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    # A table that is an index and nothing else: 20 bytes a setting.
    sqlite_with_rowid=False,
)
"""Which files were made with a setting, as `app.setting_keys` writes it."""

file_events = Table(
    "file_events",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("file", Uuid, nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("what", String(16), nullable=False),
    Column("who", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_file_events_file", "file", "number"),
)
"""What was done to files; it outlives them."""

FTS_STATEMENTS = (
    (
        "CREATE VIRTUAL TABLE file_words USING fts5("
        "words, content='files', content_rowid='number', tokenize='ascii', detail='none', "
        "prefix='2 3')"
    ),
    (
        "CREATE TRIGGER file_words_insert AFTER INSERT ON files BEGIN "
        "INSERT INTO file_words(rowid, words) VALUES (new.number, new.words); END"
    ),
    (
        "CREATE TRIGGER file_words_delete AFTER DELETE ON files BEGIN "
        "INSERT INTO file_words(file_words, rowid, words) "
        "VALUES ('delete', old.number, old.words); END"
    ),
    (
        "CREATE TRIGGER file_words_update AFTER UPDATE OF words ON files BEGIN "
        "INSERT INTO file_words(file_words, rowid, words) "
        "VALUES ('delete', old.number, old.words); "
        "INSERT INTO file_words(rowid, words) VALUES (new.number, new.words); END"
    ),
)
"""SQLite's index of words, and what keeps it true to the table."""

_TEXT_SEARCH = (
    "CREATE INDEX ix_files_words ON files "
    "USING gin (array_to_tsvector(string_to_array(words, ' ')))"
)
"""PostgreSQL's."""

event.listen(
    files,
    "after_create",
    DDL(_TEXT_SEARCH).execute_if(dialect="postgresql"),  # type: ignore[no-untyped-call]
)
for _statement in FTS_STATEMENTS:
    event.listen(
        files,
        "after_create",
        DDL(_statement).execute_if(dialect="sqlite"),  # type: ignore[no-untyped-call]
    )


def is_declared(name: str | None, kind: str, parents: object) -> bool:
    """Whether what a database holds under a name is declared in `metadata`, and so compared.

    Alembic's `include_name`. The index of words is made by statements of each database's own.
    """
    return not str(name).startswith(("file_words", "ix_files_words"))
