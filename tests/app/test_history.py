from __future__ import annotations

import asyncio
import threading
import uuid
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from app.actions.events import RunAnnotated
from app.bench import Bench
from app.bench_file import BenchSpec
from app.errors import InvocationNotFoundError, LedgerError, RunQueryError
from app.history import History
from app.local import LocalBench
from app.run_records import RunQuery
from things import ValueRefusedError
from things.events import Event

if TYPE_CHECKING:
    from tests.app.conftest import MakeLedger, MakeRun


def test_a_bench_without_a_ledger_says_so() -> None:
    with Bench(BenchSpec("Test", ())) as bench:
        with pytest.raises(LedgerError, match="this bench keeps none"):
            bench.history.find(RunQuery())
        with pytest.raises(LedgerError):
            bench.history.run(uuid.uuid4())
        with pytest.raises(LedgerError):
            bench.history.annotate(uuid.uuid4(), "")


def test_a_ledger_that_could_not_be_opened_says_why() -> None:
    history = History(lambda: None, lambda: "the file is no database", lambda event: None)

    with pytest.raises(LedgerError, match="there is no ledger: the file is no database"):
        history.find(RunQuery())


@pytest.mark.parametrize(
    "query",
    [
        RunQuery(limit=0),
        RunQuery(limit=1001),
        RunQuery(text="x" * 201),
        RunQuery(since=datetime(2026, 3, 1)),
        RunQuery(until=datetime(2026, 3, 1)),
    ],
)
def test_a_question_that_makes_no_sense_never_reaches_the_ledger(
    query: RunQuery, make_ledger: MakeLedger
) -> None:
    ledger = make_ledger()

    with pytest.raises(RunQueryError):
        History(lambda: ledger, lambda: "", lambda event: None).find(query)

    assert ledger.queries == []


def test_a_note_is_kept_and_told(make_run: MakeRun, make_ledger: MakeLedger) -> None:
    run = make_run()
    ledger = make_ledger(run)
    told: list[Event] = []
    history = History(lambda: ledger, lambda: "", told.append)

    found = history.annotate(run.id, "  good focus,\r\n\tbad light \n")

    assert found.note == "good focus,\n\tbad light"
    assert history.run(run.id) == found
    assert [event.run for event in told if isinstance(event, RunAnnotated)] == [found]


@pytest.mark.parametrize("note", ["x" * 10_001, "bell\x07", "\ud83d"])
def test_a_note_that_is_no_text_is_refused(
    note: str, make_run: MakeRun, make_ledger: MakeLedger
) -> None:
    run = make_run()
    told: list[Event] = []
    ledger = make_ledger(run)

    with pytest.raises(ValueRefusedError, match="note"):
        History(lambda: ledger, lambda: "", told.append).annotate(run.id, note)

    assert ledger.run(run.id).note == ""
    assert told == []


def test_a_window_asks_the_ledger_away_from_its_own_thread(
    make_run: MakeRun, make_ledger: MakeLedger
) -> None:
    run = make_run()
    threads: set[int] = set()

    with Bench(BenchSpec("Test", ())) as bench:
        ledger = make_ledger(run)
        find = ledger.find

        def noticed(query: RunQuery) -> object:
            threads.add(threading.get_ident())
            return find(query)

        ledger.find = noticed  # type: ignore[assignment,method-assign]  # stands before the real one
        bench.ledger = ledger
        handle = LocalBench(bench)

        assert asyncio.run(handle.runs(RunQuery())).runs == [run]
        assert asyncio.run(handle.run(run.id)) == run
        assert asyncio.run(handle.annotate(run.id, "good")).note == "good"
        with pytest.raises(InvocationNotFoundError):
            asyncio.run(handle.run(uuid.uuid4()))
        assert handle.ledger_trouble == ""

    assert threads
    assert threading.get_ident() not in threads
