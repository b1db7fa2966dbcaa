"""Files are found by one index of their words, and of what else they are asked for by."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_AT_ONCE = 1_000
_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

_FILES = sa.table(
    "files",
    *(
        sa.column(name)
        for name in (
            *("number", "state", "sha256", "media_type", "thing", "action", "sample", "session"),
            *("operator", "meta", "words"),
        )
    ),
    sa.column("run", sa.Uuid),
)
_TAGS = sa.table("file_tags", sa.column("number"), sa.column("folded"))
_META = sa.table("file_meta", sa.column("number"), sa.column("key"), sa.column("value"))

_TRIGGERS = (
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
_FTS = (
    (
        "CREATE VIRTUAL TABLE file_words USING fts5("
        "words, content='files', content_rowid='number', tokenize='ascii tokenchars _', "
        "detail='none', prefix='1 2 3 4 5 6')"
    ),
    *_TRIGGERS,
    "INSERT INTO file_words(file_words) VALUES ('rebuild')",
)
_OLD_FTS = (
    (
        "CREATE VIRTUAL TABLE file_words USING fts5("
        "words, content='files', content_rowid='number', tokenize='ascii', detail='none', "
        "prefix='2 3')"
    ),
    *_TRIGGERS,
    "INSERT INTO file_words(file_words) VALUES ('rebuild')",
)
_NO_FTS = (
    "DROP TRIGGER file_words_insert",
    "DROP TRIGGER file_words_delete",
    "DROP TRIGGER file_words_update",
    "DROP TABLE file_words",
)
_GIN = (
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
_OLD_GIN = (
    (
        "CREATE INDEX ix_files_words ON files "
        "USING gin (array_to_tsvector(string_to_array(words, ' ')))"
    ),
)
_NO_OLD_GIN = ("DROP INDEX ix_files_words",)
_NO_GIN = (
    "DROP TRIGGER file_words_follow ON files",
    "DROP FUNCTION file_words_follow()",
    "DROP TABLE file_words",
)
_OLD_INDEXES = (
    ("ix_files_thing_action", ("thing", "action", "number")),
    ("ix_files_sample", ("sample", "number")),
    ("ix_files_session", ("session", "number")),
    ("ix_files_media_type", ("media_type", "number")),
)


def upgrade() -> None:
    """Write facets behind the words of the files that are there, and index them with the words."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    _all(_NO_FTS if sqlite else _NO_OLD_GIN)
    for rows in _files():
        numbers = [row.number for row in rows]
        tags = _by_number(sa.select(_TAGS).where(_TAGS.c.number.in_(numbers)))
        meta = _by_number(sa.select(_META).where(_META.c.number.in_(numbers)))
        _set_words(
            (row.number, " ".join([*row.words.split(), *_facets(row, tags, meta)])) for row in rows
        )
    _all(_FTS if sqlite else _GIN)
    for name, _ in _OLD_INDEXES:
        op.drop_index(name, "files")
    op.create_index("ix_files_state", "files", ["state", "number"])
    op.drop_table("file_meta")


def downgrade() -> None:
    """Take the facets away, and give the values of metadata a table of their own again."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    _all(_NO_FTS if sqlite else _NO_GIN)
    op.create_table(
        "file_meta",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", "key", "value", name="pk_file_meta"),
    )
    op.create_index("ix_file_meta_key_value", "file_meta", ["key", "value", "number"])
    for rows in _files():
        values = [
            {"number": row.number, "key": key, "value": value}
            for row in rows
            for key, value in sorted(set(_single("", json.loads(row.meta))))
        ]
        if values:
            op.get_bind().execute(sa.insert(_META), values)
        _set_words(
            (row.number, " ".join(word for word in row.words.split() if not word.startswith("_")))
            for row in rows
        )
    op.drop_index("ix_files_state", "files")
    for name, columns in _OLD_INDEXES:
        op.create_index(name, "files", list(columns))
    _all(_OLD_FTS if sqlite else _OLD_GIN)


def _all(statements: Sequence[str]) -> None:
    for statement in statements:
        op.execute(statement)


def _files() -> Iterator[Sequence[Any]]:
    connection, last = op.get_bind(), 0
    while True:
        page = sa.select(_FILES).where(_FILES.c.number > last).order_by(_FILES.c.number)
        rows = connection.execute(page.limit(_AT_ONCE)).all()
        if not rows:
            return
        last = rows[-1].number
        yield rows


def _set_words(words: Iterator[tuple[int, str]]) -> None:
    change = (
        sa.update(_FILES)
        .where(_FILES.c.number == sa.bindparam("of"))
        .values(words=sa.bindparam("new"))
    )
    op.get_bind().execute(change, [{"of": number, "new": text} for number, text in words])


def _by_number(wanted: Any) -> dict[int, list[tuple[str, ...]]]:
    found: dict[int, list[tuple[str, ...]]] = {}
    for number, *values in op.get_bind().execute(wanted):
        found.setdefault(number, []).append(tuple(values))
    return found


def _facets(
    row: Any, tags: dict[int, list[tuple[str, ...]]], meta: dict[int, list[tuple[str, ...]]]
) -> Iterator[str]:
    yield _facet("s", row.state)
    for kind, value in zip(
        "tameo", (row.thing, row.action, row.sample, row.session, row.operator), strict=True
    ):
        yield _facet(kind, value)
    media_type = row.media_type.strip().casefold()
    if "/" in media_type:
        yield _facet("k", media_type.partition("/")[0])
    yield _facet("y", media_type)
    for at, letter in enumerate(media_type):
        if letter == ";":
            yield _facet("y", media_type[:at])
    if row.sha256 is not None:
        yield _facet("h", row.sha256)
    if row.run is not None:
        yield _facet("r", row.run.hex)
    for values in sorted(tags.get(row.number, ())):
        yield _facet("g", *values)
    for values in sorted(meta.get(row.number, ())):
        yield _facet("v", *values)


def _facet(kind: str, *values: str) -> str:
    text = "\0".join(values).encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(text, digest_size=8).digest()
    return f"_{kind}{base64.b32encode(digest).decode().rstrip('=').lower()}"


def _single(key: str, value: Any) -> Iterator[tuple[str, str]]:
    """Values as step 0002 kept them."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _single(f"{key}.{name}" if key else str(name), item)
    elif isinstance(value, list):
        for item in value:
            yield from _single(key, item)
    else:
        yield key, _written(value)


def _written(value: str | int | float | bool | None) -> str:
    if value is None:
        return "z"
    if isinstance(value, bool):
        return f"b{int(value)}"
    if isinstance(value, str):
        if len(value) <= 200:
            return f"s{value}"
        return f"h{hashlib.sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()}"
    if isinstance(value, float) and not (math.isfinite(value) and value.is_integer()):
        return f"n{value!r}"
    whole = int(value)
    if abs(whole) <= 2**53:
        return f"n{float(whole)!r}"
    return f"x{hashlib.sha256(f'{whole:x}'.encode()).hexdigest()}"
