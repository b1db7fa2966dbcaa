"""All tables, in one `MetaData`. How a database of an older program gets there: `migrations/`.

Nothing here is SQLite's own: the same tables are made on PostgreSQL. Times are whole microseconds
since 1970 in UTC, so that they compare and sort the same everywhere. JSON is kept as text, written
by pydantic-core, which is many times faster than going through Python's own.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
)

HEAD = "0004"
"""The newest migration. Known here too, since alembic takes 0.25 s to import."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_Number = BigInteger().with_variant(Integer, "sqlite")

runs = Table(
    "runs",
    metadata,
    Column("number", _Number, primary_key=True, autoincrement=False),
    Column("id", Uuid, nullable=False),
    Column("parent", Uuid),
    Column("root", Uuid, nullable=False),
    Column("thing", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("who", Text, nullable=False),
    Column("operator", Text, nullable=False),
    Column("sample", Text, nullable=False),
    Column("session", Text, nullable=False),
    Column("requested_us", BigInteger, nullable=False),
    Column("started_us", BigInteger),
    Column("ended_us", BigInteger),
    Column("elapsed_s", Float),
    Column("stuck", Boolean, nullable=False),
    Column("bytes", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Column("note_words", Text, nullable=False),
    # What may be long comes last: SQLite reads a row from its beginning.
    Column("input", Text, nullable=False),
    Column("input_blobs", Text, nullable=False),
    Column("output", Text, nullable=False),
    Column("blobs", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("log", Text, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Index("ix_runs_id", "id", unique=True),
    Index("ix_runs_parent", "parent"),
    Index("ix_runs_thing_action", "thing", "action", "number"),
    Index("ix_runs_state", "state", "number"),
    Index("ix_runs_requested", "requested_us", "bytes"),
)
"""What was run. `number` counts them in the order they were accepted; `words` and `note_words` are
what a search looks through, in lower case; `bytes` is what the row takes, about."""
