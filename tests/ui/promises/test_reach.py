"""Every control can be hit with a glove and seen with the keyboard; numbers follow the locale."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QLocale, QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QWidget

from ui.diagnostics_window import DiagnosticsWindow
from ui.panels.panel_window import PanelWindow

if TYPE_CHECKING:
    from tests.ui.promises.conftest import OpenWindow, RealWindow

SMALLEST = 24
"""Pixels: what WCAG 2.2 asks for, and what is hit over a slow remote desktop."""


@pytest.fixture
def german() -> Iterator[None]:
    """Numbers as they are written in Germany."""
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.German, QLocale.Country.Germany))
    yield
    QLocale.setDefault(before)


def controls(real: RealWindow) -> list[QWidget]:
    """What is in sight and can be pressed or typed into."""
    kinds = (QAbstractButton, QComboBox, QLineEdit)
    return [
        widget
        for widget in real.window.findChildren(QWidget)
        if isinstance(widget, kinds) and widget.isVisible() and not widget.visibleRegion().isEmpty()
    ]


def too_small(real: RealWindow) -> list[str]:
    """What a glove would miss."""
    return [
        f"{type(widget).__name__} {widget.accessibleName()!r} {widget.width()} x {widget.height()}"
        for widget in controls(real)
        # The box of a combo box and the button that empties a line are parts of a larger one.
        if not isinstance(widget.parentWidget(), QComboBox | QLineEdit)
        and min(widget.width(), widget.height()) < SMALLEST
    ]


def test_every_control_is_large_enough_for_a_glove(open_window: OpenWindow) -> None:
    real = open_window(probe="OneOfEach", scanner="Scanner")
    real.field("probe", "gain")
    real.until(lambda: len(controls(real)) > 40)

    def all_large() -> None:
        assert too_small(real) == []  # once the layout has settled

    real.until_asserted(all_large)


def test_the_top_bar_is_as_high_as_its_targets_need(open_window: OpenWindow) -> None:
    real = open_window(slow="Slow")
    bar = real.window.top_bar
    for button in bar.findChildren(QAbstractButton):
        if button.isVisible():
            assert button.height() >= 28, button.accessibleName()
    assert bar.stop_button.height() == 40
    assert bar.stop_button.mapTo(real.window, QPoint()).x() <= 16


def test_the_focus_can_be_seen_wherever_it_is(open_window: OpenWindow) -> None:
    real = open_window(probe="OneOfEach", scanner="Scanner")
    real.field("probe", "enabled")
    real.until(real.window.isActiveWindow)
    real.until(lambda: len(controls(real)) > 40)
    reached = [
        widget
        for widget in controls(real)
        if widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]
    assert len(reached) > 30

    hidden = []
    for widget in reached:
        before = look(real, widget, focused=False)
        after = look(real, widget, focused=True)
        if before == after:
            hidden.append(f"{type(widget).__name__} {widget.accessibleName()!r}")
    assert hidden == []


def look(real: RealWindow, widget: QWidget, *, focused: bool) -> QImage:
    """How a widget looks, with a few pixels around it."""
    if focused:
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        real.until(widget.hasFocus)
    else:
        widget.clearFocus()
        real.until(lambda: not widget.hasFocus())
    area = QRect(widget.mapTo(real.window, QPoint()), widget.size()).adjusted(-4, -4, 4, 4)
    return real.window.grab(area).toImage()


def test_nothing_is_pressed_by_a_space_at_the_start(open_window: OpenWindow) -> None:
    real = open_window(slow="Slow")
    real.until(real.window.isActiveWindow)
    assert not real.window.top_bar.stop_button.hasFocus()

    real.panels.panel("slow").pop_out_asked.emit()
    popped = real.window.findChildren(PanelWindow)[0]
    assert popped.focusWidget() not in (None, popped.stop)
    real.window.commands.action("help.diagnostics").trigger()
    diagnostics = real.window.findChildren(DiagnosticsWindow)[0]
    assert diagnostics.focusWidget() is diagnostics.text


@pytest.mark.usefixtures("german")
def test_numbers_are_read_and_typed_in_the_locale(open_window: OpenWindow) -> None:
    real = open_window(probe="OneOfEach")
    row = real.field("probe", "exposure")
    box = row.editor.boxes()[0]
    assert isinstance(box, QWidget)
    assert box.property("text") == "25,0 ms"

    real.write(box, "1.000,5")
    assert row.reason_label.text.startswith("Not sent. Must be at most 1.000 ms.")
    real.enter(box, "12,5")
    real.until(lambda: real.thing("probe").exposure == 12.5)
    assert box.property("text") == "12,5 ms"
    summary = real.field("probe", "spectrum").editor
    assert summary.property("visible")
    texts = [label.property("text") for label in summary.findChildren(QWidget)]
    assert "500 values, 0,0 to 16,0" in texts
