from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.ledger import retention as retention_module
from app.ledger.retention import Retention
from app.run_records import RunQuery
from things.events import now

YEAR_US = 365 * 86_400 * 1_000_000


def numbers(recorded):
    return [each.number for each in recorded.ledger.find(RunQuery(limit=1000)).runs]


@pytest.fixture
def history(recorded):
    """A run that goes on, then nine that have ended; the first five are a year old."""
    running = recorded.start("wait")
    assert recorded.probe.began.wait(30)
    for _ in range(9):
        recorded.run("nothing")
    recorded.written()
    change = text(f"UPDATE runs SET requested_us = requested_us - {YEAR_US} WHERE number <= 5")
    recorded.ledger._database.writer.submit(lambda c: c.execute(change)).result(20)
    assert running.recorded.done()
    return recorded


def megabytes(recorded):
    with recorded.ledger._database.reader() as connection:
        return connection.execute(text("SELECT sum(bytes) FROM runs")).scalar() / 2**20


def kept(recorded, keep_days, max_mb):
    keeping = Retention(recorded.ledger._database, keep_days, max_mb)
    try:
        return keeping.sweep()
    finally:
        keeping.close()


def test_what_is_too_old_goes_but_not_what_runs(history, monkeypatch):
    monkeypatch.setattr(retention_module, "BATCH", 2)

    assert kept(history, 300, 1000) == 4
    assert numbers(history) == [10, 9, 8, 7, 6, 1]


def test_the_oldest_go_where_it_is_too_much_but_never_the_newest(history, monkeypatch):
    monkeypatch.setattr(retention_module, "BATCH", 3)

    # Room for six of the ten, which are about as large as each other; three go at a time.
    assert kept(history, 3650, 0.6 * megabytes(history)) == 6
    assert numbers(history) == [10, 9, 8, 1]
    assert kept(history, 3650, 0.0) == 2
    assert numbers(history) == [10, 1]


def test_what_a_run_was_given_counts_too(recorded):
    recorded.run("say", text="x" * 3_000_000)
    recorded.written()

    # Input, output, what a search looks through and the log, each of which holds it or its start.
    assert kept(recorded, 3650, 6.0) == 0
    recorded.run("nothing")
    recorded.written()
    assert kept(recorded, 3650, 6.0) == 1


def test_nothing_goes_while_there_is_room(history):
    assert kept(history, 3650, 1000) == 0
    assert len(numbers(history)) == 10


def test_it_looks_by_itself(history):
    gone = threading.Event()

    class Looking(Retention):
        def sweep(self):
            found = super().sweep()
            gone.set()
            return found

    looking = Looking(history.ledger._database, 300, 1000, first_look_s=0.01)
    assert gone.wait(30)
    looking.close()

    assert numbers(history) == [10, 9, 8, 7, 6, 1]


DAY = timedelta(days=1)


def set_clock(monkeypatch, by):
    monkeypatch.setattr(retention_module, "now", lambda: now() + by)


def kept_while_the_clock_is_set(recorded, keep_days, monkeypatch, *settings):
    """Sweep once for each setting of the clock; the ledger was opened at the right time."""
    keeping = Retention(recorded.ledger._database, keep_days, 1000)
    try:
        found = []
        for by in settings:
            set_clock(monkeypatch, by)
            found.append(keeping.sweep())
        return found
    finally:
        keeping.close()


def test_a_clock_that_is_set_in_mid_run_makes_nothing_older(history, monkeypatch):
    settings = 365 * DAY, -365 * DAY, 40_000 * DAY

    assert kept_while_the_clock_is_set(history, 300, monkeypatch, *settings) == [4, 0, 0]
    assert numbers(history) == [10, 9, 8, 7, 6, 1]


def test_a_clock_that_was_a_year_ahead_at_the_start_takes_a_day_at_most(history, monkeypatch):
    set_clock(monkeypatch, 365 * DAY)

    assert kept(history, 30, 1000) == 4, "those that are a year old without that"
    assert kept(history, 1.5, 1000) == 0
    assert numbers(history) == [10, 9, 8, 7, 6, 1]


def test_runs_of_the_future_stay_and_do_not_make_the_others_old(history, monkeypatch):
    change = text(f"UPDATE runs SET requested_us = requested_us + {2 * YEAR_US} WHERE number = 7")
    history.ledger._database.writer.submit(lambda c: c.execute(change)).result(20)

    assert kept(history, 300, 1000) == 4
    assert numbers(history) == [10, 9, 8, 7, 6, 1]


def test_what_was_run_after_a_rest_makes_the_time_of_the_rest_count(history, monkeypatch):
    change = text(f"UPDATE runs SET requested_us = requested_us - {YEAR_US}")
    history.ledger._database.writer.submit(lambda c: c.execute(change)).result(20)

    assert kept(history, 300, 1000) == 4, "a year ago some were a year old"
    assert numbers(history) == [10, 9, 8, 7, 6, 1]
    history.run("nothing")
    history.written()
    assert kept(history, 300, 1000) == 5, "all but the newest, and what runs"
    assert numbers(history) == [11, 1]
