"""What users elsewhere complain of most, each tried in a whole window over a real bench."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QComboBox, QMenu

from app.handles import InvocationStatus
from things.events import ThingState
from ui.editors.choices import EnumEditor, SwitchEditor
from ui.editors.numbers import NumberEditor
from ui.editors.vector import VectorEditor
from ui.models.field import FieldState
from ui.models.invocations import SILENT_AFTER_S
from ui.panels.depth import Depth
from ui.panels.panel_column import PanelColumn
from ui.panels.thing_row import ThingRow
from ui.states import State
from ui.viewer.levels_bar import Handle

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from tests.ui.promises.conftest import OpenWindow, RealWindow

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton
MANY = 60


# The window freezes while hardware is slow.


def test_the_window_does_not_freeze_while_hardware_is_slow(open_window: OpenWindow) -> None:
    real = open_window(slow="Slow", probe="OneOfEach")
    slow = real.thing("slow")
    row = real.field("slow", "delay")
    real.enter(row.editor.boxes()[0], "40")
    real.until(slow.was_asked.is_set)

    # The device has not answered yet; everything else goes on.
    label = real.field("probe", "label")
    real.enter(label.editor.boxes()[0], "still here")
    real.until(lambda: real.thing("probe").label == "still here")
    assert row.model.state is FieldState.PENDING
    slow.answers.set()
    real.until(lambda: row.model.confirmed == 40.0)
    assert threading.main_thread().name not in slow.threads


def test_a_stall_of_the_window_is_kept_with_the_frame_that_caused_it(
    open_window: OpenWindow, caplog: pytest.LogCaptureFixture
) -> None:
    real = open_window(probe="OneOfEach")
    watch = real.composed._stall_watch

    def is_known() -> bool:
        return any("stall_on_purpose" in stall.where for stall in tuple(watch.kept))

    def stall_on_purpose() -> None:
        # A busy machine may stall of itself; only this one is looked for.
        while not is_known():
            pass

    with caplog.at_level(logging.WARNING):
        stall_on_purpose()
        # It is kept a moment before it is logged, and others may have been logged before it.
        real.until(lambda: "The window stalled for" in caplog.text.partition("stall_on_purpose")[2])


# Panels take 40-60 s to open, tabs build eagerly.


def test_panels_are_built_when_they_are_first_in_sight(open_window: OpenWindow) -> None:
    real = open_window(**{f"probe{number}": "OneOfEach" for number in range(MANY)})
    built = [name for name, panel in real.panels.panels.items() if panel._body is not None]
    assert len(built) <= 2
    last = real.panels.panel(f"probe{MANY - 1}")

    real.panels.show_thing(f"probe{MANY - 1}")
    real.until(lambda: last._body is not None)
    real.until(lambda: last.field("gain").model.confirmed == 5)


# The scroll wheel moves a motor that was only scrolled past.


def test_the_wheel_scrolls_past_a_value_without_moving_it(open_window: OpenWindow) -> None:
    real = open_window(probe="OneOfEach")
    probe = real.thing("probe")
    row = real.field("probe", "gain")
    assert isinstance(row.editor, NumberEditor)
    assert row.editor.slider is not None
    switch, colour, place = (
        real.field("probe", name).editor for name in ("enabled", "colour", "place")
    )
    assert isinstance(switch, SwitchEditor)
    assert isinstance(colour, EnumEditor)
    assert isinstance(place, VectorEditor)
    real.window.setFocus()
    column = real.panels.findChildren(PanelColumn)[0]
    bar = column.verticalScrollBar()
    real.until(lambda: bar.maximum() > 0 and not column.is_settling)

    for widget in (
        row.editor.box,
        row.editor.slider,
        switch.switch,
        colour.combo,
        place.box("x"),
    ):
        bar.setValue(0)
        column.ensureWidgetVisible(widget)
        before = bar.value()
        real.wheel(widget, -1)
        assert bar.value() > before, type(widget).__name__
    assert row.model.state is FieldState.CONFIRMED
    assert (probe.gain, probe.enabled, probe.colour.value, probe.place.x) == (5, False, "red", 1.0)

    # Only a value that was chosen before follows the wheel, and nothing is sent before Enter.
    row = real.field("probe", "gain")
    assert isinstance(row.editor, NumberEditor)
    real.until(lambda: row.editor.boxes()[0].hasFocus() and not column.is_settling)
    real.wheel(row.editor.box, 2)
    assert row.editor.box.text() == "7 dB"
    assert probe.gain == 5
    real.press(row.editor.box, Key.Key_Return)
    real.until(lambda: probe.gain == 7)


def test_the_wheel_changes_no_choice_anywhere_in_the_window(open_window: OpenWindow) -> None:
    real = open_window(probe="OneOfEach", watcher="Watcher")
    real.click(real.action("watcher", "snap").run_button)
    real.until(lambda: real.composed.viewer.current is not None)
    real.window.setFocus()
    boxes = [box for box in real.window.findChildren(QComboBox) if box.isVisible()]
    assert len(boxes) >= 4
    before = [box.currentText() for box in boxes]

    for box in boxes:
        real.wheel(box, -1)
    assert [box.currentText() for box in boxes] == before


# 'Did it take my value?'


def test_a_field_shows_what_is_asked_for_and_what_is_confirmed_apart(
    open_window: OpenWindow,
) -> None:
    real = open_window(slow="Slow")
    slow = real.thing("slow")
    row = real.field("slow", "delay")
    box = row.editor.boxes()[0]

    real.write(box, "60")
    assert row.reason_label.text == "Not sent. Enter sends 60.0 ms, Esc goes back to 25.0 ms."
    real.press(box, Key.Key_Escape)
    assert row.model.state is FieldState.CONFIRMED

    real.enter(box, "60")
    real.until(lambda: row.reason_label.text == "Pending. Slow still says 25.0 ms.")
    slow.refuses = "needs an exposure below 22.2 ms"
    slow.answers.set()
    real.until(lambda: row.reason_label.text == "Refused. Needs an exposure below 22.2 ms.")
    assert box.property("fieldState") == "refused"
    assert row.model.confirmed == 25.0

    slow.refuses = ""
    real.press(box, Key.Key_Return)
    real.until(lambda: row.model.state is FieldState.CONFIRMED)
    assert row.model.confirmed == 60.0
    assert row.reason_label.text == ""


def test_how_old_a_value_is_and_that_it_went_stale_is_said(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    real = open_window(slow="Slow")
    real.panels.panel("slow").set_depth(Depth.EVERYTHING)
    row = real.field("slow", "quick")
    real.until(lambda: row.age is not None and row.age.text().endswith(("ago", "just now")))

    delay = real.field("slow", "delay")
    real.thing("slow").trouble = "the line is dead"
    menu = QMenu()
    qtbot.addWidget(menu)
    {each.text(): each for each in delay._menu_actions(menu)}["Read again"].trigger()
    real.until(lambda: delay.model.state is FieldState.STALE)
    assert "the line is dead" in delay.reason_label.text.casefold()


# A scan hangs silently.


def test_a_run_shows_state_progress_times_and_its_last_line(open_window: OpenWindow) -> None:
    real = open_window(scanner="Scanner")
    scanner = real.thing("scanner")
    real.click(real.action("scanner", "scan").run_button)
    row = real.until_row("Scan", lambda run: bool(run.progress))
    real.until(lambda: row.middle_text().startswith("1 of 4 lines"))
    assert row.state is State.RUNNING
    scanner.go_on.release()
    real.until(lambda: row.middle_text().startswith("2 of 4 lines"))
    real.until(lambda: row.time_text().endswith("left"))

    real.click(row.chevron)
    log = real.window.activity.list.details.log
    real.until(lambda: "line 2" in log.toPlainText())
    scanner.go_on.release(10)
    real.until(lambda: row.state is State.COMPLETED)


def test_one_that_stops_reporting_is_said_to_give_no_sign_of_life(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = open_window(scanner="Scanner")
    model = real.window.invocations
    action = real.action("scanner", "scan")
    real.click(action.run_button)
    row = real.until_row("Scan", lambda run: bool(run.progress))

    clock = model._clock
    later_s = SILENT_AFTER_S + 5
    monkeypatch.setattr(model, "_clock", lambda: clock() + later_s)
    real.until(lambda: row.middle_text().startswith("No sign of life for 1"))
    real.until(lambda: action.status.step.text().startswith("No sign of life for 1"))
    real.window.activity.show_page("history")
    listed = real.window.activity.history.list
    real.until(lambda: bool(listed.row_widgets))
    told = next(iter(listed.row_widgets.values()))
    real.until(lambda: told.middle_text().startswith("No sign of life for 1"))
    real.panels.panel("scanner").set_depth(Depth.ROW)
    folded = real.panels.panel("scanner").findChild(ThingRow)
    assert folded is not None
    real.until(lambda: folded.value.text().startswith("No sign of life for 1"))
    real.thing("scanner").go_on.release(10)


def test_one_that_ignores_cancel_is_shown_as_stuck(open_window: OpenWindow) -> None:
    real = open_window(scanner="Scanner", stuck_after_s=0.3)
    action = real.action("scanner", "dig_in")
    real.click(action.run_button)
    row = real.until_row("Dig in", lambda run: run.status is InvocationStatus.RUNNING)

    real.click(row.button)
    real.until(lambda: row.state is State.STUCK)
    assert row.middle_text() == (
        "Was asked to stop and goes on. STOP ALL stops the instrument itself."
    )
    real.until(lambda: action.status.step.text() == "Stuck: was asked to stop and goes on")

    real.window.activity.show_page("history")
    listed = real.window.activity.history.list
    real.until(lambda: bool(listed.row_widgets))
    told = next(iter(listed.row_widgets.values()))
    assert told.state is State.STUCK
    assert told.button.isEnabled(), "it may heed a second asking"
    assert told.time_text() != "0.0 s"


# The live image lags more and more.


def test_only_the_newest_frame_is_drawn_and_the_skipped_ones_are_counted(
    open_window: OpenWindow,
) -> None:
    real = open_window(watcher="Watcher")
    watcher = real.thing("watcher")
    viewer = real.composed.viewer
    real.panels.show_thing("watcher")
    panel = real.panels.panel("watcher")
    show = panel.body.stream_rows["live"].button
    real.until(show.isVisible)
    real.click(show)
    real.until(lambda: viewer.feed is not None)

    # The Qt thread looks at none of them meanwhile.
    for number in range(1, 51):
        watcher.live.push(np.full((60, 80), number, np.uint16))

    real.until(lambda: shown_value(real) == 50)
    real.until(lambda: "49 skipped" in viewer.area.status.text)


def shown_value(real: RealWindow) -> int:
    page = real.composed.viewer.current
    return -1 if page is None or page.picture is None else int(page.picture.array.flat[0])


# 16-bit images are slow, levels jump.


def test_levels_stay_where_they_were_put_when_the_next_picture_comes(
    open_window: OpenWindow, qtbot: QtBot
) -> None:
    real = open_window(watcher="Watcher")
    viewer = real.composed.viewer
    snap = real.action("watcher", "snap")
    real.click(snap.run_button)
    bar = viewer.area.levels.bar
    real.until(lambda: bar.levels is not None)
    high = bar.handle_place(Handle.HIGH).toPoint()
    drag(qtbot, bar, high, high + QPoint(0, 40))
    chosen = bar.levels
    before = shown_array(real)

    real.enter(real.field("watcher", "gain").editor.boxes()[0], "8")
    real.until(lambda: real.thing("watcher").gain == 8)
    real.click(real.action("watcher", "snap").run_button)
    real.until(lambda: shown_array(real) is not before)
    assert shown_array(real).dtype == np.uint16
    assert bar.levels == chosen

    # A percentile autoscale is there for whoever wants it.
    real.click(viewer.area.levels.auto)
    real.until(lambda: bar.levels != chosen)


def shown_array(real: RealWindow) -> Any:
    page = real.composed.viewer.current
    return None if page is None or page.picture is None else page.picture.array


def drag(qtbot: QtBot, widget: Any, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(widget, LEFT, pos=start)
    qtbot.mouseMove(widget, end)
    qtbot.mouseRelease(widget, LEFT, pos=end)


# A bad driver kills the program with no message.


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("Broken", "the cable is unplugged at the rack"),
        ("no_such_module_here:Camera", "no_such_module_here"),
        ("broken_driver:Camera", "broken_driver"),
    ],
)
def test_the_window_opens_all_the_same_and_the_panel_says_why(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, path: str, reason: str
) -> None:
    monkeypatch.setenv("BROKEN_IS_BROKEN", "yes")
    real = open_window(bad=path, probe="OneOfEach")
    assert real.composed.session.handle.things["bad"].state is ThingState.FAILED
    real.panels.show_thing("bad")
    trouble = real.panels.panel("bad").trouble
    real.until(lambda: reason in trouble.reason.text.casefold())
    assert trouble.retry.isVisible()

    # The others work.
    real.enter(real.field("probe", "label").editor.boxes()[0], "fine")
    real.until(lambda: real.thing("probe").label == "fine")


def test_a_thing_that_failed_is_brought_back_by_a_click(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROKEN_IS_BROKEN", "yes")
    real = open_window(bad="Broken")
    trouble = real.panels.panel("bad").trouble
    real.until(trouble.retry.isVisible)

    monkeypatch.delenv("BROKEN_IS_BROKEN")
    real.click(trouble.retry)
    real.until(lambda: "level" in real.panels.panel("bad").model.fields)
    assert real.field("bad", "level").model.confirmed == 1.0


# 'What did I do last week?'


def test_every_run_is_kept_whoever_asked_for_it_and_can_be_taken_up_again(
    open_window: OpenWindow,
) -> None:
    real = open_window(scanner="Scanner")
    real.thing("scanner").go_on.release(1000)
    url = real.composed.session.handle.server.url
    answers: list[Any] = []
    asking = threading.Thread(
        target=lambda: answers.append(httpx.post(f"{url}/scanner/scan", json={"lines": 2}))
    )
    asking.start()
    row = real.until_row("Scan", lambda run: run.status is InvocationStatus.COMPLETED)
    asking.join()
    first = row.snapshot
    assert first is not None
    assert str(first.origin).startswith("network")

    real.click(row.button)
    real.until(lambda: [dict(run.input) for run in real.runs()] == [{"lines": 2}] * 2)

    entries = menu_of(real, first)
    entries["Edit and run…"]()
    lines = real.panels.panel("scanner").action("scan").input("lines")
    real.until(lambda: lines.editor.value() == 2)
    real.enter(lines.editor.boxes()[0], "3")
    real.click(real.action("scanner", "scan").run_button)
    real.until(lambda: [run.input["lines"] for run in real.runs()] == [2, 2, 3])

    clipboard = QGuiApplication.clipboard()
    menu_of(real, first)["Copy as Python"]()
    compile(clipboard.text(), "copied", "exec")
    menu_of(real, first)["Copy as curl"]()
    assert f"{url}/scanner/scan" in clipboard.text()
    menu_of(real, first)["Copy input as JSON"]()
    assert json.loads(clipboard.text()) == {"lines": 2}


def menu_of(real: RealWindow, run: Any) -> dict[str, Callable[[], None]]:
    menu = real.window.activity.menu_for(run)
    return {action.text(): action.trigger for action in menu.actions()}
