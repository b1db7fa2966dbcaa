"""The ledger of a bench: every run, from the moment it is accepted."""

from __future__ import annotations

import itertools
import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import Connection, func, select, update

from app.actions.log import LOGGER_PREFIX
from app.database.database import Database
from app.database.errors import DatabaseError
from app.database.schema import runs
from app.errors import InvocationNotFoundError, LedgerError, LedgerFullError
from app.ledger.entries import BlobRefs, Ending, Entry, input_blobs, output_blobs
from app.ledger.entry_writer import CAPACITY, EntryWriter
from app.ledger.hashing import BlobHasher
from app.ledger.known_values import Reads, known_values, learn_unknown, read_afresh
from app.ledger.reading import RunReader
from app.ledger.retention import Retention
from app.ledger.writing import plain, problem_text, words_of
from app.problems import OWN_ERRORS
from app.run_facts import Problem, Stamp
from app.run_records import RecordedBlob, RunPage, RunQuery, RunRecord, RunState

if TYPE_CHECKING:
    from app.actions.invocation import Invocation

_log = logging.getLogger(__name__)

TOO_MUCH_WAITS = "too many runs wait for the disk already"
Blobs = tuple[RecordedBlob, ...]

KEEP_DAYS = 3650.0
MAX_MB = 2000.0
NOTE_WAIT_S = 10.0
CLOSE_WAIT_S = 10.0

_NONE_YET: Stamp = Stamp()


class Ledger:
    """Records runs and finds them again: a `Recorder` and a `RunHistory`.

    What the engine tells it is put into memory; making rows of it and writing them is the work of
    the database's one writer, which takes all that waits at once. A run that begins and ends in
    between costs one row written once.

    Args:
        database: Where it is kept; closed after the ledger, by whoever opened it.
        stamp: Gives the stamp in force.
        reads: Reads a property from its device, in a worker; None where values are never read
            anew.
        keep_days: How old runs may become.
        max_mb: How much they may take, in megabytes.
        capacity: How many may wait for the disk.
    """

    def __init__(
        self,
        database: Database,
        *,
        stamp: Callable[[], Stamp] = lambda: _NONE_YET,
        reads: Reads | None = None,
        keep_days: float = KEEP_DAYS,
        max_mb: float = MAX_MB,
        capacity: int = CAPACITY,
    ) -> None:
        self._database = database
        self._stamp = stamp
        self._reads = reads
        self._reader = RunReader(database)
        self._writing = EntryWriter(database.writer, capacity)
        self._hasher = BlobHasher()
        self._lock = threading.Lock()
        self._left_out: Counter[UUID] = Counter()
        self._numbers = itertools.count(self._take_over() + 1)
        self._retention = Retention(database, keep_days, max_mb)

    def check(self) -> None:
        """Whether a new run could be recorded.

        Raises:
            LedgerFullError: It could not.
        """
        if self._writing.trouble:
            raise LedgerFullError(self._writing.trouble)
        if self._writing.full:
            raise LedgerFullError(TOO_MUCH_WAITS)

    def accepted(self, invocation: Invocation) -> Future[None]:
        """A run was accepted. One that another run started is left out where too much waits.

        Raises:
            LedgerFullError: Too much waits for the disk.
        """
        recorded: Future[None] = Future()
        if self._writing.full:
            if invocation.parent is None:
                raise LedgerFullError(TOO_MUCH_WAITS)
            with self._lock:
                self._left_out[invocation.root] += 1
            recorded.set_result(None)
            return recorded
        thing = invocation.thing
        blobs, refs = input_blobs(invocation.input_json, invocation.input_links)
        entry = Entry(
            number=next(self._numbers),
            id=invocation.id,
            parent=invocation.parent,
            root=invocation.root,
            thing=invocation.thing_name,
            action=invocation.action_name,
            title=invocation.title,
            origin=invocation.origin,
            stamp=self._stamp(),
            requested_at=invocation.standing.requested_at,
            input=invocation.input_json,
            input_blobs=blobs,
            before=known_values(thing),
            recorded=recorded,
        )
        self._writing.begin(entry)
        if refs:
            self._hash_input(entry, blobs, refs)
        return recorded

    def starting(self, invocation: Invocation) -> None:
        """A run has its Thing; what is to be read anew is read now."""
        entry, thing = self._writing.entry(invocation.id), invocation.thing_ref()
        if entry is None or thing is None or self._reads is None:
            return
        if read_afresh(thing, self._reads):
            entry.before = known_values(thing)
            entry.before_read = True

    def started(self, invocation: Invocation) -> None:
        """The body of a run begins now."""
        entry, thing = self._writing.entry(invocation.id), invocation.thing_ref()
        if entry is None:
            return
        before = entry.before if thing is None else known_values(thing)
        if before != entry.before:  # what was true when it was asked for may be hours ago
            entry.before = before
            entry.before_read = True
        entry.started_at = invocation.standing.started_at
        self._writing.soon(entry)

    def ended(self, invocation: Invocation) -> None:
        """A run has ended."""
        entry = self._writing.entry(invocation.id)
        if entry is None:
            return
        thing = invocation.thing_ref()
        if self._reads is not None and thing is not None and entry.started_at is not None:
            read_afresh(thing, self._reads)
        standing = invocation.standing
        outcome = standing.outcome
        if self._reads is not None and thing is not None and outcome is not None and outcome.blobs:
            learn_unknown(thing, self._reads)  # while nobody else can change it
        blobs, refs = output_blobs(invocation)
        log = list(invocation.records)
        left_out = self._left_out.pop(entry.id, 0)
        if left_out:
            log.append(_said(f"{left_out} runs that this one started are not in the ledger."))
        entry.started_at = standing.started_at
        entry.ending = Ending(
            state=RunState(standing.status.value),
            ended_at=standing.ended_at,
            elapsed_s=invocation.took_s,
            output=None if outcome is None else outcome.json,
            blobs=blobs,
            error=None if outcome is None else outcome.problem,
            log=tuple(log),
            after=() if thing is None else known_values(thing),
        )
        self._writing.soon(entry)
        if refs:
            self._hash_output(entry, blobs, refs)

    def stuck(self, invocation: Invocation) -> None:
        """A run goes on although it was asked to stop long ago."""
        entry = self._writing.entry(invocation.id)
        if entry is not None:
            entry.stuck = True
            self._writing.soon(entry)

    def abandoned(self, invocation: Invocation, waited_s: float) -> None:
        """The program ends without waiting for a run any longer."""
        entry = self._writing.entry(invocation.id)
        if entry is None or entry.ending is not None:
            return
        detail = (
            f"it did not end within {waited_s:g} s at the end of the program, and was abandoned"
        )
        entry.ending = Ending(
            state=RunState.INTERRUPTED,
            ended_at=None,
            elapsed_s=None,
            output=None,
            blobs=(),
            error=_interrupted(detail),
            log=invocation.records,
            after=(),
        )
        self._writing.soon(entry)

    def find(self, query: RunQuery) -> RunPage:
        """The runs that fit, newest first, without log and values.

        Raises:
            RunQueryError: The query cannot be understood.
            LedgerError: The ledger cannot be read.
        """
        return self._reader.find(query)

    def run(self, id: UUID) -> RunRecord:
        """One run with its log and values.

        Raises:
            InvocationNotFoundError: The ledger has none of that id.
            LedgerError: The ledger cannot be read.
        """
        return self._reader.run(id)

    def annotate(self, id: UUID, note: str) -> RunRecord:
        """Write a note to a run, in place of the one it has; returns once it is on disk.

        Raises:
            InvocationNotFoundError: The ledger has none of that id.
            LedgerError: It cannot be written.
        """
        text = plain(note)

        def write(connection: Connection) -> int:
            change = update(runs).where(runs.c.id == id)
            return connection.execute(change.values(note=text, note_words=words_of(text))).rowcount

        try:
            found = self._database.writer.submit(write).result(NOTE_WAIT_S)
        except TimeoutError:
            raise LedgerError("the note could not be written: the disk does not answer") from None
        except DatabaseError as error:
            raise LedgerError(f"the note could not be written: {error}") from error
        if not found:
            raise InvocationNotFoundError(id)
        return self._reader.run(id)

    def close(self) -> None:
        """Write what waits; the database is closed afterwards, by whoever opened it."""
        self._retention.close()
        self._hasher.close()
        self._writing.drain(CLOSE_WAIT_S)

    def _take_over(self) -> int:
        """Say of runs that were going on when the program died that they are not any more.

        Returns:
            The highest number there is.
        """
        problem = problem_text(_interrupted("the program ended before this run did"))
        active = (RunState.PENDING.value, RunState.RUNNING.value)

        def take_over(connection: Connection) -> tuple[int, int]:
            change = update(runs).where(runs.c.state.in_(active))
            found = connection.execute(
                change.values(state=RunState.INTERRUPTED.value, error=problem)
            )
            newest = connection.execute(select(func.max(runs.c.number))).scalar()
            return int(newest or 0), found.rowcount

        highest, interrupted = self._database.writer.submit(take_over).result()
        if interrupted:
            _log.warning("%d runs were interrupted when the program ended.", interrupted)
        return highest

    def _hash_output(self, entry: Entry, blobs: Blobs, refs: BlobRefs) -> None:
        def hashed(found: Blobs) -> None:
            entry.hashed = found
            self._writing.soon(entry)

        self._hasher.hash(blobs, refs, hashed)

    def _hash_input(self, entry: Entry, blobs: Blobs, refs: BlobRefs) -> None:
        def hashed(found: Blobs) -> None:
            entry.input_hashed = found
            self._writing.soon(entry)

        self._hasher.hash(blobs, refs, hashed)


def _interrupted(detail: str) -> Problem:
    return Problem("Interrupted", detail, f"{OWN_ERRORS}#Interrupted", 500)


def _said(message: str) -> logging.LogRecord:
    """A line that the ledger itself adds to a run's log."""
    return logging.LogRecord(LOGGER_PREFIX, logging.WARNING, __file__, 0, message, None, None)
