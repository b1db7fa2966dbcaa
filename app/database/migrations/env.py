"""Run by alembic: carries out migrations on the connection it is given."""

from __future__ import annotations

from alembic import context

from app.database.archive_tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
