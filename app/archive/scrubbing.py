"""Scrubbing: every content is read and hashed again; what differs goes into quarantine."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, select, update

from app.archive.archive import Archive
from app.archive.damage import CHANGED, GONE, put_away_changed, say_damaged
from app.archive.store import CHUNK_BYTES
from app.archive.texts import micros
from app.database.archive_tables import objects
from things.events import now

BATCH = 200


@dataclass(slots=True)
class ScrubReport:
    """What was found.

    Attributes:
        checked: How many contents were read.
        bytes: How many bytes that was.
        damaged: Contents whose bytes have changed; they are in quarantine now.
        missing: Contents that are not on the disk.
        unreadable: Contents that the disk does not give; they stay where they are, and the next
            scrub tries again.
        known: Contents that are still missing or in quarantine, as was found before.
        sound_again: Contents that were damaged or could not be read, and are sound now.
        finished: Whether all that were asked for have been read.
    """

    checked: int = 0
    bytes: int = 0
    damaged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    sound_again: list[str] = field(default_factory=list)
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
        ArchiveError: The catalogue cannot be read or written, or the folder is gone.
    """
    archive.store.refuse_missing_folder()
    report = ScrubReport()
    pace = _Pace(bytes_per_s, stop or threading.Event())
    before_us = micros(now()) - round(older_than_s * 1_000_000)
    due = (
        select(objects.c.sha256, objects.c.damage)
        .where(
            objects.c.checked_us.is_(None)
            | (objects.c.checked_us < before_us)
            | objects.c.damage.not_in(("", GONE, CHANGED))  # what could not be read
        )
        .order_by(objects.c.checked_us.nulls_first(), objects.c.sha256)
    )
    rows = archive.read(lambda connection: connection.execute(due).all())
    seen: list[str] = []
    for row in rows:
        if pace.stopped:
            report.finished = False
            break
        if _look_at(archive, row, pace, report):
            seen.append(row.sha256)
        if len(seen) >= BATCH:
            _note_seen(archive, seen)
    _note_seen(archive, seen)
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


def _look_at(archive: Archive, row: Row[Any, Any], pace: _Pace, report: ScrubReport) -> bool:
    """Read one content, and write down what is wrong with it.

    Returns:
        Whether it need not be looked at again for a while.
    """
    sha256: str = row.sha256
    digest = hashlib.sha256()
    try:
        with archive.store.path_of(sha256).open("rb") as stream:
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
                report.bytes += len(chunk)
                pace.read(len(chunk))
                if pace.stopped:
                    report.finished = False
                    return False
    except FileNotFoundError:
        archive.store.refuse_missing_folder()
        if row.damage in (GONE, CHANGED):
            report.known.append(sha256)
        elif _is_lost(archive, sha256):
            report.missing.append(sha256)
            say_damaged(archive, sha256, GONE)
        return True
    except OSError as error:
        report.unreadable.append(sha256)
        reason = f"the disk does not give it: {error.strerror or error}"
        if row.damage != reason:
            say_damaged(archive, sha256, reason)
        return False  # it may have been the cable: the next scrub tries again
    report.checked += 1
    if digest.hexdigest() != sha256:
        if put_away_changed(archive, sha256):
            report.damaged.append(sha256)
    elif row.damage:
        report.sound_again.append(sha256)
        say_damaged(archive, sha256, "")
    return True


def _is_lost(archive: Archive, sha256: str) -> bool:
    """Whether it is missing now, and neither was removed nor put away while we looked."""
    known = select(objects.c.sha256).where(objects.c.sha256 == sha256, objects.c.damage == "")
    with archive.intake.alone_with(sha256), archive.store.told():
        gone = not archive.store.path_of(sha256).exists()
        return gone and archive.read(lambda c: c.execute(known).first() is not None)


def _note_seen(archive: Archive, seen: list[str]) -> None:
    if not seen:
        return
    at_us = micros(now())
    those = tuple(seen)
    seen.clear()
    archive.write(
        lambda connection: connection.execute(
            update(objects).where(objects.c.sha256.in_(those)).values(checked_us=at_us)
        )
    )
