"""A row that is unfolded: it is in sight, and what is written in it stays where it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.activity.list_view import InvocationList
from ui.activity.panel import ActivityPanel
from ui.main_window import MainWindow, WindowParts
from ui.theme import Size, Theme

if TYPE_CHECKING:
    from tests.ui.activity.conftest import ShowsPanel
    from tests.ui.conftest import FakeBench, FakeInvocation, MakeRecord

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def shown(shows_panel: ShowsPanel) -> ActivityPanel:
    return shows_panel(240)


@pytest.fixture
def end_one(bench: FakeBench, make_record: MakeRecord) -> Callable[[], FakeInvocation]:
    """Runs something and records it, so that it can have a note."""

    def end() -> FakeInvocation:
        run = bench.start("camera", "snap")
        run.run()
        run.complete()
        bench.records.append(replace(make_record(1), id=run.snapshot.id))
        return run

    return end


def unfold(listed: InvocationList, run: FakeInvocation, qtbot: QtBot) -> None:
    """Open the details of a run and wait for its note."""
    qtbot.waitUntil(lambda: run.snapshot.id in listed.row_widgets)
    qtbot.mouseClick(listed.row_widgets[run.snapshot.id].chevron, LEFT)
    qtbot.waitUntil(listed.details.note.box.isEnabled)


def place_of_note(listed: InvocationList) -> int:
    """Where the note stands, in pixels below the list's upper edge."""
    return listed.details.note.mapTo(listed, QPoint()).y()


@pytest.mark.parametrize("before", [1, 30])
def test_new_runs_leave_a_note_that_is_being_typed_where_it_is(
    shown: ActivityPanel, end_one: Callable[[], FakeInvocation], before: int, qtbot: QtBot
) -> None:
    runs = [end_one() for _ in range(before)]
    listed = shown.list
    unfold(listed, runs[-1], qtbot)
    listed.details.note.box.setFocus()
    qtbot.waitUntil(listed.details.note.box.hasFocus)  # the window has to be the active one
    qtbot.keyClicks(listed.details.note.box, "drif")
    place = place_of_note(listed)

    newest = [end_one() for _ in range(6)][-1]
    qtbot.waitUntil(lambda: newest.snapshot.id in shown._model.rows)
    QApplication.processEvents()

    assert place_of_note(listed) == place
    assert listed.details.note.box.hasFocus()
    qtbot.keyClicks(listed.details.note.box, "ted")
    assert listed.details.note.text == "drifted"


def test_a_note_stays_where_it_is_while_another_window_is_in_front(
    shown: ActivityPanel, end_one: Callable[[], FakeInvocation], theme: Theme, qtbot: QtBot
) -> None:
    run = end_one()
    listed = shown.list
    unfold(listed, run, qtbot)
    listed.details.note.box.setFocus()
    qtbot.keyClicks(listed.details.note.box, "drif")
    place = place_of_note(listed)
    other = QWidget()
    qtbot.addWidget(other)
    with qtbot.waitActive(other):
        other.show()
        other.activateWindow()

    newest = [end_one() for _ in range(6)][-1]
    qtbot.waitUntil(lambda: listed._model.rows[0] == newest.snapshot.id)
    qtbot.waitUntil(lambda: listed.verticalScrollBar().value() > 0)
    QApplication.processEvents()

    assert place_of_note(listed) == place


def test_new_runs_leave_rows_that_were_scrolled_to_where_they_are(
    shown: ActivityPanel, end_one: Callable[[], FakeInvocation], qtbot: QtBot
) -> None:
    runs = [end_one() for _ in range(30)]
    listed, bar = shown.list, shown.list.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 10 * Size.ACTIVITY_ROW)
    bar.setValue(5 * Size.ACTIVITY_ROW + 7)
    seen = runs[-8].snapshot.id
    place = listed.row_widgets[seen].y()

    end_one()
    qtbot.waitUntil(lambda: bar.value() > 5 * Size.ACTIVITY_ROW + 7)

    assert listed.row_widgets[seen].y() == place


def test_a_list_that_was_not_scrolled_shows_the_newest(
    shown: ActivityPanel, end_one: Callable[[], FakeInvocation], qtbot: QtBot
) -> None:
    for _ in range(30):
        end_one()
    newest = end_one().snapshot.id
    rows = shown.list.row_widgets
    qtbot.waitUntil(lambda: newest in rows)
    assert rows[newest].y() == 0


def test_unfolding_the_last_row_in_sight_scrolls_to_all_of_it(
    shown: ActivityPanel, end_one: Callable[[], FakeInvocation], qtbot: QtBot
) -> None:
    runs = [end_one() for _ in range(12)]
    listed = shown.list
    last_in_sight = runs[-6]

    unfold(listed, last_in_sight, qtbot)

    assert listed.details.geometry().bottom() <= listed.viewport().rect().bottom()
    assert listed.row_widgets[last_in_sight.snapshot.id].y() >= 0


def test_in_a_small_window_unfolding_makes_the_room_it_needs_and_gives_it_back(
    parts: WindowParts,
    make_window: Callable[[WindowParts], MainWindow],
    end_one: Callable[[], FakeInvocation],
    qtbot: QtBot,
) -> None:
    window = make_window(parts)
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: window.activity_dock.height() < 140)
    runs = [end_one() for _ in range(5)]
    listed = window.activity.list
    low = window.activity_dock.height()

    unfold(listed, runs[-2], qtbot)

    qtbot.waitUntil(lambda: window.activity_dock.height() > low)
    row = listed.row_widgets[runs[-2].snapshot.id]
    qtbot.waitUntil(lambda: row.y() >= 0)
    qtbot.waitUntil(lambda: listed.details.geometry().bottom() <= listed.viewport().height())

    qtbot.mouseClick(row.chevron, LEFT)
    qtbot.waitUntil(lambda: window.activity_dock.height() == low)


def test_room_that_the_operator_gave_is_not_taken_back(
    parts: WindowParts,
    make_window: Callable[[WindowParts], MainWindow],
    end_one: Callable[[], FakeInvocation],
    qtbot: QtBot,
) -> None:
    window = make_window(parts)
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: window.activity_dock.height() < 140)
    run = end_one()
    listed = window.activity.list
    low = window.activity_dock.height()
    unfold(listed, run, qtbot)
    qtbot.waitUntil(lambda: window.activity_dock.height() > low)

    window.resizeDocks([window.activity_dock], [300], Qt.Orientation.Vertical)
    qtbot.waitUntil(lambda: window.activity_dock.height() == 300)
    qtbot.mouseClick(listed.row_widgets[run.snapshot.id].chevron, LEFT)

    qtbot.waitUntil(lambda: not listed.details.isVisible())
    assert window.activity_dock.height() == 300


def test_in_a_small_window_all_filters_are_behind_a_button(
    parts: WindowParts,
    bench: FakeBench,
    make_window: Callable[[WindowParts], MainWindow],
    end_one: Callable[[], FakeInvocation],
    qtbot: QtBot,
) -> None:
    window = make_window(parts)
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: window.compact)
    run = end_one()
    activity = window.activity
    qtbot.waitUntil(lambda: run.snapshot.id in activity.list.row_widgets)
    assert not activity.origin_filter.isVisible()

    qtbot.mouseClick(activity.filter_button, LEFT)
    popover = activity.filter_button.popover
    assert popover is not None
    assert activity.thing_filter.isVisible()
    assert activity.origin_filter.isVisible()
    assert window.rect().contains(popover.geometry())
    activity.origin_filter.setFocus()
    network = activity.origin_filter.findText("The network")
    while activity.origin_filter.currentIndex() != network:
        qtbot.keyClick(activity.origin_filter, Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: not activity.list.row_widgets)
    qtbot.keyClick(activity.origin_filter, Qt.Key.Key_Escape)
    assert activity.filter_button.popover is None
    assert activity.clear_button.isVisible()
    qtbot.mouseClick(activity.clear_button, LEFT)
    qtbot.waitUntil(lambda: run.snapshot.id in activity.list.row_widgets)

    activity.show_page("history")
    history = activity.history
    assert not history.when.isVisible()
    qtbot.mouseClick(history.filter_button, LEFT)
    assert history.when.isVisible()
    assert history.origin.isVisible()
    history.when.setFocus()
    qtbot.keyClick(history.when, Qt.Key.Key_Down)
    assert history.model.filter.days == 0

    window.resize(1500, 900)
    qtbot.waitUntil(lambda: not window.compact)
    assert history.filter_button.popover is None
    assert history.when.isVisible()
    assert activity.header.isAncestorOf(history.when)
