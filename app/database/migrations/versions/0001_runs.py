"""The ledger of what was run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the table of runs."""
    op.create_table(
        "runs",
        sa.Column("number", _NUMBER, autoincrement=False, nullable=False),
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("parent", sa.Uuid),
        sa.Column("root", sa.Uuid, nullable=False),
        sa.Column("thing", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("operator", sa.Text, nullable=False),
        sa.Column("sample", sa.Text, nullable=False),
        sa.Column("session", sa.Text, nullable=False),
        sa.Column("requested_us", sa.BigInteger, nullable=False),
        sa.Column("started_us", sa.BigInteger),
        sa.Column("ended_us", sa.BigInteger),
        sa.Column("elapsed_s", sa.Float),
        sa.Column("stuck", sa.Boolean, nullable=False),
        sa.Column("bytes", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("note_words", sa.Text, nullable=False),
        sa.Column("input", sa.Text, nullable=False),
        sa.Column("input_blobs", sa.Text, nullable=False),
        sa.Column("output", sa.Text, nullable=False),
        sa.Column("blobs", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("log", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_runs"),
    )
    op.create_index("ix_runs_id", "runs", ["id"], unique=True)
    op.create_index("ix_runs_parent", "runs", ["parent"])
    op.create_index("ix_runs_thing_action", "runs", ["thing", "action", "number"])
    op.create_index("ix_runs_state", "runs", ["state", "number"])
    op.create_index("ix_runs_requested", "runs", ["requested_us", "bytes"])


def downgrade() -> None:
    """Drop the table of runs with all that is in it."""
    op.drop_table("runs")
