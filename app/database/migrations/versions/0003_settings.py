"""What files were made with, as numbers that an index finds."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from app.setting_keys import setting_keys

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_AT_ONCE = 500


def upgrade() -> None:
    """Make the table, and fill it from what is known of the files that are there."""
    made = op.create_table(
        "file_settings",
        sa.Column("setting", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("setting", "number", name="pk_file_settings"),
        sqlite_with_rowid=False,
    )
    files = sa.table("files", sa.column("number"), sa.column("settings"))
    connection, last = op.get_bind(), 0
    while True:
        page = sa.select(files.c.number, files.c.settings).where(files.c.number > last)
        rows = connection.execute(page.order_by(files.c.number).limit(_AT_ONCE)).all()
        if not rows:
            return
        last = rows[-1].number
        known = [
            {"setting": key, "number": row.number}
            for row in rows
            for key in setting_keys(_values(row.settings))
        ]
        if known:
            connection.execute(made.insert(), known)


def downgrade() -> None:
    """Drop the table; what files were made with is known with each of them all the same."""
    op.drop_table("file_settings")


def _values(text: str) -> dict[str, dict[str, Any]]:
    return {
        thing: {name: value for name, (value, _us) in known.items()}
        for thing, known in json.loads(text).items()
    }
