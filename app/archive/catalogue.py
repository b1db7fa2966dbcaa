"""Writing the catalogue. All of it runs in the database's writer thread, within a transaction.

A job may be carried out more than once, each time after what it wrote before was taken back; so
nothing here changes anything but the database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from app.archive.errors import (
    FileEmptyError,
    FileNotKeptError,
    FileStateError,
)
from app.archive.new_rows import LINKED
from app.archive.records import FileState
from app.archive.rows import Content, setting_values, words_for
from app.archive.texts import plain
from app.database.archive_tables import (
    file_events,
    file_settings,
    file_tags,
    file_versions,
    files,
    objects,
)
from app.setting_keys import setting_keys

DELETED: Final = "deleted"
"""What is said of a file that was deleted; beside it stands its name."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What people change about a file; None leaves it as it is.

    Attributes:
        name, extension, notes: As they are kept.
        meta: As JSON text.
        tags: What they are without regard to case, and as they were written.
    """

    name: str | None = None
    extension: str | None = None
    notes: str | None = None
    meta: str | None = None
    tags: Mapping[str, str] | None = None


def link(
    connection: Connection,
    id: UUID,
    content: Content,
    at_us: int,
    *,
    who: str,
    media_type: str | None = None,
) -> bool:
    """Put content into a file; one that has some gets a new version.

    Returns:
        Whether the catalogue did not know that content before.

    Raises:
        FileNotKeptError: There is no such file.
        FileStateError: It is in the trash.
    """
    row = the_row(connection, id)
    if row.state == FileState.TRASHED.value:
        raise FileStateError(f"{row.name} is in the trash; it has to be brought back first")
    version = int(row.version) + 1
    kind = media_type or row.media_type
    new = _reference(connection, content, at_us)
    connection.execute(
        insert(file_versions).values(
            number=row.number,
            version=version,
            sha256=content.sha256,
            size=content.size,
            media_type=kind,
            created_us=at_us,
            who=plain(who),
        )
    )
    linked = {
        "state": FileState.LINKED.value,
        "version": version,
        "sha256": content.sha256,
        "size": content.size,
        "media_type": kind,
    }
    _update(connection, row, linked, at_us)
    note(connection, id, at_us, LINKED, who, f"version {version}, {content.size} bytes")
    return new


def change(connection: Connection, id: UUID, changes: Changes, at_us: int, *, who: str) -> None:
    """Change what people say about a file; its content is another matter.

    Raises:
        FileNotKeptError: There is no such file.
    """
    row = the_row(connection, id)
    given = {
        name: value
        for name, value in (
            ("name", changes.name),
            ("extension", changes.extension),
            ("notes", changes.notes),
            ("meta", changes.meta),
        )
        if value is not None
    }
    if changes.tags is not None:
        connection.execute(delete(file_tags).where(file_tags.c.number == row.number))
        _put_tags(connection, row.number, changes.tags)
    _update(connection, row, given, at_us)
    named = [*given, *(["tags"] if changes.tags is not None else [])]
    note(connection, id, at_us, "changed", who, ", ".join(named))


def trash(connection: Connection, id: UUID, at_us: int, *, who: str) -> None:
    """Put a file into the trash; one that is there stays there.

    Raises:
        FileNotKeptError: There is no such file.
        FileEmptyError: It is a draft; that can be deleted.
    """
    row = the_row(connection, id)
    if row.state == FileState.DRAFT.value:
        raise FileEmptyError(id)
    if row.state == FileState.LINKED.value:
        trashed = {"state": FileState.TRASHED.value, "trashed_us": at_us}
        _update(connection, row, trashed, at_us)
        note(connection, id, at_us, "trashed", who)


def restore(connection: Connection, id: UUID, at_us: int, *, who: str) -> None:
    """Bring a file back from the trash; one that is not there stays as it is.

    Raises:
        FileNotKeptError: There is no such file.
    """
    row = the_row(connection, id)
    if row.state == FileState.TRASHED.value:
        linked = {"state": FileState.LINKED.value, "trashed_us": None}
        _update(connection, row, linked, at_us)
        note(connection, id, at_us, "restored", who)


def remove(connection: Connection, id: UUID, at_us: int, *, who: str) -> Row[Any]:
    """Delete a file from the catalogue for good. Its content goes a while later.

    Returns:
        What its row was.

    Raises:
        FileNotKeptError: There is no such file.
        FileStateError: It is neither a draft nor in the trash.
    """
    row = the_row(connection, id)
    if row.state == FileState.LINKED.value:
        raise FileStateError(f"{row.name} is not in the trash; only from there a file is deleted")
    contents = select(file_versions.c.sha256).where(file_versions.c.number == row.number)
    held = set(connection.execute(contents).scalars())
    for table in (file_tags, file_versions):
        connection.execute(delete(table).where(table.c.number == row.number))
    # By both: what comes first in its index is the setting.
    made_with = file_settings.c.setting.in_(setting_keys(setting_values(row.settings)))
    connection.execute(delete(file_settings).where(made_with, file_settings.c.number == row.number))
    connection.execute(delete(files).where(files.c.number == row.number))
    for sha256 in held:
        let_go(connection, sha256, at_us)
    note(connection, id, at_us, DELETED, who, plain(row.name))
    return row


def let_go(connection: Connection, sha256: str, at_us: int) -> None:
    """Say of a content that no file names it, where that is so: the first of two phases."""
    used = select(file_versions.c.number).where(file_versions.c.sha256 == sha256)
    if connection.execute(used.limit(1)).first() is None:
        connection.execute(
            update(objects)
            .where(objects.c.sha256 == sha256, objects.c.unreferenced_us.is_(None))
            .values(unreferenced_us=at_us)
        )


def mark_damaged(connection: Connection, sha256: str, reason: str) -> None:
    """Say of a content that something is wrong with it; '' for nothing any more."""
    connection.execute(update(objects).where(objects.c.sha256 == sha256).values(damage=reason))


def note(
    connection: Connection, id: UUID, at_us: int, what: str, who: str, detail: str = ""
) -> None:
    """Write down what was done to a file."""
    newest = connection.execute(select(func.max(file_events.c.number))).scalar()
    connection.execute(
        insert(file_events).values(
            number=int(newest or 0) + 1,
            file=id,
            at_us=at_us,
            what=what,
            who=plain(who),
            detail=detail,
        )
    )


def the_row(connection: Connection, id: UUID) -> Row[Any]:
    """The row of a file.

    Raises:
        FileNotKeptError: There is no such file.
    """
    row = connection.execute(select(files).where(files.c.id == id)).first()
    if row is None:
        raise FileNotKeptError(id)
    return row


def tags_of(connection: Connection, number: int) -> tuple[str, ...]:
    """The tags of a file, sorted."""
    wanted = select(file_tags.c.tag).where(file_tags.c.number == number)
    return tuple(connection.execute(wanted.order_by(file_tags.c.folded)).scalars())


def _reference(connection: Connection, content: Content, at_us: int) -> bool:
    """Say of a content that a file names it; it lies on the disk, whole.

    Returns:
        Whether it is new here.
    """
    found = connection.execute(
        update(objects)
        .where(objects.c.sha256 == content.sha256)
        .values(unreferenced_us=None, damage="")
    )
    new = not found.rowcount
    if new:
        connection.execute(
            insert(objects).values(
                sha256=content.sha256,
                size=content.size,
                created_us=at_us,
                unreferenced_us=None,
                checked_us=at_us,
                damage="",
            )
        )
    return new


def _put_tags(connection: Connection, number: int, tags: Mapping[str, str]) -> None:
    if tags:
        connection.execute(
            insert(file_tags),
            [{"number": number, "folded": key, "tag": tag} for key, tag in tags.items()],
        )


def _update(connection: Connection, row: Row[Any], values: Mapping[str, Any], at_us: int) -> None:
    """Change a row, and what a search finds it by; its tags are as they should be already."""
    changed = {**row._asdict(), **values}
    words = words_for(changed, tags_of(connection, row.number))
    connection.execute(
        update(files)
        .where(files.c.number == row.number)
        .values(**values, words=words, changed_us=at_us)
    )
