"""Contents that are not what they were: put away, and said of every file that has them."""

from __future__ import annotations

import hashlib
from typing import Final

from sqlalchemy import Connection, select

from app.archive import catalogue
from app.archive.archive import Archive
from app.archive.errors import ArchiveDamagedError, ArchiveError
from app.archive.texts import micros
from app.database.archive_tables import file_versions, files
from things.events import now

GONE: Final = "it is gone from the disk"
CHANGED: Final = "its bytes are not what they were when it was kept; it is in quarantine"

_WHO: Final = "the archive"


def put_away_changed(archive: Archive, sha256: str) -> bool:
    """Look again at a content that seemed to have changed; where it has, into quarantine with it.

    Args:
        archive: Which.
        sha256: What it should have.

    Returns:
        Whether it has changed. Meanwhile the same content may have come again and taken the
        damaged one's place, or the content was removed.

    Raises:
        ArchiveError: It cannot be read or put away, or that cannot be written down.
    """
    path = archive.store.path_of(sha256)
    with archive.intake.alone_with(sha256):
        with archive.store.told():
            try:
                with path.open("rb") as stream:
                    again = hashlib.file_digest(stream, "sha256").hexdigest()
            except FileNotFoundError:
                archive.store.refuse_missing_folder()
                return False
        if again == sha256:
            return False
        archive.store.put_into_quarantine(path)
        say_damaged(archive, sha256, CHANGED)
    return True


def refuse_changed(archive: Archive, sha256: str, found: str) -> None:
    """Put a content away, and say so, where it has another hash than its name.

    Args:
        archive: Which.
        sha256: What it should have.
        found: What it has.

    Raises:
        ArchiveDamagedError: They differ.
    """
    if found != sha256:
        try:
            put_away_changed(archive, sha256)
        except ArchiveError as error:  # it is damaged all the same
            archive.log.warning("The damaged %s could not be put away: %s", sha256, error)
        raise ArchiveDamagedError(sha256, "its bytes are not what they were when it was kept")


def say_damaged(archive: Archive, sha256: str, reason: str) -> None:
    """Write down what is wrong with a content, also in the story of every file that has it.

    Args:
        archive: Which.
        sha256: Which content.
        reason: What is wrong, in words; '' where it is sound again.

    Raises:
        ArchiveError: It cannot be written down.
    """
    at_us = micros(now())
    what, detail = ("damaged", reason) if reason else ("sound again", "")

    def say(connection: Connection) -> None:
        catalogue.mark_damaged(connection, sha256, reason)
        holders = (
            select(files.c.id)
            .join(file_versions, file_versions.c.number == files.c.number)
            .where(file_versions.c.sha256 == sha256)
            .distinct()
        )
        for id in connection.execute(holders).scalars().all():
            catalogue.note(connection, id, at_us, what, _WHO, detail)

    try:
        archive.write(say)
    except ArchiveError as error:
        archive.log.error("That %s is damaged could not be written down: %s", sha256, error)
        raise
    if reason:
        archive.log.error("The content %s is damaged: %s.", sha256, reason)
    else:
        archive.log.info("The content %s is sound again.", sha256)
