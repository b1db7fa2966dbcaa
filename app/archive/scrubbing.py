"""Scrubbing: every content is read and hashed again; what differs goes into quarantine."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from sqlalchemy import Connection, select, update

from app.archive import catalogue
from app.archive.archive import Archive
from app.archive.errors import ArchiveError
from app.archive.store import CHUNK_BYTES
from app.archive.sweeping import GONE
from app.archive.texts import micros
from app.database.archive_tables import file_versions, files, objects
from things.events import now

BATCH = 200

CHANGED = "its bytes are not what they were when it was kept; it is in quarantine"


@dataclass(slots=True)
class ScrubReport:
    """What was found.

    Attributes:
        checked: How many contents were read.
        bytes: How many bytes that was.
        damaged: Contents whose bytes have changed; they are in quarantine now.
        missing: Contents that are not on the disk.
        unreadable: Contents that the disk does not give; they stay where they are.
        finished: Whether all that were asked for have been read.
    """

    checked: int = 0
    bytes: int = 0
    damaged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    finished: bool = True


def scrub(
    archive: Archive,
    *,
    older_than_s: float = 0.0,
    bytes_per_s: float | None = None,
    stop: threading.Event | None = None,
) -> ScrubReport:
    """Read and hash contents again, those first that were not looked at for the longest time.

    Args:
        archive: Which; it may be in use meanwhile.
        older_than_s: Only those that were not looked at for so long, in seconds.
        bytes_per_s: How much to read in a second; as fast as it goes where None.
        stop: Ends it between two pieces, when it is set.

    Raises:
        ArchiveError: The catalogue cannot be read or written.
    """
    report = ScrubReport()
    pace = _Pace(bytes_per_s, stop or threading.Event())
    before_us = micros(now()) - round(older_than_s * 1_000_000)
    due = (
        select(objects.c.sha256, objects.c.size)
        .where(
            objects.c.damage == "",
            (objects.c.checked_us.is_(None)) | (objects.c.checked_us < before_us),
        )
        .order_by(objects.c.checked_us.nulls_first(), objects.c.sha256)
    )
    rows = archive.read(lambda connection: connection.execute(due).all())
    good: list[str] = []
    for row in rows:
        if pace.stopped:
            report.finished = False
            break
        _look_at(archive, row.sha256, row.size, pace, report, good)
        if len(good) >= BATCH:
            _note_good(archive, good)
    _note_good(archive, good)
    return report


class _Pace:
    """Reads no faster than allowed, and stops when told."""

    def __init__(self, bytes_per_s: float | None, stop: threading.Event) -> None:
        self._bytes_per_s = bytes_per_s
        self._stop = stop
        self._began_s = time.monotonic()
        self._bytes = 0

    @property
    def stopped(self) -> bool:
        return self._stop.is_set()

    def read(self, count: int) -> None:
        self._bytes += count
        if self._bytes_per_s is not None:
            due_s = self._began_s + self._bytes / self._bytes_per_s
            if (wait_s := due_s - time.monotonic()) > 0:
                self._stop.wait(wait_s)


def _look_at(
    archive: Archive, sha256: str, size: int, pace: _Pace, report: ScrubReport, good: list[str]
) -> None:
    import hashlib

    path = archive.store.path_of(sha256)
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
                report.bytes += len(chunk)
                pace.read(len(chunk))
                if pace.stopped:
                    report.finished = False
                    return
    except FileNotFoundError:
        if _still_known(archive, sha256):
            report.missing.append(sha256)
            _say_damaged(archive, sha256, GONE)
        return
    except OSError as error:
        report.unreadable.append(sha256)
        _say_damaged(archive, sha256, f"the disk does not give it: {error.strerror or error}")
        return
    report.checked += 1
    if digest.hexdigest() == sha256:
        good.append(sha256)
        return
    with archive.intake.alone_with(sha256):
        # Meanwhile the same content may have come again and taken the damaged one's place.
        with path.open("rb") as stream:
            again = hashlib.file_digest(stream, "sha256").hexdigest()
        if again == sha256:
            return
        archive.store.put_into_quarantine(path)
        _say_damaged(archive, sha256, CHANGED)
    report.damaged.append(sha256)


def _still_known(archive: Archive, sha256: str) -> bool:
    """Whether it is missing, and was not removed while we looked."""
    known = select(objects.c.sha256).where(objects.c.sha256 == sha256)
    with archive.intake.alone_with(sha256):
        gone = not archive.store.path_of(sha256).exists()
        return gone and archive.read(lambda c: c.execute(known).first() is not None)


def _say_damaged(archive: Archive, sha256: str, reason: str) -> None:
    """In the catalogue, and in the story of every file that has it."""
    at_us = micros(now())

    def say(connection: Connection) -> None:
        catalogue.mark_damaged(connection, sha256, reason)
        holders = (
            select(files.c.id)
            .join(file_versions, file_versions.c.number == files.c.number)
            .where(file_versions.c.sha256 == sha256)
            .distinct()
        )
        for id in connection.execute(holders).scalars().all():
            catalogue.note(connection, id, at_us, "damaged", "the scrub", reason)

    try:
        archive.write(say)
    except ArchiveError as error:
        archive.log.error("That %s is damaged could not be written down: %s", sha256, error)
        raise
    archive.log.error("The content %s is damaged: %s.", sha256, reason)


def _note_good(archive: Archive, good: list[str]) -> None:
    if not good:
        return
    at_us = micros(now())
    seen = tuple(good)
    good.clear()
    archive.write(
        lambda connection: connection.execute(
            update(objects).where(objects.c.sha256.in_(seen)).values(checked_us=at_us)
        )
    )
