"""Panels as a whole: depths, trouble, streams, the column, windows of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from things.errors import ThingError
from things.events import ThingState
from ui.models.field import FieldState
from ui.panels import Depth, PanelsArea

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing, MakeThing
    from tests.ui.panels.conftest import MakePanel, PanelHand

LEFT = Qt.MouseButton.LeftButton
MakeArea = Callable[..., PanelsArea]
MakeBench = Callable[..., "FakeBench"]


def test_groups_are_folded_with_a_summary_and_built_when_opened(
    panel: PanelHand, qtbot: QtBot
) -> None:
    body = panel.panel.body
    sensor = body.groups["Sensor"]
    assert sensor.summary == "−9.8 °C, 2 values"
    assert "temperature" not in body.field_rows

    qtbot.mouseClick(sensor.button, LEFT)
    qtbot.waitUntil(body.field_rows["temperature"].isVisible)
    assert sensor.summary == "2 values"


def test_a_stream_is_shown_on_a_click(panel: PanelHand, qtbot: QtBot) -> None:
    button = panel.panel.body.stream_rows["live"].button

    with qtbot.waitSignal(panel.panel.live_requested) as heard:
        qtbot.mouseClick(button, LEFT)

    assert heard.args == ["camera", "live"]


def test_the_header_says_the_state_in_icon_and_word(
    panel: PanelHand, camera: FakeThing, bench: FakeBench, qtbot: QtBot
) -> None:
    header = panel.panel.header
    assert (header.title.text(), header.word.text()) == ("Camera", "Ready")

    camera.stream("live", True)
    qtbot.waitUntil(lambda: header.word.text() == "Live")
    bench.start("camera", "acquire_stack").run()
    qtbot.waitUntil(lambda: header.word.text() == "Running: acquire a stack")


def test_a_failed_thing_says_why_and_can_be_tried_again(
    make_thing: MakeThing, make_panel: MakePanel, qtbot: QtBot
) -> None:
    laser = make_thing("laser", {}, {}, ThingState.FAILED, "no driver called 'laserlib'")
    panel = make_panel(laser).panel
    trouble = panel.trouble
    assert trouble.reason.text == "Fault. No driver called 'laserlib'."

    laser.refusals["reconnect"] = ThingError("still nobody there")
    qtbot.mouseClick(trouble.retry, LEFT)
    qtbot.waitUntil(lambda: trouble.reason.text == "Fault. Still nobody there.")

    laser.refusals.clear()
    laser._description = {
        "title": "Laser",
        "properties": {"power": {"type": "number"}},
        "actions": {},
    }
    laser.values["power"] = 5.0
    qtbot.mouseClick(trouble.retry, LEFT)
    qtbot.waitUntil(trouble.isHidden)
    assert laser.reconnects == 2
    qtbot.waitUntil(lambda: panel.field("power").editor.value() == 5.0)


def test_a_thing_that_goes_away_leaves_stale_fields_and_a_reason(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    gain = panel.field("gain")
    qtbot.waitUntil(lambda: "gain" in camera.asked)
    camera.become(ThingState.DISCONNECTED, "USB: no answer")
    qtbot.waitUntil(lambda: gain.state is FieldState.STALE)

    assert panel.panel.trouble.reason.text == "Offline. USB: no answer."
    camera.become(ThingState.READY)
    qtbot.waitUntil(lambda: gain.state is FieldState.CONFIRMED)
    assert panel.panel.trouble.isHidden()


def test_nothing_is_read_before_a_panel_is_in_sight(
    make_thing: MakeThing, make_panel: MakePanel, qtbot: QtBot
) -> None:
    meter = make_thing("meter", {"properties": {"sound": {"type": "number"}}}, {"sound": 1.0})
    panel = make_panel(meter).panel
    qtbot.waitUntil(lambda: meter.asked == ["sound"])

    assert panel.field("sound").editor.value() == 1.0


def test_the_menu_reads_again_and_copies_the_address(
    panel: PanelHand, camera: FakeThing, qtbot: QtBot
) -> None:
    menu = panel.panel.header.menu()
    entries = {action.text(): action for action in menu.actions() if action.text()}

    entries["Copy address"].trigger()
    assert QGuiApplication.clipboard().text() == "http://127.0.0.1:7170/camera/"
    camera.asked.clear()
    entries["Read all values again"].trigger()
    qtbot.waitUntil(lambda: "serial" in camera.asked)
    entries["Reload driver"].trigger()
    qtbot.waitUntil(lambda: camera.reloads == 1)
    menu.close()


def test_a_row_shows_a_value_and_runs_the_first_action(
    make_panel: MakePanel, bench: FakeBench, camera: FakeThing, qtbot: QtBot
) -> None:
    panel = make_panel(camera, Depth.ROW).panel
    row = panel._row
    assert row is not None
    assert (row.value_title.text(), row.value.text()) == ("Exposure", "25.0 ms")
    camera.change("exposure", 30.0)
    qtbot.waitUntil(lambda: row.value.text() == "30.0 ms")

    qtbot.mouseClick(row.button, LEFT)
    qtbot.waitUntil(lambda: camera.invoked == [("snap", {})])
    bench.newest.run()
    qtbot.waitUntil(lambda: row.button.text() == "Cancel")
    qtbot.mouseClick(row.button, LEFT)
    assert bench.cancelled == []
    qtbot.waitUntil(lambda: row.button.takes_clicks)
    qtbot.mouseClick(row.button, LEFT)
    qtbot.waitUntil(lambda: len(bench.cancelled) == 1)
    bench.newest.end_cancelled()
    qtbot.waitUntil(lambda: row.button.text() == "Snap")
    qtbot.mouseClick(row.button, LEFT)
    qtbot.keyClick(row.button, Qt.Key.Key_Space)
    assert len(camera.invoked) == 1, "what was told to stop does not start again"

    qtbot.mouseClick(row.unfold, LEFT)
    assert panel.shows is Depth.PANEL
    qtbot.waitUntil(panel.field("exposure").isVisible)


def test_everything_shows_ages_filters_and_lists_the_last_runs(
    panel: PanelHand, bench: FakeBench, qtbot: QtBot
) -> None:
    run = bench.start("camera", "snap")
    run.complete()
    qtbot.mouseClick(panel.panel.header.depth_control.button("everything"), LEFT)
    body = panel.panel.body
    age = body.field_rows["temperature"].age
    assert age is not None
    assert age.text() == "just now"

    assert body.filter is not None
    body.filter.setFocus()
    qtbot.keyClicks(body.filter, "temp")
    qtbot.waitUntil(body.field_rows["temperature"].isVisible)
    assert not body.field_rows["exposure"].isVisible()
    assert not body.action_rows["snap"].isVisible()


def test_the_column_opens_two_things_and_folds_the_others(
    make_thing: MakeThing, make_bench: MakeBench, make_area: MakeArea, qtbot: QtBot
) -> None:
    things = [make_thing(name) for name in ("a", "b", "c")]
    area = make_area(make_bench(*things))
    assert [area.panel(name).shows for name in "abc"] == [Depth.PANEL, Depth.PANEL, Depth.ROW]

    area.set_compact(True)
    assert [area.panel(name).shows for name in "abc"] == [Depth.PANEL, Depth.ROW, Depth.ROW]
    area.show_thing("c")
    area.set_compact(False)
    assert [area.panel(name).shows for name in "abc"] == [Depth.PANEL, Depth.PANEL, Depth.PANEL]


def test_the_layout_is_remembered_and_can_be_reset(
    make_thing: MakeThing, make_bench: MakeBench, make_area: MakeArea
) -> None:
    area = make_area(make_bench(make_thing("a"), make_thing("b"), make_thing("c")))
    area.panel("a").set_depth(Depth.ROW)
    assert area.layout_state() == {"a": "row"}

    area.reset_layout()
    assert area.layout_state() == {}
    area.restore_layout({"c": "everything", "gone": "row", "b": "nonsense"})
    assert area.panel("c").shows is Depth.EVERYTHING
    assert area.layout_state() == {"c": "everything"}


def test_a_field_and_a_form_can_be_brought_in_sight(
    make_thing: MakeThing, make_bench: MakeBench, make_area: MakeArea, qtbot: QtBot
) -> None:
    area = make_area(make_bench(*[make_thing(name) for name in ("a", "b", "c")]))

    area.show_property("c", "temperature")
    row = area.panel("c").field("temperature")
    qtbot.waitUntil(lambda: not row.visibleRegion().isEmpty())

    area.show_action("c", "acquire_stack", {"planes": 3})
    form = area.panel("c").action("acquire_stack")
    assert form.input("planes").editor.value() == 3
    qtbot.waitUntil(form.input("planes").editor.boxes()[0].hasFocus)

    area.show_thing("nobody")
    area.show_property("a", "nothing")


def test_a_panel_in_a_window_of_its_own_carries_stop_all_and_comes_back(
    make_thing: MakeThing, make_bench: MakeBench, make_area: MakeArea, qtbot: QtBot
) -> None:
    bench = make_bench(make_thing("a"), make_thing("b"))
    area = make_area(bench)
    panel = area.panel("a")

    qtbot.mouseClick(panel.header.pop_out, LEFT)
    window = area._windows["a"]
    qtbot.waitExposed(window)
    assert panel.window() is window
    qtbot.mouseClick(window.stop, LEFT)
    qtbot.waitUntil(lambda: bench.stops == 1)

    window.close()
    assert panel.window() is area.window()
    assert panel.isVisible()
    assert area._column.place_of(panel) == 0


def test_a_hundred_things_cost_nothing_before_they_are_in_sight(
    make_thing: MakeThing, make_bench: MakeBench, make_area: MakeArea
) -> None:
    things = [make_thing(f"t{i}") for i in range(100)]
    area = make_area(make_bench(*things))

    built = [panel for panel in area.panels.values() if panel._body is not None]
    assert len(built) == 2


def test_a_panel_that_was_built_anew_is_followed_alone(
    panel: PanelHand, camera: FakeThing, bench: FakeBench, qtbot: QtBot
) -> None:
    for depth in (Depth.EVERYTHING, Depth.PANEL, Depth.ROW, Depth.PANEL):
        panel.panel.set_depth(depth)
        qtbot.waitUntil(panel.panel.isVisible)
    old = panel.panel.body
    panel.panel.set_depth(Depth.EVERYTHING)
    qtbot.waitUntil(lambda: not shiboken6.isValid(old))

    camera.change("temperature", -5.0)
    bench.start("camera", "snap").complete()
    temperature = panel.field("temperature").row.editor
    qtbot.waitUntil(lambda: temperature.value() == -5.0)


def test_a_large_panel_is_built_a_slice_at_a_time(
    make_thing: MakeThing, make_panel: MakePanel, qtbot: QtBot
) -> None:
    number = {"type": "number", "minimum": 0, "maximum": 9}
    names = [f"p{i}" for i in range(120)]
    meter = make_thing("meter", {"properties": dict.fromkeys(names, number)}, {})
    panel = make_panel(meter, Depth.ROW).panel

    panel.set_depth(Depth.PANEL)
    body = panel._body
    assert body is not None
    assert len(body.field_rows) < 120
    qtbot.waitUntil(lambda: len(body.field_rows) == 120)
    assert list(body.field_rows) == names


def test_a_row_says_why_its_value_cannot_be_read_instead_of_showing_an_old_one(
    camera: FakeThing, make_panel: MakePanel, qtbot: QtBot
) -> None:
    row = make_panel(camera, Depth.ROW).panel._row
    assert row is not None
    qtbot.waitUntil(lambda: row.value.text() == "25.0 ms")

    camera.fail_to_read("exposure", "exposure: the sensor is unplugged")
    qtbot.waitUntil(lambda: row.value.text() == "The sensor is unplugged.")

    camera.change("exposure", 30.0)
    qtbot.waitUntil(lambda: row.value.text() == "30.0 ms")
