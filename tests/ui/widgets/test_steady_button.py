"""A button that changes its meaning takes no click that was meant for the one before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets import SteadyButton
from ui.widgets.steady_button import SETTLING_MS

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def button(theme: Theme, qtbot: QtBot) -> SteadyButton:
    made = SteadyButton(theme, "Run")
    made.mean("run")
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_new_meaning_settles_for_at_least_a_double_click(button: SteadyButton) -> None:
    assert button.takes_clicks, "the first meaning was never another"
    button.mean("run")
    assert button.takes_clicks

    button.mean("cancel")

    assert not button.takes_clicks
    assert button.isEnabled()
    waits = button._settling.interval()
    assert waits >= SETTLING_MS
    assert waits >= QApplication.doubleClickInterval()


def test_the_second_half_of_a_double_click_is_no_click(button: SteadyButton, qtbot: QtBot) -> None:
    taken: list[None] = []
    button.taken.connect(lambda: taken.append(None))

    qtbot.mouseClick(button, LEFT)
    qtbot.mouseDClick(button, LEFT)
    qtbot.mouseRelease(button, LEFT)

    assert len(taken) == 1


def test_a_click_means_what_it_meant_when_it_was_pressed(
    button: SteadyButton, qtbot: QtBot
) -> None:
    taken: list[None] = []
    button.taken.connect(lambda: taken.append(None))

    qtbot.mousePress(button, LEFT)
    button.mean("cancel")
    qtbot.waitUntil(lambda: button.takes_clicks)
    qtbot.mouseRelease(button, LEFT)
    assert taken == []

    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert len(taken) == 1
