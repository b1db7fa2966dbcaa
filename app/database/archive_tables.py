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
    Index("ix_files_sha256", "sha256", "number"),
    Index("ix_files_run", "run", "number"),
    Index("ix_files_created", "created_us"),
    Index("ix_files_state", "state", "number"),
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
        "words, content='files', content_rowid='number', tokenize='ascii tokenchars _', "
        "detail='none', prefix='1 2 3 4 5 6')"
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
"""SQLite's index of words, and what keeps it true to the table. Every length of the beginning of
a word has lists of its own; longer ones are put together when they are asked for."""

GIN_STATEMENTS = (
    (
        "CREATE TABLE file_words ("
        "number BIGINT PRIMARY KEY, created_us BIGINT NOT NULL, words TSVECTOR NOT NULL)"
    ),
    (
        "INSERT INTO file_words SELECT number, created_us, "
        "array_to_tsvector(string_to_array(words, ' ')) FROM files"
    ),
    "CREATE INDEX ix_file_words_words ON file_words USING gin (words)",
    "CREATE INDEX ix_file_words_created ON file_words (created_us, number)",
    (
        "CREATE FUNCTION file_words_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP <> 'INSERT' THEN DELETE FROM file_words WHERE number = old.number; END IF; "
        "IF TG_OP <> 'DELETE' THEN INSERT INTO file_words VALUES (new.number, new.created_us, "
        "array_to_tsvector(string_to_array(new.words, ' '))); END IF; "
        "RETURN NULL; END $$"
    ),
    (
        "CREATE TRIGGER file_words_follow AFTER INSERT OR DELETE OR UPDATE OF words ON files "
        "FOR EACH ROW EXECUTE FUNCTION file_words_follow()"
    ),
)
"""PostgreSQL's: a table of their own, since counting goes through all rows that fit, and those of
the files are many times as long."""

for _dialect, _statements in (("sqlite", FTS_STATEMENTS), ("postgresql", GIN_STATEMENTS)):
    for _statement in _statements:
        event.listen(
            files,
            "after_create",
            DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )


def is_declared(name: str | None, kind: str, parents: object) -> bool:
    """Whether what a database holds under a name is declared in `metadata`, and so compared.

    Alembic's `include_name`. The index of words is made by statements of each database's own.
    """
    return not str(name).startswith("file_words")
