from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from app.actions.events import LedgerTroubled
from app.actions.invocation import Invocation
from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.handles import Origin, OriginKind
from app.ledger.ledger import Ledger
from app.recording import RecordingRules
from app.run_records import RunRecord

# A bench file names its classes by module; this one lies beside the tests.
sys.path.append(str(Path(__file__).parent))

ME = Origin(OriginKind.SCRIPT, "a test")
SPEC = BenchSpec(
    "Test bench",
    (ThingSpec("probe", "recorded_things:Probe"), ThingSpec("stage", "recorded_things:Stage")),
)


NO_ROOM = """DO $$ BEGIN
RAISE EXCEPTION 'the disk is full: No space left on device' USING ERRCODE = 'disk_full'; END $$"""


class Disk:
    """Gives the ledger as much room as it likes: by SQLite's own limit of pages, or by what the
    server says where it has none."""

    def __init__(self, ledger: Ledger) -> None:
        self.pages = 1_000_000
        event.listen(ledger._database.writer._engine, "begin", self._limit)

    def _limit(self, connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA max_page_count={self.pages}").fetchall()
        elif self.pages == 1:
            connection.exec_driver_sql(NO_ROOM)

    def fill(self) -> None:
        self.pages = 1

    def empty(self) -> None:
        self.pages = 1_000_000


class Recorded:
    """A bench whose runs are recorded."""

    def __init__(self, folder: Path, rules: RecordingRules) -> None:
        self.bench = Bench(SPEC, data_folder=folder, recording=rules)
        self.troubles: list[str] = []
        self._troubled = threading.Semaphore(0)
        self._mailbox = self.bench.bus.subscribe(self._look)
        self.bench.open()
        if self.bench.ledger is not None:
            self.disk = Disk(self.ledger)

    def _look(self) -> None:
        for each in self._mailbox.take():
            if isinstance(each, LedgerTroubled):
                self.troubles.append(each.reason)
                self._troubled.release()

    @property
    def probe(self) -> Any:
        return self.bench.thing("probe")

    @property
    def ledger(self) -> Ledger:
        ledger = self.bench.ledger
        assert isinstance(ledger, Ledger)
        return ledger

    def start(self, action: str, **input: Any) -> Invocation:
        return self.bench.invoke("probe", action, input, ME)

    def run(self, action: str, **input: Any) -> Invocation:
        invocation = self.start(action, **input)
        assert invocation.wait_ended(30)
        return invocation

    def written(self) -> None:
        """Wait until all that is known is on disk, hashes too."""
        self.ledger._hasher.close()
        self.ledger._writing.drain(30)

    def record(self, invocation: Invocation) -> RunRecord:
        self.ledger._writing.drain(30)
        return self.ledger.run(invocation.id)

    def next_trouble(self) -> str:
        assert self._troubled.acquire(timeout=30)
        return self.troubles[-1]


Opens = Callable[..., Recorded]


@pytest.fixture
def opens_at(tmp_path: Path) -> Iterator[Opens]:
    """Opens the bench with its database at an address; what it opens is closed at the end."""
    opened: list[Recorded] = []

    def open_it(database_url: str, **rules: Any) -> Recorded:
        recorded = Recorded(tmp_path / "data", RecordingRules(database_url=database_url, **rules))
        opened.append(recorded)
        return recorded

    yield open_it
    for recorded in opened:
        entry = recorded.bench.things["probe"].thing
        if entry is not None:
            entry.go.set()  # type: ignore[attr-defined]  # it is the Probe
        recorded.bench.close()


@pytest.fixture
def opens(opens_at: Opens, database_url: str) -> Opens:
    """The same with its database in a file, then on a server."""
    return partial(opens_at, database_url)


@pytest.fixture
def recorded(opens: Opens) -> Recorded:
    return opens()
