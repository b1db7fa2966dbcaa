"""Which files a run gave: asked by an index, however many it gave and whoever else is kept."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.archive.archive import Archive
from app.archive.records import BlobPath, FileState
from app.archive.rows import path_from, path_text
from app.database.archive_tables import files


@dataclass(frozen=True, slots=True)
class OfRun:
    """A file that a run gave.

    Attributes:
        id: Its id.
        state: Where it stands.
    """

    id: UUID
    state: FileState


def file_of(archive: Archive, run: UUID, path: BlobPath) -> OfRun | None:
    """The file that a blob of an output became; one in the trash too; None where it was not kept.

    Args:
        archive: Where it would be.
        run: Which run.
        path: Where in its output the blob stood.

    Raises:
        ArchiveError: The catalogue cannot be read.
    """
    wanted = (
        select(files.c.id, files.c.state)
        .where(files.c.run == run, files.c.path == path_text(path))
        .where(files.c.state != FileState.DRAFT.value)
        .order_by(files.c.number.desc())
        .limit(1)
    )
    archive.refuse_closed()
    row = archive.read(lambda connection: connection.execute(wanted).first())
    return None if row is None else OfRun(row.id, FileState(row.state))


def kept_of(archive: Archive, run: UUID) -> dict[BlobPath, UUID]:
    """All blobs of an output that are kept: where they stand, and the ids of the files.

    Args:
        archive: Where they are.
        run: Which run.

    Raises:
        ArchiveError: The catalogue cannot be read.
    """
    # The state is looked at here: asked for both, SQLite might walk through all that are linked.
    wanted = (
        select(files.c.path, files.c.id, files.c.state)
        .where(files.c.run == run)
        .order_by(files.c.number)
    )
    archive.refuse_closed()
    rows = archive.read(lambda connection: connection.execute(wanted).all())
    linked = FileState.LINKED.value
    return {path_from(row.path): row.id for row in rows if row.state == linked}
