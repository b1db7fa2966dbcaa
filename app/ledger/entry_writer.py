"""Entries on their way to the disk: what waits is written together."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from app.database.errors import DatabaseError
from app.database.faults import trouble_of
from app.database.writer import behind_savepoint
from app.errors import LedgerFullError
from app.ledger.rows import RowWriter
from app.problems import said_by

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.database.writer import DatabaseWriter
    from app.ledger.entries import Entry

_log = logging.getLogger(__name__)

CAPACITY = 10_000
"""How many runs may wait for the disk."""

CROWD = 4
GATHER_S = 0.01
"""Where as many runs came together the last time, the next write waits a moment for others: a
commit takes as much of the processor as twenty rows."""


class EntryWriter:
    """Brings entries to the disk. Its methods may be called from any thread and return at once.

    One write is under way at a time; whatever comes meanwhile is the next one. While the disk is
    full, all that was not written is kept and tried again.

    Args:
        writer: The one that writes.
        capacity: How many runs may wait.
    """

    def __init__(self, writer: DatabaseWriter, capacity: int = CAPACITY) -> None:
        self._writer = writer
        self._capacity = capacity
        self._rows = RowWriter()
        self._lock = threading.Lock()
        self._live: dict[UUID, Entry] = {}
        self._queued: list[Entry] = []
        self._unwritten: list[Entry] = []
        self._faults: dict[Entry, Exception] = {}
        self._writing = False
        self._crowded = False
        self._careful = False
        self._idle = threading.Condition(self._lock)
        writer.tell(self._troubled)

    @property
    def full(self) -> bool:
        """Whether as many wait as may."""
        return len(self._queued) + len(self._unwritten) >= self._capacity

    @property
    def trouble(self) -> str:
        """Why nothing can be written now; '' while all is well."""
        return self._writer.trouble

    def entry(self, id: UUID) -> Entry | None:
        """The entry of a run whose end is not on disk yet."""
        return self._live.get(id)

    def begin(self, entry: Entry) -> None:
        """Write a new run; its `recorded` is done once that is on disk."""
        with self._lock:
            self._live[entry.id] = entry
        self.soon(entry)
        if self.trouble:  # it came up in this very moment: nobody else will say so
            _fail(entry.recorded, self.trouble)

    def soon(self, entry: Entry) -> None:
        """Write what is new of a run; returns at once."""
        with self._lock:
            if entry.queued:
                return
            entry.queued = True
            self._queued.append(entry)
            if self._writing:
                return  # whatever waits then is written next
            self._writing = True
        self._submit()

    def drain(self, timeout_s: float) -> None:
        """Wait until all is on disk, or the disk is found to be full.

        Args:
            timeout_s: How long to wait, in seconds.
        """
        with self._idle:
            self._idle.wait_for(lambda: not self._writing or bool(self.trouble), timeout_s)

    def _submit(self) -> None:
        try:
            within_s = GATHER_S if self._crowded else 0.0
            writing = self._writer.submit(self._write, keep=True, within_s=within_s)
        except DatabaseError as error:
            self._give_up(error)
        else:
            writing.add_done_callback(self._written)

    def _write(self, connection: Connection) -> None:
        """Write all that waits; in the writer's thread, again and again while the disk is full."""
        with self._lock:
            queued, self._queued = self._queued, []
            for entry in queued:
                entry.queued = False
        known = set(self._unwritten)
        self._unwritten += [entry for entry in queued if entry not in known]
        self._faults = {}
        if self._careful:
            self._write_one_by_one(connection)
        else:
            self._rows.write(connection, self._unwritten)

    def _write_one_by_one(self, connection: Connection) -> None:
        """They could not be written together: the fault of one must not take the others along."""
        for entry in self._unwritten:
            try:
                behind_savepoint(connection, partial(self._rows.write, entries=[entry]))
            except Exception as error:
                if trouble_of(error):
                    raise
                self._faults[entry] = error

    def _written(self, writing: Future[None]) -> None:
        """It is on disk, or will never be; in the writer's thread."""
        error = writing.exception()
        if error is not None:
            if self._careful or isinstance(error, DatabaseError):
                self._give_up(error)
            else:  # the whole transaction was taken back
                self._careful = True
                self._submit()
            return
        self._careful = False
        entries, self._unwritten = self._unwritten, []
        self._crowded = len(entries) >= CROWD
        done = [entry for entry in entries if entry.end_taken is not None]
        for entry in entries:
            fault = self._faults.get(entry)
            if fault is not None:
                _log.error("%s on %s is not recorded: %s", entry.title, entry.thing, fault)
                _fail(entry.recorded, said_by(fault))
                continue
            entry.inserted = True
            entry.end_written = entry.end_taken is not None
            _succeed(entry.recorded)
        with self._lock:
            for entry in done:
                self._live.pop(entry.id, None)
            more = self._writing = bool(self._queued)
            if not more:
                self._idle.notify_all()
        if more:
            self._submit()

    def _give_up(self, error: BaseException) -> None:
        """The database is closed, or the disk had no room at the end of the program."""
        with self._lock:
            lost = [*self._unwritten, *self._queued]
            self._unwritten, self._queued, self._writing = [], [], False
            for entry in lost:
                entry.queued = False
                self._live.pop(entry.id, None)
            self._idle.notify_all()
        _log.error("What became of %d runs is not recorded: %s", len(lost), said_by(error))
        for entry in lost:
            _fail(entry.recorded, said_by(error))

    def _troubled(self, reason: str) -> None:
        """The disk is full, or has room again; in the writer's thread."""
        if not reason:
            return
        with self._lock:
            waiting = [entry.recorded for entry in self._live.values()]
            self._idle.notify_all()
        for recorded in waiting:
            _fail(recorded, reason)


def _succeed(recorded: Future[None]) -> None:
    with suppress(InvalidStateError):  # it was said before that the disk is full
        recorded.set_result(None)


def _fail(recorded: Future[None], reason: str) -> None:
    with suppress(InvalidStateError):  # it is on disk already
        recorded.set_exception(LedgerFullError(reason))
