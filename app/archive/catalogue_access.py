"""How the archive reaches its catalogue: one writer, readers beside it, one kind of error."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from app.archive.errors import ArchiveClosedError, ArchiveError, ArchiveFullError
from app.database.database import Database
from app.database.errors import DatabaseClosedError, DatabaseError, DatabaseFullError

T = TypeVar("T")

WRITE_WAIT_S: Final = 60.0


class CatalogueAccess:
    """Writes to the catalogue and reads from it, in any thread.

    Args:
        database: Where the catalogue is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counting = threading.Lock()
        self._changes = 0

    @property
    def changes(self) -> int:
        """Grows with every change that is acknowledged: what was read before may be old then."""
        return self._changes

    def write(self, job: Callable[[Connection], T]) -> T:
        """Carry out a job in the writer's thread; returns once it is on disk.

        Raises:
            ArchiveError: It cannot be written.
        """
        try:
            writing = self._database.writer.submit(job)
            # Also where nobody waits any more: it is written in the end.
            writing.add_done_callback(self._note_change)
            result = writing.result(WRITE_WAIT_S)
        except FutureTimeoutError:
            raise ArchiveError("the disk does not answer") from None
        except DatabaseClosedError:
            raise ArchiveClosedError from None
        except DatabaseFullError as error:
            if error.no_room:
                raise ArchiveFullError(error.reason) from error
            raise ArchiveError(f"the catalogue cannot be written: {error.reason}") from error
        except DatabaseError as error:
            raise ArchiveError(f"the catalogue cannot be written: {error}") from error
        # The callback may come a moment after the result; who is told of the change finds it.
        self._note_change(writing)
        return result

    def read(self, job: Callable[[Connection], T]) -> T:
        """Ask the catalogue something.

        Raises:
            ArchiveError: It cannot be read.
        """
        try:
            with self._database.reader() as connection:
                return job(connection)
        except DatabaseError as error:
            raise ArchiveError(f"the catalogue cannot be read: {error}") from error

    def _note_change(self, _written: Future[Any]) -> None:
        with self._counting:
            self._changes += 1
