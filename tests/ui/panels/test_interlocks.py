"""Interlocks in a panel: why a button is disabled, and what a field would be refused for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.errors import InterlockError
from ui.models.field import FieldState
from ui.panels import Depth
from ui.panels.thing_panel import ThingPanel
from ui.widgets import TextButton

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing, MakeThing
    from tests.ui.panels.conftest import MakePanel, PanelHand

NEEDS = "Needs stage.position.z < 2; it is 3.1 mm."
MORE = "Needs stage.position.z < 2; it is 3.2 mm."


def test_a_refused_action_says_why_under_its_disabled_button_as_it_changes(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    snap = panel.action("snap")
    said = snap.row.status.interlock
    assert snap.run_button.isEnabled()

    camera.interlock("snap", NEEDS)
    qtbot.waitUntil(lambda: not snap.run_button.isEnabled())
    assert said.text == f"Interlock. {NEEDS}"
    assert said.isVisible()
    assert said.mapTo(snap.row, said.rect().topLeft()).y() >= snap.run_button.geometry().bottom()
    assert snap.run_button.accessibleDescription() == NEEDS
    snap.click()

    camera.interlock("snap", MORE)
    qtbot.waitUntil(lambda: said.text == f"Interlock. {MORE}")

    camera.interlock("snap", "")
    qtbot.waitUntil(snap.run_button.isEnabled)
    assert not said.isVisible()
    assert camera.invoked == []


def test_a_long_reason_wraps_within_the_panel_and_is_no_markup(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    said = panel.action("snap").row.status.interlock
    camera.interlock("snap", "<b>Close</b> the door. " + NEEDS)
    qtbot.waitUntil(said.isVisible)
    qtbot.waitUntil(lambda: said.height() >= 2 * said.fontMetrics().height())

    assert "<b>Close</b>" in said.text
    assert said.width() <= panel.panel.width()


def test_what_was_refused_before_the_panel_was_built_is_said_from_the_start(
    make_panel: MakePanel, make_thing: MakeThing
) -> None:
    thing = make_thing("camera")
    thing.interlock("snap", NEEDS)
    thing.interlock("gain", NEEDS)

    hand = make_panel(thing)

    assert not hand.action("snap").run_button.isEnabled()
    assert hand.field("gain").sentence == f"Interlock. {NEEDS}"


def test_what_runs_can_be_cancelled_although_it_could_not_be_run_again(
    panel: PanelHand, camera: FakeThing, bench: FakeBench, qtbot: QtBot
) -> None:
    snap = panel.action("snap")
    run = bench.start("camera", "snap")
    run.run()
    qtbot.waitUntil(lambda: snap.run_button.text() == "Cancel")

    camera.interlock("snap", NEEDS)
    qtbot.waitUntil(lambda: snap.row.model.interlock == NEEDS)
    assert snap.run_button.isEnabled()
    assert not snap.row.status.interlock.isVisible()
    snap.click()
    qtbot.waitUntil(lambda: bench.cancelled == [run.snapshot.id])

    run.end_cancelled()
    qtbot.waitUntil(lambda: snap.run_button.text() == "Run")
    assert not snap.run_button.isEnabled()


def test_a_refusal_that_comes_before_the_news_of_it_is_said_once(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    camera.refusals["snap"] = InterlockError("stage.position.z < 2", NEEDS)
    snap = panel.action("snap")
    snap.click()
    qtbot.waitUntil(lambda: snap.row.status.error.text == f"Failed. {NEEDS}")

    camera.interlock("snap", NEEDS)

    qtbot.waitUntil(lambda: snap.row.status.interlock.text == f"Interlock. {NEEDS}")
    assert snap.row.status.error.text == ""


def test_a_question_is_put_away_when_there_is_nothing_to_agree_to_any_more(
    make_panel: MakePanel, make_thing: MakeThing, qtbot: QtBot
) -> None:
    stage = make_thing(
        "stage", {"actions": {"home": {"title": "Home", "lw:confirm": "Drive to the switches?"}}}
    )
    home = make_panel(stage).action("home")
    home.click()
    assert home.row.question == "Drive to the switches?"

    stage.interlock("home", NEEDS)

    qtbot.waitUntil(lambda: home.row.question == "")
    home.row.ask_or_run()
    assert home.row.question == ""
    assert stage.invoked == []


def test_a_refused_field_says_why_and_can_be_prepared(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    exposure = panel.field("exposure")
    camera.interlock("exposure", NEEDS)
    qtbot.waitUntil(lambda: exposure.sentence == f"Interlock. {NEEDS}")
    assert exposure.state is FieldState.CONFIRMED

    exposure.write("60")
    assert exposure.sentence == f"Not sent. {NEEDS}"
    camera.refusals["exposure"] = InterlockError("stage.position.z < 2", NEEDS)
    exposure.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: exposure.state is FieldState.REFUSED)
    assert exposure.sentence == f"Refused. {NEEDS}"

    camera.refusals.clear()
    camera.interlock("exposure", "")
    qtbot.waitUntil(lambda: exposure.state is FieldState.EDITED)
    assert exposure.sentence.startswith("Not sent. Enter sends")
    exposure.press(Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: camera.written == [("exposure", 60.0)])
    qtbot.waitUntil(lambda: exposure.sentence == "")


def test_a_value_that_is_wrong_anyway_says_that_first(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    exposure = panel.field("exposure")
    camera.interlock("exposure", NEEDS)
    qtbot.waitUntil(lambda: exposure.row.model.interlock == NEEDS)
    exposure.write("")

    assert NEEDS not in exposure.sentence


def quick_button(panel: ThingPanel) -> TextButton:
    assert panel._row is not None
    return panel._row.button


def test_the_quick_action_of_a_row_obeys_too(
    make_panel: MakePanel, make_thing: MakeThing, qtbot: QtBot
) -> None:
    thing = make_thing("camera")
    button = quick_button(make_panel(thing, Depth.ROW).panel)
    assert (button.text(), button.isEnabled()) == ("Snap", True)

    thing.interlock("snap", NEEDS)
    qtbot.waitUntil(lambda: not button.isEnabled())
    assert "Needs stage.position.z" in button.toolTip()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    thing.interlock("snap", "")
    qtbot.waitUntil(button.isEnabled)
    assert button.toolTip() == ""
    assert thing.invoked == []
