"""The activity list shows what runs, and its buttons cancel, repeat and unfold."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPixmap
from pytestqt.qtbot import QtBot

from app.handles import LogLine, Origin, OriginKind, OutputBlob
from ui.activity.log_feed import LogFeed
from ui.activity.panel import ActivityPanel, ActivityParts
from ui.activity.row import ActivityRow
from ui.activity.thumbnails import ThumbnailSource
from ui.bridge import Bridge
from ui.models.invocations import InvocationListModel, Only
from ui.states import State
from ui.tasks import Tasks
from ui.theme import Size, Theme

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeInvocation, FakeThing

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def thumbnails(qapp: object) -> ThumbnailSource:
    return ThumbnailSource()


@pytest.fixture
def shown(
    theme: Theme,
    bench: FakeBench,
    bridge: Bridge,
    tasks: Tasks,
    thumbnails: ThumbnailSource,
    qtbot: QtBot,
) -> ActivityPanel:
    parts = ActivityParts(bench, bridge, tasks, InvocationListModel(), thumbnails, LogFeed())
    made = ActivityPanel(theme, parts)
    qtbot.addWidget(made)
    qtbot.addWidget(made.header)
    made.resize(1000, 204)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    return made


def row(shown: ActivityPanel, run: FakeInvocation, qtbot: QtBot) -> ActivityRow:
    """The row of an invocation, once it is there and up to date."""
    invocation = run.snapshot.id

    def there() -> bool:
        found = shown.list.row_widgets.get(invocation)
        return found is not None and found.snapshot == run.snapshot

    qtbot.waitUntil(there)
    return shown.list.row_widgets[invocation]


def test_cancel_asks_the_invocation_to_stop(
    shown: ActivityPanel, bench: FakeBench, qtbot: QtBot
) -> None:
    run = bench.start("camera", "snap")
    run.run()
    button = row(shown, run, qtbot).button
    assert button.text() == "Cancel"

    qtbot.mouseClick(button, LEFT)

    qtbot.waitUntil(lambda: bench.cancelled == [run.snapshot.id])
    assert row(shown, run, qtbot).state is State.STOPPING
    assert not button.isEnabled()


def test_cancel_that_turns_into_repeat_takes_no_click_meant_for_cancel(
    shown: ActivityPanel, bench: FakeBench, camera: FakeThing, qtbot: QtBot
) -> None:
    run = bench.start("camera", "snap")
    run.run()
    button = row(shown, run, qtbot).button
    qtbot.waitUntil(lambda: button.takes_clicks)
    run.end_cancelled()
    qtbot.waitUntil(lambda: button.text() == "Repeat")

    qtbot.mouseClick(button, LEFT)
    qtbot.keyClick(button, Qt.Key.Key_Space)

    qtbot.waitUntil(lambda: button.takes_clicks)
    assert camera.invoked == []
    qtbot.mouseClick(button, LEFT)
    qtbot.waitUntil(lambda: camera.invoked == [("snap", {})])


def test_repeat_runs_it_again_with_the_same_input(
    shown: ActivityPanel, bench: FakeBench, camera: FakeThing, qtbot: QtBot
) -> None:
    run = bench.start("camera", "acquire_stack", {"planes": 41})
    run.run()
    run.complete()
    button = row(shown, run, qtbot).button
    assert button.text() == "Repeat"
    qtbot.waitUntil(lambda: button.takes_clicks)

    qtbot.mouseClick(button, LEFT)

    qtbot.waitUntil(lambda: camera.invoked == [("acquire_stack", {"planes": 41})])


def test_progress_is_told_as_it_goes(shown: ActivityPanel, bench: FakeBench, qtbot: QtBot) -> None:
    run = bench.start("camera", "acquire_stack", origin=Origin(OriginKind.NETWORK, "anna"))
    run.wait("waiting for stage: autofocus")
    assert row(shown, run, qtbot).middle_text() == "Waiting for stage: autofocus"

    run.run()
    run.step(31, 50, "planes", remaining_s=9.2)

    shown_row = row(shown, run, qtbot)
    assert shown_row.middle_text() == "31 of 50 planes"
    assert shown_row.time_text() == "9 s left"


def test_a_failure_says_why_in_its_row(
    shown: ActivityPanel, bench: FakeBench, qtbot: QtBot
) -> None:
    run = bench.start("camera", "snap")
    run.run()
    run.fail("detector saturated:\n<b>shorten</b> the exposure")

    shown_row = row(shown, run, qtbot)
    assert shown_row.state is State.FAILED
    assert shown_row.middle_text() == "Detector saturated: <b>shorten</b> the exposure"


def test_a_result_is_named_and_a_click_on_it_shows_it(
    shown: ActivityPanel, bench: FakeBench, thumbnails: ThumbnailSource, qtbot: QtBot
) -> None:
    run = bench.start("camera", "acquire_stack")
    run.run()
    blob = OutputBlob((), "image/tiff", "stack-0041.ome.tif", 189_000_000, (41, 1200, 1920))
    run.complete({}, (blob,))
    picture = QPixmap(520, 320)
    picture.fill(QColor("red"))
    thumbnails.put(run.snapshot.id, picture)

    shown_row = row(shown, run, qtbot)
    assert shown_row.middle_text() == "stack-0041.ome.tif, 41 planes, 189 MB"
    shown_row.grab()
    with qtbot.waitSignal(shown.show_result) as asked:
        qtbot.mouseClick(shown_row, LEFT, pos=shown_row.result_area().center())
    assert asked.args == [run.snapshot.id]


def test_unfolding_shows_input_and_log(
    shown: ActivityPanel, bench: FakeBench, qtbot: QtBot
) -> None:
    run = bench.start("camera", "acquire_stack", {"planes": 41})
    run.run()
    at = datetime.now(UTC)
    bench.logs[run.snapshot.id] = [
        LogLine("INFO", "plane 1", at, "camera.py", 1),
        LogLine("WARNING", "dim\n10:00:00  forged", at, "camera.py", 2),
    ]
    qtbot.mouseClick(row(shown, run, qtbot).chevron, LEFT)

    details = shown.list.details
    qtbot.waitUntil(lambda: "plane 1" in details.log.toPlainText())
    assert details.isVisible()
    assert details.log.toPlainText().count("\n") == 1, "a line break forges no line"
    assert "warning: dim" in details.log.toPlainText()

    bench.logs[run.snapshot.id].append(LogLine("INFO", "plane 2", at, "camera.py", 1))
    run.log("plane 2")
    qtbot.waitUntil(lambda: "plane 2" in details.log.toPlainText())

    qtbot.mouseClick(row(shown, run, qtbot).chevron, LEFT)
    assert not details.isVisible()


def test_arrow_keys_go_from_row_to_row(
    shown: ActivityPanel, bench: FakeBench, qtbot: QtBot
) -> None:
    runs = [bench.start("camera", "snap") for _ in range(12)]
    first = row(shown, runs[0], qtbot)
    first.chevron.setFocus()

    for _ in range(8):
        focused = QGuiApplication.focusObject()
        assert focused is not None
        qtbot.keyClick(focused, Qt.Key.Key_Down)

    assert row(shown, runs[8], qtbot).chevron.hasFocus()


def test_chips_count_and_filter(shown: ActivityPanel, bench: FakeBench, qtbot: QtBot) -> None:
    good, bad = bench.start("camera", "snap"), bench.start("camera", "snap")
    for run in (good, bad):
        run.run()
    bad.fail("dark")
    row(shown, bad, qtbot)
    assert shown.chips[Only.ALL].text() == "All 2"
    assert shown.chips[Only.FAILED].text() == "Failed 1"

    shown.chips[Only.FAILED].click()

    qtbot.waitUntil(lambda: list(shown.list.row_widgets) == [bad.snapshot.id])


def test_only_rows_in_sight_are_made(shown: ActivityPanel, bench: FakeBench, qtbot: QtBot) -> None:
    for _ in range(300):
        bench.start("camera", "snap")
    last = list(bench.started.values())[-1]
    qtbot.waitUntil(lambda: shown.chips[Only.ALL].text() == "All 300")
    bar = shown.list.verticalScrollBar()
    # The list is laid out a moment after the chips have counted.
    whole = 300 * Size.ACTIVITY_ROW
    qtbot.waitUntil(lambda: bar.maximum() == whole - shown.list.viewport().height())
    bar.setValue(bar.maximum())

    row(shown, last, qtbot)
    assert len(shown.list.findChildren(ActivityRow)) <= 14


def test_the_menu_copies_the_call_in_three_languages(
    shown: ActivityPanel, bench: FakeBench, qtbot: QtBot
) -> None:
    run = bench.start("camera", "acquire_stack", {"note": "it's"})
    run.run()
    run.fail("dark")
    row(shown, run, qtbot)
    menu = shown.menu_for(run.snapshot)
    actions = {action.text(): action for action in menu.actions()}
    clipboard = QGuiApplication.clipboard()

    actions["Copy as curl"].trigger()
    assert clipboard.text().startswith("curl -X POST http://127.0.0.1:7170/camera/acquire_stack")
    actions["Copy as Python"].trigger()
    compile(clipboard.text(), "copied", "exec")
    actions["Copy input as JSON"].trigger()
    assert clipboard.text() == '{\n  "note": "it\'s"\n}'
    actions["Copy the error"].trigger()
    assert clipboard.text() == "RuntimeError: dark"
    with qtbot.waitSignal(shown.edit) as edit:
        actions["Edit and run…"].trigger()
    assert edit.args == [run.snapshot]
    menu.deleteLater()


def test_what_ran_before_the_window_opened_is_there(
    theme: Theme, bench: FakeBench, bridge: Bridge, tasks: Tasks, qtbot: QtBot
) -> None:
    run = bench.start("camera", "snap")
    parts = ActivityParts(bench, bridge, tasks, InvocationListModel(), ThumbnailSource(), LogFeed())
    panel = ActivityPanel(theme, parts)
    qtbot.addWidget(panel)
    qtbot.addWidget(panel.header)
    assert list(parts.model.rows) == [run.snapshot.id]
    assert isinstance(parts.model.rows[0], UUID)


def test_the_log_tab_shows_lines_of_any_thread(shown: ActivityPanel, qtbot: QtBot) -> None:
    logger = logging.Logger("things.camera")
    logger.addHandler(shown.feed.handler)
    shown.show_page("log")

    thread = threading.Thread(target=logger.warning, args=("no %s\nERROR forged", "light"))
    thread.start()
    thread.join()

    qtbot.waitUntil(lambda: "no light" in shown.log.text.toPlainText())
    text = shown.log.text.toPlainText()
    assert "warning" in text
    assert "things.camera: no light ERROR forged" in text
    assert "\n" not in text
