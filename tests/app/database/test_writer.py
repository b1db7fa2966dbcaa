from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from sqlalchemy import Connection, event, text

from app.database.database import Database
from app.database.errors import DatabaseBusyError, DatabaseClosedError, DatabaseFullError

Opened = Callable[..., Database]


class Disk:
    """Gives the writer as much room as it likes, by SQLite's own limit of pages."""

    def __init__(self, database: Database) -> None:
        self.pages = 1_000_000
        self.tried = threading.Semaphore(0)
        event.listen(database.writer._engine, "begin", self._limit)

    def _limit(self, connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={self.pages}").fetchall()
        self.tried.release()


class Troubles:
    """What the writer says of itself."""

    def __init__(self, database: Database) -> None:
        self.said: list[str] = []
        self.changed = threading.Semaphore(0)
        database.writer.tell(self._told)

    def _told(self, reason: str) -> None:
        self.said.append(reason)
        self.changed.release()

    def next(self) -> str:
        assert self.changed.acquire(timeout=30)
        return self.said[-1]


def insert(value: str) -> Callable[[Connection], int]:
    return lambda connection: (
        connection.execute(text("INSERT INTO notes VALUES (:value)"), {"value": value}).rowcount
    )


def notes(database: Database) -> list[str]:
    with database.reader() as connection:
        return [row[0][:10] for row in connection.execute(text("SELECT text FROM notes"))]


@pytest.fixture
def database(opened: Opened) -> Database:
    database = opened(retry_s=(0.01, 0.05))
    database.writer.submit(
        lambda connection: connection.execute(text("CREATE TABLE notes (text TEXT UNIQUE)"))
    ).result(20)
    return database


def held(database: Database) -> tuple[threading.Event, Future[Any]]:
    """Keep the writer busy until the event is set."""
    began, go = threading.Event(), threading.Event()

    def wait(_: Connection) -> None:
        began.set()
        assert go.wait(30)

    waiting = database.writer.submit(wait)
    assert began.wait(30)
    return go, waiting


def test_jobs_are_carried_out_in_their_order_and_answer(database: Database) -> None:
    done = [database.writer.submit(insert(str(number))) for number in range(100)]

    assert [each.result(20) for each in done] == [1] * 100
    assert notes(database) == [str(number) for number in range(100)]


def test_what_waits_is_one_transaction(database: Database) -> None:
    commits: list[int] = []
    event.listen(database.writer._engine, "commit", lambda connection: commits.append(1))
    go, waiting = held(database)
    done = [database.writer.submit(insert(str(number))) for number in range(50)]
    go.set()
    waiting.result(20)
    for each in done:
        each.result(20)

    assert len(commits) == 2


def test_a_future_is_done_only_once_it_is_on_disk(database: Database) -> None:
    seen: list[list[str]] = []
    written = database.writer.submit(insert("first"))
    written.add_done_callback(lambda _: seen.append(notes(database)))
    written.result(20)
    database.writer.submit(lambda _: None).result(20)

    assert seen == [["first"]]


def test_a_job_that_fails_takes_no_other_with_it(database: Database) -> None:
    go, waiting = held(database)

    def half(connection: Connection) -> None:
        insert("half")(connection)
        raise SystemExit("a job's own fault")

    first = database.writer.submit(insert("first"))
    failing = database.writer.submit(half)
    twice = database.writer.submit(insert("first"))
    last = database.writer.submit(insert("last"))
    go.set()

    assert (first.result(20), last.result(20)) == (1, 1)
    with pytest.raises(SystemExit):
        failing.result(20)
    with pytest.raises(Exception, match="UNIQUE"):
        twice.result(20)
    assert notes(database) == ["first", "last"]
    assert waiting.result(20) is None


def test_a_job_that_fails_alone_takes_back_what_it_wrote(database: Database) -> None:
    def half(connection: Connection) -> None:
        insert("half")(connection)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        database.writer.submit(half).result(20)
    assert notes(database) == []
    assert database.writer.submit(insert("after")).result(20) == 1


def test_on_a_full_disk_what_must_be_kept_is_written_when_there_is_room(
    database: Database,
) -> None:
    disk, troubles = Disk(database), Troubles(database)
    disk.pages = 1  # less than it has: not a page more
    kept = database.writer.submit(insert("kept" + "x" * 50_000), keep=True)
    assert "full" in troubles.next()
    other = database.writer.submit(insert("other" + "x" * 50_000))

    with pytest.raises(DatabaseFullError, match="full"):
        other.result(30)
    assert not kept.done()
    disk.pages = 1_000_000

    assert kept.result(30) == 1
    assert troubles.next() == ""
    assert [note[:4] for note in notes(database)] == ["kept"]


def test_after_a_full_disk_it_goes_on_by_itself_even_with_nothing_left_to_write(
    database: Database,
) -> None:
    disk, troubles = Disk(database), Troubles(database)
    disk.pages = 1
    with pytest.raises(DatabaseFullError):
        database.writer.submit(insert("x" * 50_000)).result(30)
    assert "full" in troubles.next()
    disk.pages = 1_000_000

    assert troubles.next() == ""
    assert database.writer.trouble == ""


def test_a_full_disk_takes_all_that_was_in_the_transaction_back(database: Database) -> None:
    disk, troubles = Disk(database), Troubles(database)
    go, _ = held(database)
    disk.pages = 1
    small = database.writer.submit(insert("small"), keep=True)
    large = database.writer.submit(insert("large" + "x" * 50_000), keep=True)
    go.set()
    assert "full" in troubles.next()
    assert notes(database) == []
    disk.pages = 1_000_000

    assert (small.result(30), large.result(30)) == (1, 1)
    assert [note[:5] for note in notes(database)] == ["small", "large"]


def test_a_listener_that_fails_stops_nothing(database: Database) -> None:
    def bad(_: str) -> None:
        raise RuntimeError("a bad listener")

    database.writer.tell(bad)
    disk, troubles = Disk(database), Troubles(database)
    disk.pages = 1
    kept = database.writer.submit(insert("x" * 50_000), keep=True)
    assert "full" in troubles.next()
    disk.pages = 1_000_000

    assert kept.result(30) == 1


def test_more_than_may_wait_is_refused(opened: Opened) -> None:
    database = opened(capacity=2)
    go, _ = held(database)
    first = [database.writer.submit(lambda _: None) for _ in range(2)]

    with pytest.raises(DatabaseBusyError):
        database.writer.submit(lambda _: None)
    go.set()
    for each in first:
        each.result(20)


def test_closing_writes_what_waits(database: Database, opened: Opened) -> None:
    go, _ = held(database)
    waiting = [database.writer.submit(insert(str(number))) for number in range(10)]
    closing = threading.Thread(target=database.close)
    closing.start()
    go.set()
    closing.join(30)

    assert [each.result(0) for each in waiting] == [1] * 10
    assert len(notes(opened())) == 10
    with pytest.raises(DatabaseClosedError):
        database.writer.submit(lambda _: None)


def test_closing_on_a_full_disk_ends_and_says_what_is_lost(database: Database) -> None:
    disk, troubles = Disk(database), Troubles(database)
    disk.pages = 1
    kept = database.writer.submit(insert("x" * 50_000), keep=True)
    assert "full" in troubles.next()

    assert database.writer.close(30)
    with pytest.raises(DatabaseFullError):
        kept.result(0)


def test_a_job_that_may_wait_goes_along_with_the_next(database: Database) -> None:
    commits: list[int] = []
    event.listen(database.writer._engine, "commit", lambda connection: commits.append(1))
    patient = database.writer.submit(insert("patient"), within_s=60)
    hasty = database.writer.submit(insert("hasty"))

    assert (patient.result(30), hasty.result(30)) == (1, 1)
    assert commits == [1]
