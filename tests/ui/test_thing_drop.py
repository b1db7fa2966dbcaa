"""A Thing is dragged from the bench list to where it is to be seen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ui.main_window import MainWindow
from ui.models.bench_list import Role
from ui.thing_drop import ThingDrop, dropped_thing, thing_as_mime

LEFT = Qt.MouseButton.LeftButton


def drop(data: QMimeData, target: QWidget) -> bool:
    """Drag something over a widget and drop it there; whether it was taken."""
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    entered = QDragEnterEvent(QPoint(5, 5), copy, data, LEFT, none)
    entered.ignore()
    QApplication.sendEvent(target, entered)
    if not entered.isAccepted():
        return False
    dropped = QDropEvent(QPointF(5, 5), copy, data, LEFT, none)
    dropped.ignore()
    QApplication.sendEvent(target, dropped)
    return dropped.isAccepted()


@pytest.fixture
def target(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_a_row_of_the_bench_is_dragged_by_its_name_and_a_group_is_not(window: MainWindow) -> None:
    model = window.bench_list.view.model()
    rows = [model.index(number, 0) for number in range(model.rowCount())]
    camera = next(row for row in rows if row.data(Role.NAME) == "camera")

    assert dropped_thing(model.mimeData([camera])) == "camera"
    assert model.mimeData([camera]).text() == "camera"
    assert model.flags(camera) & Qt.ItemFlag.ItemIsDragEnabled
    for row in rows:
        if not row.data(Role.NAME):
            assert not model.flags(row) & Qt.ItemFlag.ItemIsDragEnabled


def test_a_target_takes_what_it_knows_and_nothing_else(target: QWidget) -> None:
    taken: list[str] = []
    ThingDrop(target, lambda name: name == "camera", taken.append)
    text = QMimeData()
    text.setText("camera")

    assert drop(thing_as_mime("camera"), target)
    assert not drop(thing_as_mime("stage"), target)
    assert not drop(text, target)
    assert taken == ["camera"]
