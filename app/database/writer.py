"""The one thread that writes: whatever waits is committed together."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from app.database.errors import (
    DatabaseBusyError,
    DatabaseClosedError,
    DatabaseError,
    DatabaseFullError,
)
from app.database.faults import is_no_room, trouble_of

_log = logging.getLogger(__name__)

T = TypeVar("T")

CAPACITY = 10_000
LARGEST_GROUP = 1_000
RETRY_S = (0.1, 2.0)
CLOSE_WAIT_S = 10.0


class _DiskTroubleError(Exception):
    """The disk, not a job, is to blame."""

    def __init__(self, reason: str, no_room: bool) -> None:
        super().__init__(reason)
        self.no_room = no_room


@dataclass(slots=True)
class _Job:
    call: Callable[[Connection], Any]
    keep: bool
    due_s: float
    future: Future[Any]
    result: Any = None
    error: BaseException | None = None


class DatabaseWriter:
    """Carries out jobs on the one writing connection, in the order they came.

    All that wait are one transaction. A job that fails takes no other with it: then they are
    carried out again, each behind a savepoint. A future is done once what its job wrote is on disk.

    While the disk is full or fails, jobs that must be kept are tried again and again, the others
    fail with DatabaseFullError; it goes on by itself.

    Args:
        engine: Gives the connection. It must not pool.
        capacity: How many jobs may wait.
        retry_s: How long to wait before the first and before the later tries, in seconds.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        capacity: int = CAPACITY,
        retry_s: tuple[float, float] = RETRY_S,
    ) -> None:
        self._engine = engine
        self._listeners: list[Callable[[str], None]] = []
        self._capacity = capacity
        self._retry_s = retry_s
        self._connection: Connection | None = None
        self._waiting: deque[_Job] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._closed = False
        self._trouble = ""
        self._refusing = ""
        self._awake_s = math.inf
        self._thread = threading.Thread(target=self._work, name="database-writer", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str:
        """Why nothing can be written now; '' while all is well."""
        return self._trouble

    @property
    def refusing(self) -> str:
        """Why nothing should be written any more; '' while all is well."""
        return self._refusing

    def refuse(self, reason: str) -> None:
        """Say from now on that nothing can be written; what has begun is brought to its end.

        Args:
            reason: Why, in words.
        """
        self._refusing = reason
        with suppress(DatabaseError):  # it is being closed: nobody need be told
            self.submit(lambda connection: None)

    def tell(self, troubled: Callable[[str], None]) -> None:
        """Tell of troubles from now on.

        Args:
            troubled: Told why nothing can be written, and '' when all is well again; in the
                writer's thread, before those who wait are told.
        """
        self._listeners.append(troubled)

    def submit(
        self, job: Callable[[Connection], T], *, keep: bool = False, within_s: float = 0.0
    ) -> Future[T]:
        """Carry out a job soon.

        Args:
            job: Given the connection, in the writer's thread; may be called more than once, each
                time after all it wrote before was taken back. It must not commit.
            keep: Whether it waits for a full disk to have room, instead of failing.
            within_s: How long it may wait for others to come along, in seconds.

        Returns:
            What the job returned, once that is on disk.

        Raises:
            DatabaseBusyError: Too much waits already.
            DatabaseClosedError: The database has been closed.
        """
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()  # what has been taken up cannot be taken back
        with self._changed:
            if self._closing:
                raise DatabaseClosedError
            if len(self._waiting) >= self._capacity:
                raise DatabaseBusyError(f"{self._capacity} changes wait for the disk already")
            due_s = time.monotonic() + within_s
            self._waiting.append(_Job(job, keep, due_s, future))
            if due_s < self._awake_s:
                self._changed.notify_all()
        return future

    def close(self, timeout_s: float = CLOSE_WAIT_S) -> bool:
        """Write what waits, and end. What a full disk does not take now is given up.

        Args:
            timeout_s: How long to wait, in seconds.

        Returns:
            Whether the thread has ended.
        """
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _work(self) -> None:
        kept: list[_Job] = []
        pause_s = self._retry_s[0]
        while (jobs := self._next(kept, pause_s)) is not None:
            try:
                self._commit(jobs)
            except _DiskTroubleError as trouble:
                self._say(str(trouble))
                pause_s = min(2 * pause_s, self._retry_s[1])
                kept = self._sorted_out(jobs, str(trouble), trouble.no_room)
            else:
                self._say("")
                pause_s = self._retry_s[0]
                kept = []
                for job in jobs:
                    _tell(job)
        self._disconnect()

    def _next(self, kept: list[_Job], pause_s: float) -> list[_Job] | None:
        """What to do now: after trouble only after a pause; None at the end."""
        with self._changed:
            if self._trouble and not self._refusing:
                deadline = time.monotonic() + pause_s
                while not self._closing and (left_s := deadline - time.monotonic()) > 0:
                    self._changed.wait(left_s)
            else:
                self._wait_for_the_first()
            jobs = kept
            while self._waiting and len(jobs) < LARGEST_GROUP:
                jobs.append(self._waiting.popleft())
            # After trouble an empty transaction finds out whether it is over.
            return jobs if jobs or not self._closing else None

    def _wait_for_the_first(self) -> None:
        """Wait until a job is due; all that came until then go with it."""
        while not self._closing:
            due_s = min((job.due_s for job in self._waiting), default=math.inf)
            left_s = due_s - time.monotonic()
            if left_s <= 0:
                break
            self._awake_s = due_s
            self._changed.wait(None if due_s == math.inf else left_s)
        self._awake_s = 0.0  # it is awake: nobody need call it

    def _sorted_out(self, jobs: Sequence[_Job], reason: str, no_room: bool) -> list[_Job]:
        """Those to be tried again; the others are told."""
        kept = [] if self._closing else [job for job in jobs if job.keep]
        for job in jobs:
            if self._closing or not job.keep:
                job.error = DatabaseFullError(reason, no_room)
                _tell(job)
        return kept

    def _commit(self, jobs: Sequence[_Job]) -> None:
        try:
            connection = self._connected()
            if not _together(connection, jobs) and len(jobs) > 1:
                with connection.begin():
                    for job in jobs:
                        _carry_out(connection, job)
        except Exception as error:
            reason = trouble_of(error)
            self._disconnect()  # whatever state it is in: the next try begins anew
            if not reason:
                reason = (
                    error.reason
                    if isinstance(error, DatabaseError)
                    else f"{type(error).__name__}: {error}"
                )
            raise _DiskTroubleError(reason, is_no_room(error)) from error

    def _connected(self) -> Connection:
        if self._connection is None or self._connection.closed:
            self._connection = self._engine.connect()
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            connection.close()
        except Exception as error:  # a driver's; the next connection is a new one anyway
            _log.debug("The connection could not be closed: %s", error)

    def _say(self, reason: str) -> None:
        reason = self._refusing or reason
        if reason == self._trouble:
            return
        self._trouble = reason
        for troubled in tuple(self._listeners):
            try:
                troubled(reason)
            except Exception:
                _log.exception("What is wrong with the database could not be told.")


class _JobFailedError(Exception):
    """A job failed that has no savepoint of its own."""


def _together(connection: Connection, jobs: Sequence[_Job]) -> bool:
    """All in one transaction without savepoints, which cost as much as a job.

    Returns:
        Whether that went well. If not, what all of them wrote was taken back.
    """
    try:
        with connection.begin():
            for job in jobs:
                job.result = job.error = None
                try:
                    job.result = job.call(connection)
                except BaseException as error:  # the writer outlives whatever a job raises
                    if trouble_of(error):
                        raise
                    job.error = error
                    raise _JobFailedError from error
    except _JobFailedError:
        return False
    return True


def behind_savepoint(connection: Connection, call: Callable[[Connection], T]) -> T:
    """Do something in a transaction so that its failure takes back nothing else.

    Raises:
        BaseException: What the call raised. Where the disk is to blame, the transaction is lost.
    """
    behind = connection.begin_nested()
    try:
        result = call(connection)
        behind.commit()
    except BaseException as error:
        if not trouble_of(error):  # a full disk takes the savepoint with it
            behind.rollback()
        raise
    return result


def _carry_out(connection: Connection, job: _Job) -> None:
    job.result = job.error = None
    try:
        job.result = behind_savepoint(connection, job.call)
    except BaseException as error:  # the writer outlives whatever a job raises
        if trouble_of(error):
            raise
        job.error = error


def _tell(job: _Job) -> None:
    """Tell whoever waits; what a listener raises is logged by the future itself."""
    if job.error is not None:
        job.future.set_exception(job.error)
    else:
        job.future.set_result(job.result)
