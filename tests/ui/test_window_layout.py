"""Arrangements of the docks: chosen by key, menu and palette, remembered per bench, reset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QSettings, Qt
from pytestqt.qtbot import QtBot

from ui.layout_memory import LayoutMemory
from ui.main_window import MainWindow, WindowParts
from ui.window_layout import Preset

if TYPE_CHECKING:
    from tests.ui.conftest import Part

ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def again(
    parts: WindowParts,
    make_window: Callable[[WindowParts], MainWindow],
    make_part: Callable[[], Part],
    settings: QSettings,
) -> Callable[[], MainWindow]:
    """Opens a window on the same bench, with a memory."""

    def open_again() -> MainWindow:
        memory = LayoutMemory(settings, "/benches/demo.toml")
        return make_window(replace(parts, memory=memory, centre=make_part(), panels=make_part()))

    return open_again


def shown(window: MainWindow) -> set[str]:
    docks = (window.bench_dock, window.panels_dock, window.activity_dock)
    return {dock.objectName() for dock in docks if dock.isVisible()}


def test_on_a_large_screen_that_is_not_scaled_docks_begin_larger(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1900, 1150)
    window.reset_layout()
    qtbot.waitUntil(lambda: window.bench_dock.width() == 232)
    low = window.activity_dock.height()

    window.resize(3840, 2160)
    window.reset_layout()

    qtbot.waitUntil(lambda: window.bench_dock.width() == 348)
    assert window.panels_dock.width() == 576
    assert window.activity_dock.height() == round(low * 1.8)
    qtbot.waitUntil(lambda: window.plot_dock.height() == round(132 * 1.8))


def test_a_key_arranges_the_docks_for_a_kind_of_work(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1440, 900)
    qtbot.waitUntil(lambda: not window.compact)

    qtbot.keyClick(window, Qt.Key.Key_2, ALT)
    assert shown(window) == {"panels"}

    qtbot.keyClick(window, Qt.Key.Key_3, ALT)
    assert shown(window) >= {"bench", "panels", "activity"}
    qtbot.waitUntil(lambda: window.activity_dock.height() == 320)

    qtbot.keyClick(window, Qt.Key.Key_1, ALT)
    assert shown(window) == {"bench", "panels", "activity"}
    qtbot.waitUntil(lambda: window.activity_dock.height() == 244)


def test_the_menu_marks_the_arrangement_and_the_palette_offers_it(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.open_palette()
    qtbot.keyClicks(window.palette_box.line, "layout image")
    qtbot.keyClick(window.palette_box.line, Qt.Key.Key_Return)
    window.commands.refresh()

    assert window.preset is Preset.IMAGE
    assert window.commands.action("layout.image").isChecked()
    assert not window.commands.action("layout.operate").isChecked()


def test_what_was_changed_in_an_arrangement_is_there_when_it_is_chosen_again(
    again: Callable[[], MainWindow],
) -> None:
    window = again()
    window.choose_preset(Preset.IMAGE)
    window.bench_dock.show()
    window.choose_preset(Preset.OPERATE)
    window.choose_preset(Preset.IMAGE)
    assert shown(window) == {"bench", "panels"}

    # Chosen a second time it is put right.
    window.choose_preset(Preset.IMAGE)
    assert shown(window) == {"panels"}


def test_the_arrangement_is_remembered_and_a_reset_forgets_it(
    again: Callable[[], MainWindow],
) -> None:
    first = again()
    first.choose_preset(Preset.IMAGE)
    first.close()

    second = again()
    assert second.preset is Preset.IMAGE
    assert shown(second) == {"panels"}

    second.reset_layout()
    assert second.preset is Preset.OPERATE
    assert shown(second) == {"bench", "panels", "activity"}


def test_a_memory_that_makes_no_sense_is_as_none(
    settings: QSettings, again: Callable[[], MainWindow]
) -> None:
    LayoutMemory(settings, "/benches/demo.toml").preset = "acrobatics"
    assert again().preset is Preset.OPERATE
