from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.database.of_bench import read_bench_database
from app.errors import LedgerError, RunQueryError
from app.handles import Origin, OriginKind, Stamp
from app.ledger.reading import RunReader
from app.run_records import RunQuery, RunState

ADA = Origin(OriginKind.WINDOW)
BOB = Origin(OriginKind.NETWORK, "10.0.0.7")


@pytest.fixture
def history(recorded):
    """Six runs by two people, and a child."""
    bench = recorded.bench
    bench.set_stamp(Stamp("Ada", "onion_skin", "Monday 100%"))
    for action, input, origin in (
        ("double", {"number": 1}, ADA),
        ("double", {"number": 2}, BOB),
        ("fail", {}, BOB),
        ("say", {"text": "Grüße, Zelle"}, ADA),
        ("climb", {"steps": 1}, ADA),
        ("nothing", {}, ADA),
    ):
        assert bench.invoke("probe", action, input, origin).wait_ended(30)
    recorded.written()
    return recorded.ledger


@pytest.mark.parametrize("words", [r"C:\Data", '"hi"', "two\nlines", r"\run7"])
def test_what_json_writes_otherwise_is_found_as_it_was_typed(recorded, words):
    said = 'C:\\data\\run7 "hi" two\nlines'
    assert recorded.bench.invoke("probe", "say", {"text": said}, ADA).wait_ended(30)
    recorded.bench.invoke("probe", "nothing", {}, ADA).wait_ended(30)
    recorded.written()

    assert actions(recorded.ledger.find(RunQuery(text=words))) == ["say"]


def actions(page):
    return [each.action for each in page.runs]


ALL = ["nothing", "move", "climb", "say", "fail", "double", "double"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (RunQuery(), ALL),
        (RunQuery(thing="stage"), ["move"]),
        (RunQuery(thing="probe", action="double"), ["double", "double"]),
        (RunQuery(state=RunState.ERROR), ["fail"]),
        (RunQuery(state=RunState.INTERRUPTED), []),
        (RunQuery(origin=OriginKind.NETWORK), ["fail", "double"]),
        (RunQuery(who="10.0.0.7"), ["fail", "double"]),
        (RunQuery(who="10.0.0.8"), []),
        (RunQuery(roots=True), [each for each in ALL if each != "move"]),
        (RunQuery(text="filament"), ["fail"]),
        (RunQuery(text="ZELLE grüsse"), ["say"]),
        (RunQuery(text="zelle filament"), []),
        (RunQuery(text="doubling 4"), ["double"]),
        (RunQuery(text="onion_skin"), ALL),
        (RunQuery(text="onionXskin"), []),
        (RunQuery(text="100%"), ALL),
        (RunQuery(text="1%0"), []),
        (RunQuery(text="ValueError"), ["fail"]),
        (RunQuery(limit=2), ALL[:2]),
    ],
)
def test_runs_are_found(history, query, expected):
    assert actions(history.find(query)) == expected


def test_runs_are_found_by_time(history):
    runs = history.find(RunQuery()).runs
    third = runs[2].requested_at

    assert len(history.find(RunQuery(since=third)).runs) == 3
    assert len(history.find(RunQuery(until=third)).runs) == 4
    assert (
        len(history.find(RunQuery(since=third, until=third + timedelta(microseconds=1))).runs) == 1
    )


def test_runs_of_a_parent_are_found(history):
    (climb,) = history.find(RunQuery(action="climb")).runs

    assert actions(history.find(RunQuery(parent=climb.id))) == ["move"]


def test_pages_follow_each_other_without_gap_while_new_runs_come(recorded, history):
    found, after = [], None
    while True:
        page = history.find(RunQuery(limit=2, after=after, total=True))
        found += actions(page)
        after = page.next
        if after is None:
            break
        recorded.run("nothing")
        recorded.written()

    assert found == ALL
    assert page.total == 10


def test_a_list_leaves_log_and_values_out(history):
    for each in history.find(RunQuery()).runs:
        assert (each.log, each.before, each.after) == ((), {}, {})


@pytest.mark.parametrize("after", ["", "x", "-1", "1.5", "9" * 30, "1; DROP TABLE runs"])
def test_a_cursor_of_nobody_s_is_refused(history, after):
    with pytest.raises(RunQueryError):
        history.find(RunQuery(after=after))


def test_a_ledger_can_be_read_while_nothing_runs(recorded, history, tmp_path, database_url):
    recorded.bench.close()
    database = read_bench_database(tmp_path / "data", database_url)

    assert actions(RunReader(database).find(RunQuery())) == ALL
    database.close()


def test_a_ledger_that_cannot_be_read_says_so(recorded, history):
    ledger = recorded.ledger
    ledger._database.writer.submit(lambda c: c.execute(text("DROP TABLE runs"))).result(20)

    with pytest.raises(LedgerError, match="cannot be read"):
        ledger.find(RunQuery())
