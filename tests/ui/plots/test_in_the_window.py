"""From a right click on a field to a line in the plot's dock, and what the window remembers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from ui.bridge import Bridge
from ui.layout_memory import LayoutMemory
from ui.main_window import MainWindow, WindowParts
from ui.panels import PanelsArea
from ui.plots.plottable import SeriesKey
from ui.tasks import Tasks
from ui.theme import Theme
from ui.window_layout import Preset

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing

PRESSURE = SeriesKey("rig", "pressure")


@pytest.fixture
def area(bench: FakeBench, theme: Theme, tasks: Tasks, bridge: Bridge, qtbot: QtBot) -> PanelsArea:
    """Real panels of the bench."""
    made = PanelsArea(bench, theme, tasks, bridge)
    qtbot.addWidget(made)
    made.resize(400, 900)
    with qtbot.waitExposed(made):
        made.show()
    return made


def right_click(widget: QWidget) -> QMenu:
    """Open the menu of a widget as a mouse does."""
    place = widget.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, widget.mapToGlobal(place))
    QApplication.sendEvent(widget, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def named(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == text)


@pytest.mark.parametrize("where", ["label", "box"])
def test_a_right_click_on_a_field_plots_it(
    area: PanelsArea, window: MainWindow, rig: FakeThing, qtbot: QtBot, where: str
) -> None:
    area.plot_requested.connect(window.plot_values)
    window.plot_dock.hide()
    row = area.panel("rig").field("target")
    menu = right_click(row.label if where == "label" else row.editor.boxes()[0])
    assert named(menu, "Copy value").isEnabled()
    named(menu, "Plot").trigger()
    menu.close()

    assert window.plot.model.keys == [SeriesKey("rig", "target")]
    assert window.plot_dock.isVisible()
    rig.change("target", 5.0)
    qtbot.waitUntil(lambda: window.plot.model.series[0].value == 5.0)


def test_a_value_of_several_parts_offers_each_of_them_and_all(
    area: PanelsArea, window: MainWindow
) -> None:
    area.plot_requested.connect(window.plot_values)
    menu = right_click(area.panel("rig").field("position").label)
    parts = named(menu, "Plot").menu()
    assert isinstance(parts, QMenu)
    assert [each.text() for each in parts.actions() if each.text()] == [
        *("All 2", "Position x", "Position y"),
    ]
    named(parts, "Position y").trigger()
    named(parts, "All 2").trigger()
    menu.close()
    assert [each.title for each in window.plot.model.series] == ["Position y", "Position x"]


def test_what_is_no_number_cannot_be_plotted(area: PanelsArea) -> None:
    menu = right_click(area.panel("rig").field("name").label)
    assert "Plot" not in [action.text() for action in menu.actions()]
    menu.close()


def test_the_palette_plots_and_still_finds_the_field_first(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.open_palette()
    qtbot.keyClicks(window.palette_box.line, "pressure")
    assert [entry.title for entry in window.palette_box.found] == [
        *("Rig: Pressure", "Plot Rig: Pressure"),
    ]
    qtbot.keyClick(window.palette_box.line, Qt.Key.Key_Down)
    qtbot.keyClick(window.palette_box.line, Qt.Key.Key_Return)
    assert window.plot.model.keys == [PRESSURE]


def test_the_commands_of_the_plot_are_in_the_one_table(window: MainWindow, qtbot: QtBot) -> None:
    commands = window.commands
    commands.refresh()
    assert not commands.action("plot.export").isEnabled()
    window.plot_values([PRESSURE])
    commands.refresh()
    assert commands.action("plot.export").isEnabled()
    commands.action("plot.pause").trigger()
    assert window.plot.paused
    commands.refresh()
    assert commands.action("plot.pause").isChecked()

    commands.action("view.plot").trigger()
    assert not window.plot_dock.isVisible()
    commands.action("plot.add").trigger()
    assert window.plot_dock.isVisible()
    assert window.plot.finder is not None
    qtbot.waitUntil(window.plot.finder.isVisible)
    window.plot.finder.close_palette()


@pytest.fixture
def again(
    parts: WindowParts, make_window: Callable[[WindowParts], MainWindow], tmp_path: Path
) -> Callable[[], MainWindow]:
    """Opens a window of the same bench with the same memory."""

    def make() -> MainWindow:
        settings = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
        return make_window(replace(parts, memory=LayoutMemory(settings, "a/bench.toml")))

    return make


def test_lines_and_dock_are_remembered_and_a_reset_brings_the_dock_back(
    again: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    first = again()
    first.resize(1440, 900)
    first.plot_values([PRESSURE, SeriesKey("rig", "position", ("x",))])
    first.plot_dock.close()
    first.close()

    second = again()
    assert second.plot.model.keys == [PRESSURE, SeriesKey("rig", "position", ("x",))]
    assert not second.plot_dock.isVisible()
    second.reset_layout()
    assert second.plot_dock.isVisible()
    assert not second.plot_dock.isFloating()


def test_the_plot_is_under_the_picture_and_as_high_as_it_was_drawn(
    again: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    window = again()
    window.resize(1440, 900)
    window.reset_layout()
    qtbot.waitUntil(lambda: window.plot_dock.height() == 132)
    left = window.plot_dock.mapTo(window, window.plot_dock.rect().topLeft()).x()
    assert left > window.bench_dock.geometry().right()


def test_for_pictures_it_steps_aside_and_comes_back(window: MainWindow) -> None:
    window.reset_layout()
    before = window.plot_dock.isVisible()
    window.choose_preset(Preset.IMAGE)
    assert not window.plot_dock.isVisible()
    window.choose_preset(Preset.OPERATE)
    assert window.plot_dock.isVisible() is before


def test_popped_out_it_carries_stop_all(window: MainWindow, bench: FakeBench, qtbot: QtBot) -> None:
    window.show_plot()
    window.plot_dock.setFloating(True)
    qtbot.waitUntil(window.plot_dock.stop_button.isVisible)
    qtbot.mousePress(window.plot_dock.stop_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bench.stops == 1)
    window.reset_layout()
    assert not window.plot_dock.isFloating()
