"""How a bench keeps its ledger: opened late, refused loudly, closed last."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.actions.recording import NotRecording, Recorder
from app.database import FILE_NAME
from app.errors import LedgerFullError
from app.loop_waiting import LoopWaiting
from app.run_facts import Stamp
from things.errors import ThingError

if TYPE_CHECKING:
    from app.actions.invocation import Invocation
    from app.database.copies import CopyKeeper
    from app.database.database import Database
    from app.ledger.known_values import Reads
    from app.ledger.ledger import Ledger

_log = logging.getLogger(__name__)

DATABASE = FILE_NAME

RECORD_WAIT_S = 10.0
"""How long whoever starts a run waits for it to be on disk that it was accepted."""

CLOSE_WAIT_S = 1.0
"""How long is waited for a database that is just being opened, where it is to be closed."""

_NO_ANSWER = "the disk does not answer"


@dataclass(frozen=True, slots=True)
class RecordingRules:
    """What is recorded, and for how long.

    Attributes:
        record_runs: Whether runs are recorded. Where they are and cannot be, none is started.
        keep_days: How old recorded runs may become.
        max_mb: How much they may take on the disk, in megabytes.
        database_url: The address of a PostgreSQL server's database that they are kept in; '' for
            a file in the bench's folder of data.
        copies: How many daily copies of that file are kept; 0 for none.
    """

    record_runs: bool = True
    keep_days: float = 3650.0
    max_mb: float = 2000.0
    database_url: str = ""
    copies: int = 2


class Recording:
    """The ledger of a bench while that is open.

    Args:
        folder: The bench's folder of data; None keeps no ledger.
        rules: What is recorded.
        stamp: Gives the stamp in force.
        reads: Reads a property from its device, in a worker.
        troubled: Told why nothing can be recorded, and '' when all is well again; in any thread.
    """

    def __init__(
        self,
        folder: Path | None,
        rules: RecordingRules,
        *,
        stamp: Callable[[], Stamp],
        reads: Reads,
        troubled: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._rules = rules
        self._stamp = stamp
        self._reads = reads
        self._troubled = troubled
        self._database: Database | None = None
        self._ledger: Ledger | None = None
        self._copies: CopyKeeper | None = None
        self._said = ""
        self._passes = False
        self._changing = threading.Lock()
        self._closed = False

    @property
    def may_open_later(self) -> bool:
        """Whether it could not be opened, and `open` may do better later."""
        return self._passes and not self._closed

    @property
    def ledger(self) -> Ledger | None:
        """The ledger; None while it is not open."""
        return self._ledger

    @property
    def database(self) -> Database | None:
        """Where the ledger is, and what else a bench keeps; None while it is not open."""
        return self._database

    def open(self) -> Recorder | None:
        """Open the database, and the ledger in it. May be called again where that failed.

        Returns:
            What records runs; None where none are to be recorded. Where the ledger cannot be
            opened, something that refuses every run and says why.
        """
        if self._folder is None:
            return None
        with self._changing:
            recorder = self._open(self._folder)
            if self._closed:
                self._let_go()
        return recorder

    def _open(self, folder: Path) -> Recorder | None:
        # Imported here: SQLAlchemy takes 0.16 s, and the window is drawn before it is needed.
        from app.database.copies import CopyKeeper
        from app.database.of_bench import open_bench_database
        from app.ledger.ledger import Ledger

        try:
            self._database = open_bench_database(folder, self._rules.database_url)
            if self._database.file is not None and self._rules.copies:
                self._copies = CopyKeeper(self._database.file, self._rules.copies)
            self._passes = False
            if not self._rules.record_runs:
                return None
            self._database.writer.tell(self._troubled)
            self._ledger = Ledger(
                self._database,
                stamp=self._stamp,
                reads=self._reads,
                keep_days=self._rules.keep_days,
                max_mb=self._rules.max_mb,
            )
        except ThingError as error:
            self._let_go()
            self._passes = getattr(error, "passes", True)
            reason = f"the ledger cannot be opened: {error}"
            if reason != self._said:
                _log.error("The ledger cannot be opened: %s", error)
            if self._rules.record_runs and reason != self._said:
                self._troubled(reason)
            self._said = reason
            return NotRecording(reason) if self._rules.record_runs else None
        return self._ledger

    def tell_of_success(self) -> None:
        """Say that runs are recorded again, where it was said that they are not."""
        if self._database is None:
            return
        said, self._said = self._said, ""
        if said and self._rules.record_runs:
            self._troubled("")

    def close(self) -> None:
        """Write what waits and close the ledger; twice is harmless."""
        self._closed = True
        # What is just being opened, and takes its time, is let go of by whoever opens it.
        if self._changing.acquire(timeout=CLOSE_WAIT_S):
            try:
                self._let_go()
            finally:
                self._changing.release()

    def _let_go(self) -> None:
        ledger, self._ledger = self._ledger, None
        database, self._database = self._database, None
        copies, self._copies = self._copies, None
        if copies is not None:
            copies.close()
        if ledger is not None:
            ledger.close()
        if database is not None:
            database.close()


def wait_until_recorded(invocation: Invocation) -> None:
    """Wait until it is on disk that a run was accepted; one that cannot be recorded is cancelled.

    Stopping a Thing waits for no disk.

    Raises:
        LedgerFullError: It cannot be recorded.
    """
    recorded = invocation.recorded
    if recorded is None or invocation.action_name == "stop":
        return
    with _cancelled_unrecorded(invocation):
        recorded.result(RECORD_WAIT_S)


async def until_recorded(invocation: Invocation, waiting: LoopWaiting) -> None:
    """The same on a loop, holding no thread.

    Args:
        invocation: The run.
        waiting: Of that loop.

    Raises:
        LedgerFullError: It cannot be recorded.
    """
    recorded = invocation.recorded
    if recorded is None or invocation.action_name == "stop":
        return
    with _cancelled_unrecorded(invocation):
        await waiting.result(recorded, RECORD_WAIT_S)


@contextmanager
def _cancelled_unrecorded(invocation: Invocation) -> Iterator[None]:
    """Cancels a run of which it cannot be recorded that it was accepted."""
    try:
        yield
    except (TimeoutError, LedgerFullError) as error:
        invocation.cancel()
        reason = error.reason if isinstance(error, LedgerFullError) else _NO_ANSWER
        raise LedgerFullError(reason) from None
