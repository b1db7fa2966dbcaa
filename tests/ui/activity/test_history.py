"""The history in the window: found, unfolded, annotated and repeated by real clicks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.actions.events import RunAnnotated
from app.errors import LedgerError
from app.handles import LogLine, OriginKind
from app.run_records import RunPage, RunQuery, RunRecord, RunState
from things.errors import ValueRefusedError
from ui.activity.panel import ActivityPanel
from ui.activity.row import ActivityRow
from ui.models.history import PAGE
from ui.widgets import ComboBox

if TYPE_CHECKING:
    from tests.ui.activity.conftest import ShowsPanel
    from tests.ui.conftest import FakeBench, FakeThing, MakeRecord

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def shown(shows_panel: ShowsPanel) -> ActivityPanel:
    return shows_panel(400)


def open_history(shown: ActivityPanel, qtbot: QtBot) -> None:
    """Show the history, and wait for its rows."""
    shown.show_page("history")
    qtbot.waitUntil(lambda: bool(shown.history.list.row_widgets))


def row(shown: ActivityPanel, record: RunRecord, qtbot: QtBot) -> ActivityRow:
    """The row of a run, once it is there."""
    rows = shown.history.list.row_widgets
    qtbot.waitUntil(lambda: record.id in rows)
    return rows[record.id]


def unfold(shown: ActivityPanel, record: RunRecord, qtbot: QtBot) -> None:
    """Open the details of a run and wait for its note."""
    qtbot.mouseClick(row(shown, record, qtbot).chevron, LEFT)
    qtbot.waitUntil(shown.history.list.details.note.box.isEnabled)


def choose(box: ComboBox, value: object, qtbot: QtBot) -> None:
    """Choose from a filter by keys."""
    box.setFocus()
    while box.currentData() != value:
        before = box.currentIndex()
        qtbot.keyClick(box, Qt.Key.Key_Down)
        assert box.currentIndex() > before, "no such choice"


def test_the_ledger_is_asked_when_the_history_is_shown_and_not_before(
    shown: ActivityPanel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    bench.records = [make_record(number) for number in range(3)]
    assert bench.queries == []

    shown.show_page("history")

    first = row(shown, bench.records[0], qtbot)
    assert first.time_text() == "17 May 2024", "of another year the year is told"
    assert shown.history.count.text() == "3 runs"
    assert shown.history.filters.isVisibleTo(shown.header)


def test_older_runs_are_read_while_it_is_scrolled(
    shown: ActivityPanel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    bench.records = [make_record(number) for number in range(3 * PAGE)]
    shown.show_page("history")
    model, bar = shown.history.model, shown.history.list.verticalScrollBar()

    def reaches_the_end() -> bool:
        bar.setValue(bar.maximum())
        return len(model.rows) == 3 * PAGE and bench.records[-1].id in (
            shown.history.list.row_widgets
        )

    qtbot.waitUntil(reaches_the_end)
    assert len(bench.queries) == 3


def test_filters_ask_the_ledger_and_can_be_cleared(
    shown: ActivityPanel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    failed = replace(make_record(1), state=RunState.ERROR)
    bench.records = [make_record(0), failed]
    shown.show_page("history")
    row(shown, failed, qtbot)

    choose(shown.history.state, RunState.ERROR, qtbot)
    qtbot.waitUntil(lambda: list(shown.history.list.row_widgets) == [failed.id])
    choose(shown.history.origin, OriginKind.NETWORK, qtbot)
    choose(shown.history.when, 29, qtbot)
    choose(shown.history.thing, "camera", qtbot)
    qtbot.keyClicks(shown.history.search, "dark field")
    qtbot.waitUntil(lambda: bench.queries[-1].text == "dark field")

    query = bench.queries[-1]
    assert (query.thing, query.state, query.origin) == (
        "camera",
        RunState.ERROR,
        OriginKind.NETWORK,
    )
    assert query.since is not None
    qtbot.mouseClick(shown.history.clear_button, LEFT)
    qtbot.waitUntil(lambda: bench.queries[-1] == RunQuery(roots=True, limit=PAGE, total=True))
    assert shown.history.search.text() == ""


def test_the_menu_narrows_to_whoever_asked(
    shown: ActivityPanel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    bench.records = [make_record(0)]
    open_history(shown, qtbot)
    snapshot = shown.history.model.snapshot(bench.records[0].id)
    assert snapshot is not None
    menu = shown.menu_for(snapshot, old=True)
    entry = next(each for each in menu.actions() if each.text() == "Only what 10.0.0.7 asked for")

    entry.trigger()
    menu.deleteLater()

    qtbot.waitUntil(lambda: bench.queries[-1].who == "10.0.0.7")
    assert bench.queries[-1].origin is OriginKind.NETWORK
    choose(shown.history.origin, OriginKind.SCRIPT, qtbot)
    qtbot.waitUntil(lambda: bench.queries[-1].origin is OriginKind.SCRIPT)
    assert bench.queries[-1].who is None, "another way in is somebody else"


def test_an_old_run_shows_its_input_and_its_log_and_is_repeated(
    shown: ActivityPanel,
    bench: FakeBench,
    camera: FakeThing,
    make_record: MakeRecord,
    qtbot: QtBot,
) -> None:
    line = LogLine("INFO", "plane 1", datetime.now(UTC), "camera.py", 1)
    record = replace(make_record(0, action="acquire_stack"), input={"planes": 41}, log=(line,))
    bench.records = [record]
    open_history(shown, qtbot)

    unfold(shown, record, qtbot)
    details = shown.history.list.details
    qtbot.waitUntil(lambda: "plane 1" in details.log.toPlainText())
    button = row(shown, record, qtbot).button
    qtbot.waitUntil(lambda: button.takes_clicks)
    qtbot.mouseClick(button, LEFT)

    qtbot.waitUntil(lambda: camera.invoked == [("acquire_stack", {"planes": 41})])


def test_a_result_that_is_gone_is_not_offered_and_a_click_on_it_says_so(
    shown: ActivityPanel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    bench.records = [make_record(0)]
    open_history(shown, qtbot)

    with qtbot.waitSignal(shown.said) as said:
        shown.history.show_result.emit(bench.records[0].id)

    assert "no longer at hand" in said.args[0]


def test_a_note_is_kept_when_it_is_left(
    shown: ActivityPanel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    bench.records = [make_record(0)]
    open_history(shown, qtbot)
    unfold(shown, bench.records[0], qtbot)
    note = shown.history.list.details.note

    note.box.setFocus()
    QTest.keyClicks(note.box, "the good one ")
    QTest.keyClick(note.box, Qt.Key.Key_Tab)

    qtbot.waitUntil(lambda: bench.records[0].note != "")
    qtbot.waitUntil(lambda: note.said.text() == "Kept")


def test_control_enter_keeps_a_note_and_escape_takes_back_what_was_typed(
    shown: ActivityPanel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    bench.records = [make_record(0)]
    open_history(shown, qtbot)
    unfold(shown, bench.records[0], qtbot)
    note = shown.history.list.details.note
    note.box.setFocus()
    QTest.keyClicks(note.box, "good")
    QTest.keyClick(note.box, Qt.Key.Key_Return, CONTROL)
    qtbot.waitUntil(lambda: bench.records[0].note == "good")
    qtbot.waitUntil(lambda: note.said.text() == "Kept")

    QTest.keyClicks(note.box, " or bad")
    QTest.keyClick(note.box, Qt.Key.Key_Escape)

    assert note.text == "good"


def test_a_note_that_is_refused_says_why_and_stays_to_be_edited(
    shown: ActivityPanel,
    bench: FakeBench,
    make_record: MakeRecord,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refuse(_run: object, _note: str) -> RunRecord:
        raise ValueRefusedError("note", "is too long")

    bench.records = [make_record(0)]
    open_history(shown, qtbot)
    unfold(shown, bench.records[0], qtbot)
    monkeypatch.setattr(bench, "annotate", refuse)
    note = shown.history.list.details.note
    note.box.setFocus()
    QTest.keyClicks(note.box, "far too long")
    QTest.keyClick(note.box, Qt.Key.Key_Return, CONTROL)

    qtbot.waitUntil(lambda: "is too long" in note.said.text())
    assert note.text == "far too long"


def test_a_note_of_somebody_else_appears_by_itself_but_not_over_what_is_typed(
    shown: ActivityPanel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    record = make_record(0)
    bench.records = [record]
    open_history(shown, qtbot)
    unfold(shown, record, qtbot)
    note = shown.history.list.details.note

    bench.publish(RunAnnotated(thing="camera", run=replace(record, note="theirs")))
    qtbot.waitUntil(lambda: note.text == "theirs")

    note.box.setFocus()
    QTest.keyClicks(note.box, "mine ")
    newer = replace(record, note="theirs again")
    bench.publish(RunAnnotated(thing="camera", run=newer))
    qtbot.waitUntil(lambda: shown.history.model.record(record.id) == newer)
    assert note.text == "mine theirs"


def test_without_a_ledger_the_history_says_why(
    shown: ActivityPanel, bench: FakeBench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def none(_query: RunQuery) -> RunPage:
        raise LedgerError("there is no ledger: the disk is full")

    monkeypatch.setattr(bench, "runs", none)
    shown.show_page("history")

    qtbot.waitUntil(lambda: shown.history.model.nothing == "there is no ledger: the disk is full")


def test_new_runs_come_in_at_the_top_and_move_nothing_further_down(
    shown: ActivityPanel, bench: FakeBench, make_record: MakeRecord, qtbot: QtBot
) -> None:
    bench.records = [make_record(number) for number in range(50)]
    open_history(shown, qtbot)
    bar = shown.history.list.verticalScrollBar()
    bar.setValue(400)
    bench.records.insert(0, make_record(-1))
    bench.start("camera", "snap").run()
    qtbot.waitUntil(lambda: shown.history._stale)
    assert len(bench.queries) == 1

    bar.setValue(0)

    row(shown, bench.records[0], qtbot)
