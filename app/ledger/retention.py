"""How long runs are kept: by age and by size, the oldest go first.

A computer's clock may be set wrong, by hand or by an empty battery. A year ahead for a moment, it
must not make everything look old: so age counts by a clock of our own, which is never ahead of
the one on the wall, goes on as the monotonic one does, and begins at most a day after the newest
run that was recorded. A bench that rested for longer keeps its oldest runs until its next start.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from sqlalchemy import Connection, Select, delete, func, select

from app.database.database import Database
from app.database.errors import DatabaseError
from app.database.schema import runs
from app.ledger.writing import micros
from app.run_records import RunState
from things.events import now

_log = logging.getLogger(__name__)

BATCH = 200
FIRST_LOOK_S = 60.0
EVERY_S = 3600.0
DAY_US = 86_400 * 1_000_000
REST_US = DAY_US
"""How much time is believed to have gone by between two starts of the program."""

PAUSE_S = 0.1
"""Between two batches, so that runs of now are recorded in between."""

_ACTIVE = (RunState.PENDING.value, RunState.RUNNING.value)


class Retention:
    """Takes old runs out of the ledger, a few at a time, in a thread of its own.

    What runs is never taken, nor is the newest: its number is where counting goes on.

    Args:
        database: Where the runs are.
        keep_days: How old they may become.
        max_mb: How much they may take together, in megabytes of 2**20 bytes.
        first_look_s: How long after the opening it looks for the first time, in seconds.
        every_s: And how often afterwards.
    """

    def __init__(
        self,
        database: Database,
        keep_days: float,
        max_mb: float,
        *,
        first_look_s: float = FIRST_LOOK_S,
        every_s: float = EVERY_S,
    ) -> None:
        self._database = database
        self._keep_us = int(keep_days * DAY_US)
        self._max_bytes = int(max_mb * 2**20)
        self._first_look_s = first_look_s
        self._every_s = every_s
        self._began_s = time.monotonic()
        self._began_us = self._believable(micros(now()))
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="ledger-retention", daemon=True)
        self._thread.start()

    def sweep(self) -> int:
        """Take out what is too old, and the oldest of what is too much.

        Returns:
            How many runs were taken out.

        Raises:
            DatabaseError: The database cannot be read or written now.
        """
        gone_by_us = int((time.monotonic() - self._began_s) * 1_000_000)
        cutoff_us = min(micros(now()), self._began_us + gone_by_us) - self._keep_us
        gone = self._take_out(_oldest().where(runs.c.requested_us < cutoff_us))
        while not self._ending.is_set() and self._bytes() > self._max_bytes:
            taken = self._batch(_oldest())
            gone += taken
            if taken == 0:
                break
            self._ending.wait(PAUSE_S)
        if gone:
            _log.info("%d old runs were taken out of the ledger.", gone)
        return gone

    def close(self) -> None:
        """End."""
        self._ending.set()
        self._thread.join(5.0)

    def _believable(self, now_us: int) -> int:
        """What time it is, as far as the newest run bears it out."""
        with self._database.reader() as connection:
            newest_us = connection.execute(select(func.max(runs.c.requested_us))).scalar()
        return now_us if newest_us is None else min(now_us, int(newest_us) + REST_US)

    def _work(self) -> None:
        wait_s = self._first_look_s
        while not self._ending.wait(wait_s):
            wait_s = self._every_s
            try:
                self.sweep()
            except DatabaseError as error:
                _log.warning("Old runs could not be taken out of the ledger: %s", error)

    def _take_out(self, which: Select[Any]) -> int:
        gone = 0
        while not self._ending.is_set():
            taken = self._batch(which)
            gone += taken
            if taken < BATCH:
                break
            self._ending.wait(PAUSE_S)
        return gone

    def _batch(self, which: Select[Any]) -> int:
        def take_out(connection: Connection) -> int:
            return connection.execute(delete(runs).where(runs.c.number.in_(which))).rowcount

        return self._database.writer.submit(take_out).result()

    def _bytes(self) -> int:
        with self._database.reader() as connection:
            return int(connection.execute(select(func.sum(runs.c.bytes))).scalar() or 0)


def _oldest() -> Select[Any]:
    newest = select(func.max(runs.c.number)).scalar_subquery()
    return (
        select(runs.c.number)
        .where(runs.c.state.not_in(_ACTIVE), runs.c.number < newest)
        .order_by(runs.c.number)
        .limit(BATCH)
    )
