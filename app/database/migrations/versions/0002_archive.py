"""The archive: files that are kept, and their contents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")

_FTS = (
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


def upgrade() -> None:
    """Make the tables of the archive."""
    op.create_table(
        "files",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("size", sa.BigInteger),
        sa.Column("sha256", sa.String(64)),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("changed_us", sa.BigInteger, nullable=False),
        sa.Column("trashed_us", sa.BigInteger),
        sa.Column("kept_by", sa.String(16), nullable=False),
        sa.Column("run", sa.Uuid),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("made_us", sa.BigInteger),
        sa.Column("thing", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("sample", sa.Text, nullable=False),
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("extension", sa.Text, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("meta", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("input", sa.Text, nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_files"),
    )
    op.create_index("ix_files_id", "files", ["id"], unique=True)
    op.create_index("ix_files_sha256", "files", ["sha256", "number"])
    op.create_index("ix_files_run", "files", ["run", "number"])
    op.create_index("ix_files_created", "files", ["created_us"])
    op.create_index("ix_files_thing_action", "files", ["thing", "action", "number"])
    op.create_index("ix_files_sample", "files", ["sample", "number"])
    op.create_index("ix_files_session", "files", ["session", "number"])
    op.create_index("ix_files_media_type", "files", ["media_type", "number"])
    if op.get_bind().dialect.name == "sqlite":
        for statement in _FTS:
            op.execute(statement)
    else:
        op.execute(
            "CREATE INDEX ix_files_words ON files "
            "USING gin (array_to_tsvector(string_to_array(words, ' ')))"
        )
    op.create_table(
        "objects",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("unreferenced_us", sa.BigInteger),
        sa.Column("checked_us", sa.BigInteger),
        sa.Column("damage", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_objects"),
    )
    op.create_index("ix_objects_unreferenced", "objects", ["unreferenced_us"])
    op.create_index("ix_objects_checked", "objects", ["checked_us"])
    op.create_table(
        "file_versions",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", "version", name="pk_file_versions"),
    )
    op.create_index("ix_file_versions_sha256", "file_versions", ["sha256"])
    op.create_table(
        "file_tags",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("folded", sa.Text, nullable=False),
        sa.Column("tag", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", "folded", name="pk_file_tags"),
    )
    op.create_index("ix_file_tags_folded", "file_tags", ["folded", "number"])
    op.create_table(
        "file_meta",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", "key", "value", name="pk_file_meta"),
    )
    op.create_index("ix_file_meta_key_value", "file_meta", ["key", "value", "number"])
    op.create_table(
        "file_events",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("file", sa.Uuid, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_file_events"),
    )
    op.create_index("ix_file_events_file", "file_events", ["file", "number"])


def downgrade() -> None:
    """Drop the catalogue with all that is in it; the contents stay on the disk."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE file_words")
    for table in (
        "file_events",
        "file_meta",
        "file_tags",
        "file_versions",
        "objects",
        "files",
    ):
        op.drop_table(table)
