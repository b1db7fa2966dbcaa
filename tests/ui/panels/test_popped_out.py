"""A panel gets a window of its own, which is remembered; and a Thing is dropped on the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.panels import PanelsArea
from ui.panels.depth import Depth
from ui.thing_drop import ThingDrop, thing_as_mime

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.ui.conftest import FakeBench, MakeThing


def test_dropped_on_the_panels_its_panel_is_unfolded(
    make_area: Callable[[FakeBench], PanelsArea],
    make_bench: Callable[..., FakeBench],
    make_thing: MakeThing,
    qtbot: QtBot,
) -> None:
    area = make_area(make_bench(*(make_thing(name) for name in ("one", "two", "three"))))
    ThingDrop(area, lambda name: name in area.panels, area.show_thing)
    assert area.panel("three").shows is Depth.ROW

    data, copy = thing_as_mime("three"), Qt.DropAction.CopyAction
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(area, QDragEnterEvent(QPoint(5, 5), copy, data, buttons, keys))
    QApplication.sendEvent(area, QDropEvent(QPointF(5, 5), copy, data, buttons, keys))

    assert area.panel("three").shows is Depth.PANEL


def test_dropped_outside_it_gets_a_window_of_its_own_which_is_remembered(
    make_area: Callable[[FakeBench], PanelsArea],
    make_bench: Callable[..., FakeBench],
    make_thing: MakeThing,
    qtbot: QtBot,
) -> None:
    bench = make_bench(make_thing("one"), make_thing("two"))
    area = make_area(bench)
    area.pop_out("two", QPoint(300, 200))
    area.pop_out("gone", QPoint(300, 200))
    panel = area.panel("two")
    qtbot.waitUntil(lambda: panel.window() is not area.window())
    state = area.layout_state()

    again = make_area(bench)
    again.restore_layout(state)
    other = again.panel("two")
    assert other.window() is not again.window()
    assert other.window().pos() == panel.window().pos()

    again.reset_layout()
    assert other.window() is again.window()
    area.reset_layout()


def test_a_remembered_window_of_a_thing_that_is_gone_is_forgotten(
    make_area: Callable[[FakeBench], PanelsArea], bench: FakeBench
) -> None:
    area = make_area(bench)
    area.restore_layout({"gone in a window": "AAAA", "camera in a window": "no geometry"})

    assert area.panel("camera").window() is not area.window()
    area.reset_layout()
