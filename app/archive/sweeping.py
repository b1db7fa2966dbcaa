"""Sweeping up: what a crash left over, what nobody finished, what no file names any more.

A content goes in two phases. First it is noted since when no file names it; when it is found so
again after a time of grace, the content goes, and then its row. A content on the disk that the
catalogue does not know is not litter: it becomes a file, as `app.archive.found` says.
"""

from __future__ import annotations

import bisect
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Row, Select, delete, exists, select, update

from app.archive import catalogue
from app.archive.archive import Archive
from app.archive.damage import GONE, put_away_changed, say_damaged
from app.archive.errors import FileNotKeptError, FileStateError
from app.archive.found import make_file_of
from app.archive.records import FileState
from app.archive.texts import micros
from app.database.archive_tables import file_versions, files, objects
from things.events import now

T = TypeVar("T")

BATCH = 500

_SECOND_US = 1_000_000
_DAY_S = 86_400.0


@dataclass(slots=True)
class SweepReport:
    """What was found, and removed unless it was a dry run.

    Attributes:
        dry_run: Whether nothing was changed.
        adopted: Contents on the disk that the catalogue did not know; they are files now.
        missing: Contents in the catalogue that are not on the disk, or of another size.
        found_again: Contents that were missing and are there.
        drafts: Records that stayed without content for too long.
        unreferenced: Contents that no file names, noted for the first time.
        removed: Contents that went.
        freed_bytes: What they took.
    """

    dry_run: bool = False
    adopted: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    found_again: list[str] = field(default_factory=list)
    drafts: list[UUID] = field(default_factory=list)
    unreferenced: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    freed_bytes: int = 0


class _EndedError(Exception):
    """The program ends."""


def sweep(
    archive: Archive,
    *,
    grace_s: float | None = None,
    dry_run: bool = False,
    stop: threading.Event | None = None,
) -> SweepReport:
    """Sweep up everything.

    Args:
        archive: Which; it may be in use meanwhile.
        grace_s: How long a content stays that no file names, in seconds; as its limits say where
            None.
        dry_run: Only say what would be done.
        stop: Ends it between two contents, when it is set; what is not done is done the next time.

    Raises:
        ArchiveError: The catalogue or the folder cannot be read or written.
    """
    report = SweepReport(dry_run)
    stop = stop or threading.Event()
    with suppress(_EndedError):
        _compare_with_disk(archive, report, stop)
        remove_drafts(archive, archive.limits.draft_days, report)
        _note_unreferenced(archive, report)
        grace = archive.limits.grace_s if grace_s is None else grace_s
        _remove_unreferenced(archive, grace, report, stop)
    return report


def _until(stop: threading.Event, each: Iterable[T]) -> Iterator[T]:
    """One after the other; half a list must not be taken for the whole."""
    for one in each:
        if stop.is_set():
            raise _EndedError
        yield one


def remove_drafts(archive: Archive, days: float, report: SweepReport) -> None:
    """Remove records to which nothing was uploaded for so long.

    Raises:
        ArchiveError: The catalogue cannot be read or written.
    """
    before_us = micros(now()) - round(days * _DAY_S * _SECOND_US)
    old = select(files.c.id).where(
        files.c.state == FileState.DRAFT.value, files.c.created_us < before_us
    )
    found = archive.read(lambda connection: connection.execute(old).scalars().all())
    for id in found:
        if not report.dry_run:
            try:
                archive.delete(id, who="the sweeper")
            except (FileNotKeptError, FileStateError):
                continue  # it was uploaded or deleted in this very moment
        report.drafts.append(id)


def _compare_with_disk(archive: Archive, report: SweepReport, stop: threading.Event) -> None:
    """Adopt what the catalogue does not know, and note what is missing on the disk."""
    dry = report.dry_run
    there: list[tuple[str, int]] = []
    with archive.store.told():
        there = sorted((sha256, size) for sha256, size, _ in _until(stop, archive.store.all()))
    names = [sha256 for sha256, _ in there]
    known: set[str] = set()
    for row in _until(stop, _rows(archive, select(objects))):
        at = bisect.bisect_left(names, row.sha256)
        size = there[at][1] if at < len(names) and names[at] == row.sha256 else None
        if size is not None:
            known.add(row.sha256)
        if size == row.size:
            if row.damage == GONE:
                report.found_again.append(row.sha256)
                if not dry:
                    say_damaged(archive, row.sha256, "")
        elif row.unreferenced_us is None and not row.damage and not _is_there(archive, row):
            report.missing.append(row.sha256)
            if not dry and (size is None or not put_away_changed(archive, row.sha256)):
                archive.store.refuse_missing_folder()
                say_damaged(archive, row.sha256, GONE)
    for sha256, size in _until(stop, there):
        if sha256 not in known and _adopted(archive, sha256, size, report):
            report.adopted.append(sha256)


def _adopted(archive: Archive, sha256: str, size: int, report: SweepReport) -> bool:
    known = select(objects.c.sha256).where(objects.c.sha256 == sha256)
    with archive.intake.alone_with(sha256):
        if not archive.store.path_of(sha256).exists():
            return False  # it was removed while we looked
        if report.dry_run:
            return archive.read(lambda connection: connection.execute(known).first()) is None
        return make_file_of(archive, sha256, size)


def _is_there(archive: Archive, row: Row[Any]) -> bool:
    """Look again, alone with it: it may have come while the folders were read."""
    with archive.intake.alone_with(row.sha256), archive.store.told():
        try:
            found = archive.store.path_of(row.sha256).stat().st_size
            return found == int(row.size)
        except FileNotFoundError:
            return False


def _unused() -> Any:
    return ~exists().where(file_versions.c.sha256 == objects.c.sha256)


def _note_unreferenced(archive: Archive, report: SweepReport) -> None:
    """The first phase, for what slipped through: a crash, or rows removed by hand."""
    lost = select(objects.c.sha256).where(objects.c.unreferenced_us.is_(None), _unused())
    found = archive.read(lambda connection: connection.execute(lost).scalars().all())
    report.unreferenced += found
    if not found or report.dry_run:
        return
    at_us = micros(now())

    def note(connection: Connection) -> None:
        for sha256 in found:
            catalogue.let_go(connection, sha256, at_us)

    archive.write(note)


def _remove_unreferenced(
    archive: Archive, grace_s: float, report: SweepReport, stop: threading.Event
) -> None:
    """The second phase."""
    before_us = micros(now()) - round(grace_s * _SECOND_US)
    due = select(objects.c.sha256, objects.c.size).where(objects.c.unreferenced_us <= before_us)
    rows = archive.read(lambda connection: connection.execute(due).all())
    for row in _until(stop, rows):
        if report.dry_run or _removed(archive, row.sha256, row.size, before_us):
            report.removed.append(row.sha256)
            report.freed_bytes += row.size
    if report.removed and not report.dry_run:
        archive.log.info(
            "%d contents that no file named were removed, %d bytes.",
            len(report.removed),
            report.freed_bytes,
        )


def _removed(archive: Archive, sha256: str, size: int, before_us: int) -> bool:
    """Content first, then row: what is found on the disk without one is taken for lost, and kept.

    After a crash in between the row is still due, and goes the next time.
    """
    due = select(objects.c.sha256).where(
        objects.c.sha256 == sha256, objects.c.unreferenced_us <= before_us, _unused()
    )
    used = select(file_versions.c.number).where(file_versions.c.sha256 == sha256).limit(1)

    def used_again(connection: Connection) -> None:
        if connection.execute(used).first() is not None:
            again = update(objects).where(objects.c.sha256 == sha256)
            connection.execute(again.values(unreferenced_us=None))

    with archive.intake.alone_with(sha256):
        if archive.read(lambda connection: connection.execute(due).first()) is None:
            archive.write(used_again)
            return False
        archive.store.remove(sha256)
        archive.write(lambda c: c.execute(delete(objects).where(objects.c.sha256 == sha256)))
        archive.intake.count_bytes(-size)
    return True


def _rows(archive: Archive, wanted: Select[Any]) -> Iterator[Row[Any]]:
    """All rows of contents in order of their hash, a batch at a time."""
    after = ""
    while True:
        some = wanted.where(objects.c.sha256 > after).order_by(objects.c.sha256).limit(BATCH)
        rows = archive.read(partial(_all, wanted=some))
        yield from rows
        if len(rows) < BATCH:
            return
        after = rows[-1].sha256


def _all(connection: Connection, wanted: Select[Any]) -> Sequence[Row[Any]]:
    return connection.execute(wanted).all()
