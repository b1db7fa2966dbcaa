"""What is asked for is in sight, what is empty says so, and nothing lies over what is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from ui import notices
from ui.panels.depth import Depth
from ui.panels.panel_column import PanelColumn

if TYPE_CHECKING:
    from tests.ui.promises.conftest import OpenWindow, RealWindow


def column_of(real: RealWindow) -> PanelColumn:
    column: PanelColumn = real.panels.findChildren(PanelColumn)[0]
    return column


def is_in_sight(real: RealWindow, widget: QWidget) -> bool:
    """Whether its upper edge is within the column."""
    port = column_of(real).viewport()
    return port.rect().contains(widget.mapTo(port, QPoint(1, 1)))


def test_a_thing_far_below_comes_in_sight_while_panels_above_it_change(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long enough for what is left when every body is built.
    monkeypatch.setattr("ui.panels.panel_column.SETTLING_MS", 600)
    names = ("a", "b", "c", "d", "e", "f")
    real = open_window(**dict.fromkeys(names, "OneOfEach"))
    real.panels.panel("a").set_depth(Depth.EVERYTHING)
    real.panels.panel("a").set_depth(Depth.PANEL)

    for name in ("d", "f", "a"):
        real.panels.show_thing(name)
        panel = real.panels.panel(name)
        real.until(lambda panel=panel: panel._body is not None and not panel._body._todo)  # type: ignore[misc]  # mypy cannot type a default of a lambda
        real.until(lambda: not column_of(real).is_settling)
        assert is_in_sight(real, panel), name


def test_whoever_scrolls_is_not_led_back(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.panels.panel_column.SETTLING_MS", 600)
    real = open_window(a="OneOfEach", b="OneOfEach", c="OneOfEach")
    bar = column_of(real).verticalScrollBar()
    real.panels.show_thing("c")
    real.until(lambda: bar.value() > 100)

    bar.setValue(40)
    real.until(lambda: not column_of(real).is_settling)
    assert bar.value() == 40


def test_an_empty_bench_says_so(open_window: OpenWindow) -> None:
    real = open_window()
    empty = real.window.bench_list.empty
    assert empty.isVisible()
    assert empty.text() == "There is no Thing on this bench yet."
    assert real.panels.nothing.isVisible()


def test_a_search_that_finds_nothing_says_so(open_window: OpenWindow) -> None:
    real = open_window(slow="Slow")
    assert not real.window.bench_list.empty.isVisible()
    assert not real.panels.nothing.isVisible()
    real.write(real.window.bench_list.search, "unheard-of")
    real.until(real.window.bench_list.empty.isVisible)
    assert real.window.bench_list.empty.text() == "No Thing and no property is called so."
    real.write(real.window.bench_list.search, "slow")
    real.until(lambda: not real.window.bench_list.empty.isVisible())


def test_messages_cover_neither_panels_nor_tabs(open_window: OpenWindow) -> None:
    real = open_window(slow="Slow")
    for number in range(3):
        real.window.notices.say(f"{number} " + "went wrong " * 12, role="failed")

    def place_of(widget: QWidget) -> QRect:
        return QRect(widget.mapTo(real.window, QPoint()), widget.size())

    shown = place_of(real.window.notices)
    for part in (real.window.top_bar, real.window.panels_dock, real.composed.viewer.header):
        assert not shown.intersects(place_of(part)), part


def test_a_trouble_that_is_told_elsewhere_as_well_goes_by_itself(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "TROUBLE_MS", 50)
    real = open_window(slow="Slow")
    stays = real.window.notices.say("The disk is full.", role="failed")
    real.window.notices.say("Snap failed.", role="failed", stays=False)

    real.until(lambda: real.window.notices.shown == [stays])
