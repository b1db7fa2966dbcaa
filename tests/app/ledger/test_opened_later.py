"""A database that is away when the bench opens, or goes away, and comes back: no restart needed."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from sqlalchemy.engine import make_url

from app.actions.events import LedgerTroubled
from app.archive.errors import ArchiveError
from app.archive.events import ArchiveTroubled
from app.archive.records import FileQuery
from app.bench import Bench
from app.bench_file import BenchSpec
from app.errors import LedgerError, LedgerFullError
from app.handles import Origin, OriginKind
from app.recording import RecordingRules
from app.run_records import RunQuery, RunState
from app.server.settings import ServerSettings
from app.server.thread import ServerThread

if TYPE_CHECKING:
    from tests.app.ledger.conftest import Opens
    from tests.conftest import PostgresqlServer


ME = Origin(OriginKind.SCRIPT, "a test")


class Away:
    """The way to a server that can be taken away and given back, as by a cable."""

    def __init__(self, server: PostgresqlServer, name: str) -> None:
        self._server = server
        self._name = name
        url = make_url(server.address(name))
        self._there = Path(str(url.query["host"]))
        self.folder = Path(tempfile.mkdtemp(prefix="labwright-way-"))
        self._way = self.folder / "way"
        self.address = server.address(name).replace(str(self._there), str(self._way))

    def give_back(self) -> None:
        self._way.symlink_to(self._there)

    def take_away(self) -> None:
        self._way.unlink(missing_ok=True)
        users = f"FROM pg_stat_activity WHERE datname = '{self._name}'"
        self._server.execute(f"SELECT pg_terminate_backend(pid, 10000) {users}")


@pytest.fixture
def away(postgresql_server: PostgresqlServer) -> Iterator[Away]:
    """A server that is not there yet."""
    name = postgresql_server.new_database()
    made = Away(postgresql_server, name)
    yield made
    made.take_away()
    made.folder.rmdir()
    postgresql_server.give_back(name)


class Told:
    """What a bench says of its troubles, to be waited for."""

    def __init__(self, bench: Any) -> None:
        self._something = threading.Event()
        self._mailbox = bench.bus.subscribe(self._something.set)
        self.all: list[LedgerTroubled | ArchiveTroubled] = []

    def until(self, kind: type[LedgerTroubled | ArchiveTroubled], reason: str) -> None:
        """Wait until such a trouble is told; '' for none any more."""
        while True:
            self._something.clear()
            self.all += [
                each
                for each in self._mailbox.take()
                if isinstance(each, (LedgerTroubled, ArchiveTroubled))
            ]
            if any(isinstance(e, kind) and e.reason == reason for e in self.all):
                return
            assert self._something.wait(60), self.all


def test_a_server_that_is_away_at_the_start_is_waited_for(opens_at: Opens, away: Away) -> None:
    recorded = opens_at(away.address)
    bench = recorded.bench
    told = Told(bench)

    assert "the ledger cannot be opened" in bench.ledger_trouble
    assert bench.archive_trouble == "its catalogue cannot be opened"
    with pytest.raises(LedgerFullError, match="cannot be opened"):
        recorded.start("nothing")
    with pytest.raises(LedgerError, match="cannot be opened"):
        bench.history.find(RunQuery())
    with pytest.raises(ArchiveError, match="cannot be opened"):
        _ = bench.opened_archive
    bench.write("probe", "gain", 2.0, ME)
    server = ServerThread(bench, ServerSettings(port=0))
    server.start()
    try:
        with httpx.Client(base_url=server.url, timeout=60) as http:
            for refused in (http.post("/probe/nothing", json={}), http.get("/archive")):
                assert refused.status_code == 503
                assert refused.headers["retry-after"]

            away.give_back()
            told.until(LedgerTroubled, "")
            told.until(ArchiveTroubled, "")

            assert http.post("/probe/nothing", json={}).status_code == 201
            assert http.get("/archive").json()["files"] == []
            assert http.post("/archive", json={"name": "a"}).status_code == 201
    finally:
        server.stop()
    assert (bench.ledger_trouble, bench.archive_trouble) == ("", "")


def test_a_server_that_goes_away_in_mid_work_loses_nothing_that_was_accepted(
    opens_at: Opens, away: Away
) -> None:
    away.give_back()
    recorded = opens_at(away.address)
    archive = recorded.bench.opened_archive
    before = recorded.run("double")
    kept = archive.keep(b"was there", "before")
    running = recorded.start("wait")
    assert recorded.probe.began.wait(30)

    away.take_away()
    with pytest.raises(ArchiveError, match="cannot be written"):
        archive.keep(b"not there", "meanwhile")
    assert recorded.next_trouble()
    with pytest.raises(LedgerFullError):
        recorded.start("nothing")
    with pytest.raises(ArchiveError):
        archive.find(FileQuery())
    recorded.probe.go.set()
    assert running.wait_ended(30)

    away.give_back()
    assert recorded.next_trouble() == ""
    recorded.written()
    found = {each.id: each.state for each in recorded.ledger.find(RunQuery(limit=100)).runs}
    assert {found[before.id], found[running.id]} == {RunState.COMPLETED}
    assert [file.id for file in archive.find(FileQuery()).files] == [kept.id]
    assert archive.keep(b"not there", "after").size == 9
    assert recorded.run("double").result == 2
    assert list(archive.store.staging.iterdir()) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_folder_of_files_that_is_away_at_the_start_is_waited_for(
    opens: Opens, tmp_path: Path
) -> None:
    first = opens()
    kept = first.bench.opened_archive.keep(b"content", "a")
    first.bench.close()
    folder = tmp_path / "data" / "files"
    folder.rename(tmp_path / "away")

    bench = opens().bench
    told = Told(bench)
    assert "should be in it" in bench.archive_trouble
    (tmp_path / "away").rename(folder)

    told.until(ArchiveTroubled, "")
    with bench.opened_archive.open_file(kept.id) as stream:
        assert stream.read() == b"content"


def test_a_bench_that_is_closed_while_it_waits_ends_at_once(tmp_path: Path) -> None:
    address = f"postgresql://lab@/lab?host={tmp_path}"
    bench = Bench(
        BenchSpec("Empty", ()),
        data_folder=tmp_path / "data",
        recording=RecordingRules(database_url=address),
    )
    bench.open()
    assert bench.ledger_trouble

    bench.close()

    assert "opened-later" not in {thread.name for thread in threading.enumerate()}
