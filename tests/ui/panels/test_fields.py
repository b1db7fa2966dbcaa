"""Fields of a panel: what an operator types, and what the Thing makes of it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from app.handles import Reading
from things.errors import ThingError, ValueRefusedError
from ui.editors import Editor
from ui.editors.choices import SwitchEditor
from ui.editors.curve import NumbersEditor
from ui.editors.json_text import SmallText
from ui.editors.numbers import NumberEditor
from ui.editors.rows import RowsEditor
from ui.editors.vector import VectorEditor
from ui.models.field import FieldState
from ui.panels import Depth
from ui.states import State

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing, MakeThing
    from tests.ui.panels.conftest import MakePanel, PanelHand


def test_a_value_that_is_typed_reaches_the_thing(panel: PanelHand, camera: FakeThing) -> None:
    panel.field("exposure").type("40")

    assert camera.written == [("exposure", 40.0)]
    assert panel.field("exposure").state is FieldState.CONFIRMED
    assert panel.field("exposure").box.text() == "40.0 ms"
    assert panel.field("exposure").sentence == ""


def test_a_refused_value_is_explained_in_its_field(panel: PanelHand, camera: FakeThing) -> None:
    panel.field("exposure").type("-3")

    assert panel.field("exposure").state is FieldState.REFUSED
    assert "greater than 0" in panel.field("exposure").reason
    assert panel.field("exposure").box.text() == "-3"
    assert camera.written == []


def test_a_refusal_of_the_thing_lands_in_the_same_place(
    panel: PanelHand, camera: FakeThing
) -> None:
    camera.refusals["exposure"] = ValueRefusedError("exposure", "needs an exposure below 22.2 ms")
    field = panel.field("exposure")
    field.type("45")

    assert field.sentence == "Refused. Needs an exposure below 22.2 ms."
    assert field.box.property("fieldState") == "refused"
    assert field.box.text() == "45.0 ms"

    field.press(Qt.Key.Key_Escape)
    assert field.state is FieldState.CONFIRMED
    assert field.box.text() == "25.0 ms"


def test_what_is_typed_and_not_sent_says_what_enter_and_esc_do(panel: PanelHand) -> None:
    field = panel.field("exposure")
    field.write("60")

    assert field.sentence == "Not sent. Enter sends 60.0 ms, Esc goes back to 25.0 ms."
    assert field.box.property("fieldState") == "edited"

    field.press(Qt.Key.Key_Escape)
    assert field.sentence == ""


def test_a_slow_write_is_pending_and_shows_what_the_thing_still_says(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    camera.hold("gain")
    field = panel.field("gain")
    field.write("20")
    field.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: field.row.reason_label.state is State.PENDING)

    assert field.sentence == "Pending. Camera still says 12.0 dB."
    assert isinstance(field.row.editor, NumberEditor)
    slider = field.row.editor.slider
    assert slider is not None
    assert round(slider.asked) == 20
    assert slider.confirmed == 12

    camera.release("gain")
    qtbot.waitUntil(lambda: field.state is FieldState.CONFIRMED)
    assert field.sentence == ""
    assert slider.confirmed == 20


def test_a_change_from_outside_is_shown_but_never_overwrites_typing(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    camera.change("gain", 3.0)
    qtbot.waitUntil(lambda: panel.field("gain").box.text() == "3.0 dB")

    panel.field("exposure").write("6")
    camera.change("exposure", 30.0)
    qtbot.waitUntil(lambda: "30.0 ms" in panel.field("exposure").reason)
    assert panel.field("exposure").box.text() == "6"


def test_enter_sends_what_stands_in_the_box_after_a_late_refusal(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    camera.hold("exposure")
    field = panel.field("exposure")
    field.write("60")
    field.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: camera.waiting("exposure") == 1)
    field.write("70")
    camera.refusals["exposure"] = ThingError("the sensor is unplugged")
    camera.release("exposure")
    qtbot.waitUntil(lambda: "60.0 ms was refused" in field.reason)
    assert field.box.text() == "70"

    camera.refusals.clear()
    field.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: field.state is FieldState.CONFIRMED)
    assert camera.written[-1] == ("exposure", 70.0)


def test_editing_one_component_leaves_the_others_to_the_thing(
    make_thing: MakeThing, make_panel: MakePanel, qtbot: QtBot
) -> None:
    number = {"type": "number"}
    pos = {"type": "object", "properties": {"x": number, "y": number, "z": number}}
    place = {"x": 1.0, "y": 2.0, "z": 3.0}
    stage = make_thing(
        "stage", {"properties": {"pos": {**pos, "observable": True}}}, {"pos": place}
    )
    field = make_panel(stage).field("pos")
    field.write("-55")
    editor = field.row.editor
    assert isinstance(editor, VectorEditor)
    assert editor.box("x").property("fieldState") == "edited"
    assert not editor.box("y").property("fieldState")

    stage.change("pos", {"x": 1.0, "y": -20.0, "z": 3.0})
    qtbot.waitUntil(lambda: editor.value()["y"] == -20.0)
    assert editor.box("x").text() == "-55"
    assert field.reason.startswith("Enter sends −55.0  −20.0  3.0, Esc")

    field.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: stage.written != [])
    assert stage.written == [("pos", {"x": -55.0, "y": -20.0, "z": 3.0})]


def test_another_depth_shows_what_was_typed_and_not_sent(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    first = panel.field("exposure").row
    panel.field("exposure").write("61.5")
    panel.panel.set_depth(Depth.EVERYTHING)
    field = panel.field("exposure")
    assert field.row is not first
    assert field.box.text() == "61.5 ms"

    field.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: camera.written == [("exposure", 61.5)])


def test_another_depth_shows_text_that_is_no_number(panel: PanelHand, camera: FakeThing) -> None:
    panel.field("exposure").write("abc")
    panel.panel.set_depth(Depth.EVERYTHING)
    field = panel.field("exposure")
    assert field.box.text() == "abc"
    assert "“abc” is not a number" in field.sentence

    field.type("40")
    assert camera.written == [("exposure", 40.0)]


def test_flipping_a_switch_sends_at_once(panel: PanelHand, camera: FakeThing, qtbot: QtBot) -> None:
    editor = panel.field("cooling").row.editor
    assert isinstance(editor, SwitchEditor)

    qtbot.mouseClick(editor.switch, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: camera.written == [("cooling", False)])


def test_a_stale_value_says_how_long_it_was_not_heard(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    field = panel.field("gain")
    qtbot.waitUntil(lambda: "gain" in camera.asked)
    field.row.model.confirm(Reading(12.0, datetime.now(UTC), time.monotonic() - 134))
    camera.fail_to_read("gain", "")
    qtbot.waitUntil(lambda: field.state is FieldState.STALE)

    assert field.sentence == "Stale. Not heard for 2 min 14 s."
    assert field.box.property("fieldState") == "stale"


def test_a_list_has_buttons_to_send_and_to_undo(
    make_thing: MakeThing, make_panel: MakePanel, qtbot: QtBot
) -> None:
    marks = {"title": "Marks", "type": "array", "items": {"type": "number"}, "maxItems": 3}
    laser = make_thing("laser", {"properties": {"marks": marks}}, {"marks": [488.0]})
    row = make_panel(laser).field("marks").row
    assert isinstance(row.editor, RowsEditor)
    assert row.send is not None
    assert row.undo is not None
    assert row.send.isHidden()

    qtbot.mouseClick(row.editor.add, Qt.MouseButton.LeftButton)
    assert not row.send.isHidden()
    qtbot.mouseClick(row.undo, Qt.MouseButton.LeftButton)
    assert row.editor.value() == [488.0]

    qtbot.mouseClick(row.editor.add, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(row.send, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: laser.written == [("marks", [488.0, 0.0])])
    assert row.send.isHidden()


def test_a_field_can_be_copied_read_again_and_reset(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    row = panel.field("exposure").row
    menu = QMenu()
    qtbot.addWidget(menu)
    actions = {action.text(): action for action in row._menu_actions(menu)}
    assert list(actions) == ["Copy value", "Plot", "Read again", "Reset to 10.0 ms"]

    actions["Copy value"].trigger()
    assert QGuiApplication.clipboard().text() == "25.0 ms"
    actions["Read again"].trigger()
    qtbot.waitUntil(lambda: camera.asked.count("exposure") == 1)
    actions["Reset to 10.0 ms"].trigger()
    qtbot.waitUntil(lambda: camera.written == [("exposure", 10.0)])


def test_a_curve_stands_over_its_axis(
    make_thing: MakeThing, make_panel: MakePanel, qtbot: QtBot
) -> None:
    numbers = {"type": "array", "items": {"type": "number"}, "readOnly": True}
    meter = make_thing(
        "meter",
        {
            "properties": {
                "wavelengths": {**numbers, "unit": "nm"},
                "spectrum": {**numbers, "lw:axis": "wavelengths"},
            }
        },
        {"wavelengths": [350.0, 500.0, 1000.0], "spectrum": [1.0, 5.0, 2.0]},
    )
    panel = make_panel(meter)

    spectrum = panel.field("spectrum").row.editor
    wavelengths = panel.field("wavelengths").row.editor
    assert isinstance(spectrum, NumbersEditor)
    assert isinstance(wavelengths, NumbersEditor)
    qtbot.waitUntil(spectrum.view.isVisible)
    assert wavelengths.view.isHidden()


def test_a_getter_that_fails_is_said_in_its_field_alone(
    make_thing: MakeThing, make_panel: MakePanel, bench: FakeBench, qtbot: QtBot
) -> None:
    number = {"type": "number", "readOnly": True}
    meter = make_thing("meter", {"properties": {"good": number, "broken": number}}, {"good": 1.0})
    meter.refusals["read broken"] = ThingError("the sensor is unplugged")
    panel = make_panel(meter)

    broken = panel.field("broken")
    qtbot.waitUntil(lambda: broken.state is FieldState.STALE)
    assert broken.sentence == "Stale. Could not be read: the sensor is unplugged."
    assert panel.field("good").state is FieldState.READ_ONLY


def test_a_name_of_a_device_is_never_markup(make_thing: MakeThing, make_panel: MakePanel) -> None:
    number = {"title": "<b>x</b> & y", "description": "<img src=x>", "type": "number"}
    meter = make_thing("meter", {"title": "<i>M</i>", "properties": {"x": number}}, {"x": 1.0})
    panel = make_panel(meter)

    row = panel.field("x").row
    assert row.label.text() == "<b>x</b> & y"
    assert row.label.textFormat() == Qt.TextFormat.PlainText
    assert "&lt;img" in row.editor.toolTip()
    assert panel.panel.header.title.text() == "<i>M</i>"


def test_text_inside_a_model_is_as_high_as_it_needs(
    make_panel: MakePanel, make_thing: MakeThing, qtbot: QtBot
) -> None:
    entries = {"type": "object", "additionalProperties": {"type": "integer"}}
    deep = {"type": "array", "items": entries}
    parts = {"x": {"type": "number"}, "deep": deep}
    described = {"title": "T", "properties": {"m": {"type": "object", "properties": parts}}}
    thing = make_thing("t", described, {"m": {"x": 1.5, "deep": [{"a": 1, "b": 2}, {"c": 3}]}})
    row = make_panel(thing).field("m").row
    text = row.findChild(SmallText)
    assert text is not None

    qtbot.waitUntil(lambda: text.document().blockCount() > 1)
    qtbot.waitUntil(lambda: text.height() == text.sizeHint().height())
    assert text.height() > 5 * text.fontMetrics().lineSpacing()


def test_a_number_of_thirty_digits_stays_inside_its_panel(
    make_panel: MakePanel, make_thing: MakeThing, qtbot: QtBot
) -> None:
    whole = {"type": "integer"}
    described = {
        "title": "T",
        "properties": {
            "huge": {**whole, "unit": "counts"},
            "wide": {**whole, "minimum": -(2**63), "maximum": 2**63 - 1},
            "read": {**whole, "readOnly": True},
        },
    }
    number = 123456789012345678901234567890
    thing = make_thing("t", described, {"huge": number, "wide": 2**63 - 1, "read": number})
    hand = make_panel(thing)
    hand.panel.resize(300, 600)

    assert hand.panel.width() == 300
    for name in ("huge", "wide", "read"):
        editor = hand.field(name).row.editor
        box = editor.boxes()[0]

        def inside(editor: Editor = editor, box: QWidget = box) -> bool:
            right = editor.mapTo(hand.panel, editor.rect().topRight()).x()
            known = editor.value() is not None
            return known and right < 300 and box.geometry().right() < editor.width()

        qtbot.waitUntil(inside)


def test_a_step_up_and_down_again_leaves_nothing_in_the_way(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    field = panel.field("gain")
    field.box.setFocus()
    field.press(Qt.Key.Key_Up)
    assert field.state is FieldState.EDITED
    field.press(Qt.Key.Key_Down)
    assert field.state is FieldState.CONFIRMED

    camera.change("gain", 3.0)

    qtbot.waitUntil(lambda: field.box.text() == "3.0 dB")
    assert field.state is FieldState.CONFIRMED


def test_a_text_on_its_way_to_another_number_is_left_alone(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    camera.change("gain", 2.0)
    field = panel.field("gain")
    qtbot.waitUntil(lambda: field.row.model.confirmed == 2.0)
    field.write("2")
    assert field.box.text() == "2", "equal to what is confirmed, but it is being typed"
    camera.change("gain", 3.0)
    qtbot.waitUntil(lambda: field.row.model.confirmed == 3.0)
    assert field.box.text() == "2"
    assert "goes back to 3.0 dB" in field.sentence

    field.press(Qt.Key.Key_1)
    assert field.box.text() == "21"


def test_a_text_that_was_left_as_it_was_follows_the_thing(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    field = panel.field("gain")
    field.write("12")
    panel.field("exposure").box.setFocus()

    camera.change("gain", 3.0)

    qtbot.waitUntil(lambda: field.box.text() == "3.0 dB")
    assert field.sentence == ""


def test_a_switch_that_is_refused_flips_back(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    camera.refusals["cooling"] = ValueRefusedError("cooling", "the water is off")
    field = panel.field("cooling")
    switch = field.box
    qtbot.waitUntil(switch.isChecked)

    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)

    qtbot.waitUntil(lambda: field.state is FieldState.REFUSED)
    assert switch.isChecked()
    assert field.sentence == "Refused. The water is off. Camera still says On."
    qtbot.keyClick(switch, Qt.Key.Key_Escape)
    assert field.sentence == ""

    camera.refusals.clear()
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: camera.written == [("cooling", False)])
    assert not switch.isChecked()
