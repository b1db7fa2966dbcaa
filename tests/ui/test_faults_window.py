"""Faults of a simulated Thing can be seen and changed in a window of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from things.errors import ValueRefusedError
from things.simulated.faults import Faults
from ui.bench_list import BenchList
from ui.bridge import Bridge
from ui.editors.rows import MapEditor
from ui.faults_window import FaultsWindow, FaultsWindows
from ui.models.bench_list import BenchListModel
from ui.models.faults import faults_schema
from ui.panels.panels_area import PanelsArea
from ui.tasks import Tasks
from ui.theme import Theme

if TYPE_CHECKING:
    from tests.ui.conftest import FakeThing

LEFT = Qt.MouseButton.LeftButton


def none() -> dict[str, Any]:
    return Faults().model_dump(mode="json")


@pytest.fixture
def stops() -> list[str]:
    return []


@pytest.fixture
def window(
    theme: Theme, camera: FakeThing, tasks: Tasks, qtbot: QtBot, stops: list[str]
) -> FaultsWindow:
    camera.faulty = {**none(), "latency_s": 0.5, "clamped": {"gain": {"least": 1.0, "most": 9.0}}}
    made = FaultsWindow(theme, camera, lambda: stops.append("stop"), tasks)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(made.apply_button.isEnabled)
    return made


def test_it_shows_a_row_for_each_fault_and_what_is_wrong_now(
    window: FaultsWindow, camera: FakeThing
) -> None:
    assert list(window.rows) == list(Faults.model_fields)
    assert window.shown() == camera.faulty


def test_a_fault_that_is_typed_and_applied_reaches_the_thing(
    window: FaultsWindow, camera: FakeThing, qtbot: QtBot
) -> None:
    box = window.rows["timeout_s"].editor.boxes()[0]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(box, "2")
    qtbot.mouseClick(window.apply_button, LEFT)

    qtbot.waitUntil(lambda: camera.faulty.get("timeout_s") == 2.0)
    assert camera.faulty["latency_s"] == 0.5


def test_all_can_be_taken_off_at_once(
    window: FaultsWindow, camera: FakeThing, qtbot: QtBot
) -> None:
    qtbot.mouseClick(window.none_button, LEFT)

    qtbot.waitUntil(lambda: camera.faulty == {})


def test_why_faults_are_refused_is_said_and_can_be_mended(
    window: FaultsWindow, camera: FakeThing, qtbot: QtBot
) -> None:
    camera.refusals["set_faults"] = ValueRefusedError("faults", "stuck_axes: there is no axis 'x'")
    qtbot.mouseClick(window.apply_button, LEFT)
    qtbot.waitUntil(lambda: "there is no axis 'x'" in window.reason.text)
    qtbot.waitUntil(window.apply_button.isEnabled)

    camera.refusals.clear()
    qtbot.mouseClick(window.apply_button, LEFT)

    qtbot.waitUntil(lambda: not window.reason.isVisible())


def test_a_name_that_was_left_empty_is_not_sent(
    window: FaultsWindow, camera: FakeThing, qtbot: QtBot
) -> None:
    before = camera.faulty
    editor = window.rows["raising"].editor
    assert isinstance(editor, MapEditor)
    qtbot.mouseClick(editor.add, LEFT)
    qtbot.mouseClick(window.apply_button, LEFT)

    assert "a key is empty" in window.reason.text
    assert camera.faulty is before


def test_it_carries_stop_all(window: FaultsWindow, stops: list[str], qtbot: QtBot) -> None:
    qtbot.mousePress(window.stop, LEFT)

    assert stops == ["stop"]


def test_a_thing_that_answers_after_it_was_closed_finds_no_window(
    window: FaultsWindow, camera: FakeThing, tasks: Tasks, qtbot: QtBot
) -> None:
    camera.hold("set_faults")
    qtbot.mouseClick(window.apply_button, LEFT)
    qtbot.waitUntil(lambda: camera.waiting("set_faults") == 1)
    window.close()
    camera.release("set_faults")

    qtbot.waitUntil(lambda: len(tasks) == 0)
    assert not window.apply_button.isEnabled()


def test_names_can_be_chosen_where_the_thing_has_them(camera: FakeThing) -> None:
    parts = {part.name: part for part in faults_schema(camera.describe()).parts}

    assert "temperature" in parts["nan"].items.raw["enum"]
    assert "temperature" not in parts["refused"].items.raw["enum"]
    assert {"snap", "temperature"} <= set(parts["hanging"].items.raw["enum"])


def test_the_menus_offer_faults_only_to_developers(
    theme: Theme,
    bench: Any,
    bridge: Bridge,
    tasks: Tasks,
    qtbot: QtBot,
) -> None:
    listed = BenchList(theme, BenchListModel(bench), bridge, tasks)
    panels = PanelsArea(bench, theme, tasks, bridge)
    for each in (listed, panels):
        qtbot.addWidget(each)
        each.show()
    index = listed.view.model().index(0, 0)
    assert "Faults…" not in entries(listed.view.menu_for(index))
    assert "Faults…" not in entries(panels.panel("camera").header.menu())

    developed = PanelsArea(bench, theme, tasks, bridge)
    qtbot.addWidget(developed)
    developed.offer_faults()
    developed.show()
    listed.view.offers_faults = True

    with qtbot.waitSignal(listed.view.faults) as asked:
        entries(listed.view.menu_for(index))["Faults…"]()
    assert asked.args == ["camera"]
    with qtbot.waitSignal(developed.faults_asked) as asked:
        entries(developed.panel("camera").header.menu())["Faults…"]()
    assert asked.args == ["camera"]


def test_a_thing_has_one_such_window(
    theme: Theme, bench: Any, tasks: Tasks, qtbot: QtBot, window: FaultsWindow
) -> None:
    windows = FaultsWindows(bench, theme, tasks, window)
    windows.open("camera")
    first = windows.windows["camera"]
    windows.open("camera")
    assert windows.windows["camera"] is first

    qtbot.waitUntil(first.apply_button.isEnabled)
    first.close()
    qtbot.waitUntil(lambda: not windows.windows)


def entries(menu: Any) -> dict[str, Callable[[], None]]:
    return {action.text(): action.trigger for action in menu.actions()}
