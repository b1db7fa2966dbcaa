"""The history reads the ledger page by page, and never mixes the answers of two questions."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from pytestqt.qtbot import QtBot

from app.errors import LedgerError
from app.handles import OriginKind
from app.run_records import RecordedBlob, RunPage, RunQuery, RunState
from ui.models.history import PAGE, HistoryFilter, HistoryModel, snapshot_of
from ui.states import State
from ui.tasks import Tasks

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, MakeRecord


@pytest.fixture
def model(bench: FakeBench, tasks: Tasks) -> HistoryModel:
    return HistoryModel(bench, tasks)


def test_pages_follow_each_other_without_gap_or_repetition(
    model: HistoryModel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    bench.records = [make_record(number) for number in range(250)]
    model.reload()
    qtbot.waitUntil(lambda: len(model.rows) == PAGE)
    assert model.total == 250

    model.load_more()
    qtbot.waitUntil(lambda: len(model.rows) == 200)
    model.load_more()
    qtbot.waitUntil(lambda: len(model.rows) == 250)

    assert list(model.rows) == [record.id for record in bench.records]
    assert not model.has_more
    assert [query.total for query in bench.queries] == [True, False, False]
    model.load_more()
    assert len(bench.queries) == 3


def test_asked_twice_the_same_page_is_read_once(
    model: HistoryModel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    bench.records = [make_record(number) for number in range(150)]
    model.reload()
    qtbot.waitUntil(lambda: len(model.rows) == PAGE)

    model.load_more()
    model.load_more()

    qtbot.waitUntil(lambda: len(model.rows) == 150)
    assert len(bench.queries) == 2


def test_an_answer_to_an_older_question_is_dropped(
    model: HistoryModel,
    bench: FakeBench,
    make_record: MakeRecord,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow, answer = asyncio.Event(), bench.runs

    async def runs(query: RunQuery) -> RunPage:
        if not query.thing:
            await slow.wait()
        return await answer(query)

    bench.records = [make_record(1), make_record(2, thing="stage")]
    monkeypatch.setattr(bench, "runs", runs)
    model.reload()
    model.show(HistoryFilter(thing="stage"))
    qtbot.waitUntil(lambda: len(model.rows) == 1)
    slow.set()
    model.show(HistoryFilter(thing="camera"))

    qtbot.waitUntil(lambda: list(model.rows) == [bench.records[0].id])
    assert model.total == 1


def test_a_ledger_that_cannot_be_read_is_explained_and_tried_again(
    model: HistoryModel,
    bench: FakeBench,
    make_record: MakeRecord,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(_query: RunQuery) -> RunPage:
        raise LedgerError("the disk is gone")

    bench.records = [make_record(1)]
    with monkeypatch.context() as patch:
        patch.setattr(bench, "runs", broken)
        model.reload()
        qtbot.waitUntil(lambda: model.trouble == "the disk is gone")
        assert model.nothing == "the disk is gone"

    model.reload()
    qtbot.waitUntil(lambda: len(model.rows) == 1)
    assert model.trouble == ""


def test_where_nothing_is_shown_it_says_why(
    model: HistoryModel, bench: FakeBench, qtbot: QtBot
) -> None:
    assert model.nothing == "Reading what was run…"
    model.reload()
    qtbot.waitUntil(lambda: model.nothing == "Nothing has run yet.")
    model.show(HistoryFilter(state=RunState.ERROR))
    qtbot.waitUntil(lambda: model.nothing == "Nothing passes these filters.")


def test_filters_become_what_the_ledger_is_asked() -> None:
    now = datetime(2026, 3, 14, 15, 9, tzinfo=UTC).astimezone()
    asked = HistoryFilter("camera", RunState.ERROR, OriginKind.NETWORK, "anna", 6, " dark ")

    query = asked.query(now=now)

    midnight = now.replace(hour=0, minute=0)
    assert query.since == midnight - timedelta(days=6)
    assert (query.thing, query.state, query.origin) == (
        "camera",
        RunState.ERROR,
        OriginKind.NETWORK,
    )
    assert (query.who, query.text, query.roots) == ("anna", "dark", False)
    # Parts of others are left out where no Thing is asked for: autofocus moves the stage often.
    assert HistoryFilter().query().roots
    assert HistoryFilter().query().since is None


def test_a_recorded_run_looks_like_one_of_the_window(make_record: MakeRecord) -> None:
    blob = RecordedBlob(("image",), "image/png", "snap.png", 1200, (4, 6), sha256="ab")
    record = replace(make_record(1), blobs=(blob,), elapsed_s=None, state=RunState.INTERRUPTED)

    shown = snapshot_of(record)

    assert (shown.id, shown.title, shown.input) == (record.id, record.title, record.input)
    assert shown.status.ended
    assert shown.blobs[0].name == "snap.png"
    assert shown.elapsed_s == 0.0


def test_a_run_that_was_cut_off_says_so(
    model: HistoryModel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    bench.records = [replace(make_record(1), state=RunState.INTERRUPTED)]
    model.reload()
    qtbot.waitUntil(lambda: bool(model.rows))

    assert model.state(model.rows[0]) is State.INTERRUPTED


def test_a_note_of_somebody_else_changes_its_row_alone(
    model: HistoryModel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    bench.records = [make_record(1), make_record(2)]
    model.reload()
    qtbot.waitUntil(lambda: len(model.rows) == 2)

    with qtbot.waitSignal(model.row_changed) as changed:
        model.take(replace(bench.records[1], note="the good one"))
    model.take(make_record(99))

    assert changed.args == [bench.records[1].id]
    found = model.record(bench.records[1].id)
    assert found is not None
    assert found.note == "the good one"
    assert len(model.rows) == 2


def test_new_runs_are_added_to_the_number_without_counting_all_again(
    model: HistoryModel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    bench.records = [make_record(number) for number in range(120)]
    model.reload()
    qtbot.waitUntil(lambda: model.total == 120)
    bench.records[:0] = [make_record(-1), make_record(-2)]

    model.reload(count=False)

    qtbot.waitUntil(lambda: model.rows[0] == bench.records[0].id)
    assert model.total == 122
    assert not bench.queries[-1].total


def test_a_number_that_was_asked_for_is_not_lost_to_a_newer_question(
    model: HistoryModel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    bench.records = [make_record(number) for number in range(7)]
    model.reload()
    model.reload(count=False)

    qtbot.waitUntil(lambda: model.total == 7)
    model.reload(count=False)
    qtbot.waitUntil(lambda: len(bench.queries) == 3)
    assert not bench.queries[-1].total
