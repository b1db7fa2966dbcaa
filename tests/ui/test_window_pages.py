"""The archive in place of the bench, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLineEdit, QMainWindow, QPushButton, QWidget

from ui.window_pages import WindowPages

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    """A window above whose middle is a button that no key must press by a slip."""
    made = QMainWindow()
    qtbot.addWidget(made)
    made.setMenuWidget(QPushButton("Stop"))
    return made


def test_the_focus_comes_back_to_where_it_was_and_not_to_whatever_is_next(
    window: QMainWindow, qtbot: QtBot
) -> None:
    bench, archive = QLineEdit(), QLineEdit()
    pages = WindowPages(window, bench)
    window.setCentralWidget(pages.stack)
    pages.add_archive(archive)
    with qtbot.waitExposed(window):
        window.show()
    bench.setFocus()
    pages.show_archive()
    archive.setFocus()
    pages.show_bench()
    assert window.focusWidget() is bench


def test_where_nothing_had_the_focus_nothing_gets_it(window: QMainWindow, qtbot: QtBot) -> None:
    bench, archive = QWidget(), QLineEdit()
    pages = WindowPages(window, bench)
    window.setCentralWidget(pages.stack)
    pages.add_archive(archive)
    with qtbot.waitExposed(window):
        window.show()
    window.setFocus()
    window.clearFocus()
    pages.show_archive()
    archive.setFocus()
    pages.show_bench()
    assert window.focusWidget() is not window.menuWidget()
