"""A box to tick is to be seen in light and dark, ticked and not."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.theme import Scheme, Theme
from ui.widgets import TickBox


def picture(window: QWidget) -> QImage:
    return window.grab().toImage()


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_ticked_and_not_both_are_to_be_seen(scheme: Scheme, theme: Theme, qtbot: QtBot) -> None:
    theme.choose(scheme)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(60, 60)
    box = TickBox(theme, window)
    box.resize(box.sizeHint())
    box.hide()
    window.show()
    nothing = picture(window)
    box.show()
    blank = picture(window)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    assert box.isChecked()
    box.clearFocus()
    ticked = picture(window)
    assert blank != nothing
    assert ticked not in (blank, nothing)
    box.setEnabled(False)
    assert picture(window) != ticked
