"""Actions of a panel: run, wait, watch, cancel, fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from pytestqt.qtbot import QtBot

from app.handles import InvocationSnapshot
from things.errors import InputRefusedError, ThingError
from ui.editors.numbers import NumberEditor
from ui.panels import Depth
from ui.panels.action_row import ActionRow
from ui.theme import Scheme, Theme

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing, MakeThing
    from tests.ui.panels.conftest import MakePanel, PanelHand


def test_run_starts_the_action_and_becomes_cancel(
    panel: PanelHand, camera: FakeThing, bench: FakeBench, qtbot: QtBot
) -> None:
    snap = panel.action("snap")
    with qtbot.waitSignal(panel.panel.invocation_started) as heard:
        snap.click()

    assert camera.invoked == [("snap", {})]
    assert isinstance(heard.args[0], InvocationSnapshot)
    assert snap.run_button.text() == "Cancel"

    snap.click()
    qtbot.waitUntil(lambda: bench.cancelled == [bench.newest.snapshot.id])
    qtbot.waitUntil(lambda: not snap.run_button.isEnabled())
    bench.newest.end_cancelled()
    qtbot.waitUntil(lambda: snap.run_button.text() == "Run")
    assert snap.run_button.isEnabled()


def test_the_second_half_of_a_double_click_neither_cancels_nor_starts_again(
    panel: PanelHand, camera: FakeThing, bench: FakeBench, qtbot: QtBot
) -> None:
    snap = panel.action("snap")
    button = snap.row.run_button
    snap.click()
    qtbot.waitUntil(lambda: button.text() == "Cancel")

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(button, Qt.Key.Key_Space)

    assert not button.takes_clicks
    qtbot.waitUntil(lambda: button.takes_clicks)
    assert bench.cancelled == []
    snap.click()
    qtbot.waitUntil(lambda: len(bench.cancelled) == 1)
    bench.newest.end_cancelled()
    qtbot.waitUntil(lambda: button.text() == "Run")

    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(button, Qt.Key.Key_Space)

    qtbot.waitUntil(lambda: button.takes_clicks)
    assert len(camera.invoked) == 1
    snap.click()
    qtbot.waitUntil(lambda: len(camera.invoked) == 2)


def test_one_that_goes_on_after_cancel_is_said_to_be_stuck_and_can_be_asked_again(
    panel: PanelHand, bench: FakeBench, qtbot: QtBot
) -> None:
    snap = panel.action("snap")
    run = bench.start("camera", "snap")
    run.run()
    run._change(cancel_requested=True)
    qtbot.waitUntil(lambda: snap.row.status.step.text() == "Stopping")
    assert not snap.run_button.isEnabled()

    run._change(stuck=True)

    qtbot.waitUntil(lambda: snap.row.status.step.text() == "Stuck: was asked to stop and goes on")
    assert snap.run_button.text() == "Cancel"
    assert snap.run_button.isEnabled()


def test_the_form_is_folded_and_sends_what_is_typed(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    stack = panel.action("acquire_stack")
    assert not stack.row.fold.is_open
    qtbot.mouseClick(stack.row.fold, Qt.MouseButton.LeftButton)
    stack.write("planes", "41")
    stack.click()

    qtbot.waitUntil(lambda: camera.invoked == [("acquire_stack", {"planes": 41, "step": 0.25})])


def test_an_input_that_does_not_fit_is_said_at_the_input(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    stack = panel.action("acquire_stack")
    stack.write("planes", "0")
    stack.click()

    planes = stack.row.input("planes")
    qtbot.waitUntil(lambda: planes.reason_label.text == "Refused. Must be at least 1.")
    assert camera.invoked == []
    assert stack.row.input("step").reason_label.text == ""

    stack.write("planes", "abc")
    stack.click()
    qtbot.waitUntil(lambda: "not a number" in planes.reason_label.text)


def test_a_refusal_of_the_thing_lands_on_the_input_it_concerns(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    camera.refusals["acquire_stack"] = InputRefusedError(
        "acquire_stack", [{"type": "x", "loc": ("step",), "msg": "too coarse", "input": 1}]
    )
    stack = panel.action("acquire_stack")
    stack.click()

    qtbot.waitUntil(lambda: stack.row.fold.is_open)
    assert stack.row.input("step").reason_label.text == "Refused. Too coarse."


def test_waiting_progress_and_failure_are_shown(
    panel: PanelHand, bench: FakeBench, qtbot: QtBot
) -> None:
    status = panel.action("acquire_stack").row.status
    assert status.isHidden()
    run = bench.start("camera", "acquire_stack")
    run.wait("waiting for stage: autofocus by anna")
    qtbot.waitUntil(lambda: status.step.text() == "Waiting for stage: autofocus by anna")
    assert status.bar.isHidden()

    run.run()
    run.step(31, 50, "steps", 9.2)
    qtbot.waitUntil(lambda: status.step.text() == "31 of 50 steps")
    assert status.bar.share == 0.62
    assert status.remaining.text() == "9 s left"

    run.fail("the detector is saturated")
    qtbot.waitUntil(lambda: status.error.text == "Failed. the detector is saturated.")
    assert status.bar.isHidden()


def test_an_action_that_cannot_start_says_why(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    camera.refusals["snap"] = ThingError("the shutter is closed")
    snap = panel.action("snap")
    snap.click()

    qtbot.waitUntil(lambda: "the shutter is closed" in snap.row.status.error.text)
    assert snap.run_button.text() == "Run"


def test_an_action_that_asks_first_asks_in_its_place(
    make_thing: MakeThing, make_panel: MakePanel, qtbot: QtBot
) -> None:
    stage = make_thing(
        "stage", {"actions": {"home": {"title": "Home", "lw:confirm": "Drive to the switches?"}}}
    )
    home = make_panel(stage).action("home")
    row: ActionRow = home.row

    home.click()
    assert row.question == "Drive to the switches?"
    home.click(row.decline_button)
    assert row.question == ""
    assert stage.invoked == []

    home.click()
    home.click(row.confirm_button)
    qtbot.waitUntil(lambda: stage.invoked == [("home", {})])
    assert row.question == ""


def test_the_form_of_an_earlier_run_can_be_taken_up(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    panel.panel.open_action("acquire_stack", {"planes": 7, "step": 1.0, "gone": True})
    stack = panel.action("acquire_stack")

    assert stack.row.input("planes").editor.value() == 7
    stack.click()
    qtbot.waitUntil(lambda: camera.invoked == [("acquire_stack", {"planes": 7, "step": 1.0})])


def test_what_changed_without_telling_is_read_after_an_action(
    panel: PanelHand, camera: FakeThing, bench: FakeBench, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: "gain" in camera.asked)
    run = bench.start("camera", "snap")
    camera.values["gain"] = 1.5
    run.run()
    run.complete()

    qtbot.waitUntil(lambda: panel.field("gain").box.text() == "1.5 dB")


def test_what_waits_is_written_plainly_in_every_scheme(
    panel: PanelHand, bench: FakeBench, theme: Theme, qtbot: QtBot
) -> None:
    step = panel.action("snap").row.status.step
    bench.start("camera", "snap").wait("waiting for stage: autofocus")
    qtbot.waitUntil(step.isVisible)

    for scheme in (Scheme.DARK, Scheme.LIGHT):
        theme.choose(scheme)
        assert step.font().weight() == QFont.Weight.Normal


def test_another_depth_keeps_text_of_a_form_that_is_no_number(panel: PanelHand) -> None:
    panel.action("acquire_stack").write("planes", "abc")
    first = panel.action("acquire_stack").row
    panel.panel.set_depth(Depth.EVERYTHING)

    again = panel.action("acquire_stack").row
    assert again is not first
    box = again.input("planes").editor
    assert isinstance(box, NumberEditor)
    assert box.box.text() == "abc"
    assert box.fault() == "“abc” is not a number"
