"""Hands on a panel: tests type into fields and click buttons through these."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from things.events import Event
from ui.bridge import Bridge
from ui.editors import EditorContext
from ui.models.field import FieldState
from ui.models.numbers import PLAIN
from ui.models.thing import ThingModel
from ui.panels import Depth, PanelsArea, ThingPanel
from ui.panels.action_row import ActionRow
from ui.panels.field_row import FieldRow
from ui.tasks import Tasks
from ui.theme import Theme

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing


class FieldHand:
    """A field, as an operator handles it."""

    def __init__(self, row: FieldRow, qtbot: QtBot) -> None:
        self.row = row
        self._qtbot = qtbot

    @property
    def box(self) -> Any:
        """The first box of its editor."""
        return self.row.editor.boxes()[0]

    @property
    def state(self) -> FieldState:
        return self.row.state

    @property
    def reason(self) -> str:
        return self.row.reason

    @property
    def sentence(self) -> str:
        """What stands beneath the field, as it reads."""
        return self.row.reason_label.text

    def write(self, text: str) -> None:
        """Replace the text, without Enter."""
        box: QWidget = self.box
        box.setFocus()
        self._qtbot.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self._qtbot.keyClick(box, Qt.Key.Key_Delete)
        self._qtbot.keyClicks(box, text)

    def press(self, key: Qt.Key) -> None:
        self._qtbot.keyClick(self.box, key)

    def type(self, text: str) -> None:
        """Replace the text, press Enter and wait until it was answered."""
        self.write(text)
        self.press(Qt.Key.Key_Return)
        under_way = (FieldState.EDITED, FieldState.PENDING)
        self._qtbot.waitUntil(lambda: self.state not in under_way)


class ActionHand:
    """An action, as an operator handles it."""

    def __init__(self, row: ActionRow, qtbot: QtBot) -> None:
        self.row = row
        self._qtbot = qtbot

    @property
    def run_button(self) -> QAbstractButton:
        return self.row.run_button

    def click(self, button: QAbstractButton | None = None) -> None:
        if button is None:
            self._qtbot.waitUntil(lambda: self.row.run_button.takes_clicks)
        self._qtbot.mouseClick(button or self.run_button, Qt.MouseButton.LeftButton)

    def write(self, name: str, text: str) -> None:
        """Replace the text of an input."""
        box = self.row.input(name).editor.boxes()[0]
        box.setFocus()
        self._qtbot.keyClick(box, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self._qtbot.keyClick(box, Qt.Key.Key_Delete)
        self._qtbot.keyClicks(box, text)


class PanelHand:
    """A panel, as an operator handles it."""

    def __init__(self, panel: ThingPanel, qtbot: QtBot) -> None:
        self.panel = panel
        self._qtbot = qtbot

    def field(self, name: str) -> FieldHand:
        return FieldHand(self.panel.field(name), self._qtbot)

    def action(self, name: str) -> ActionHand:
        return ActionHand(self.panel.action(name), self._qtbot)


MakePanel = Callable[..., PanelHand]


@pytest.fixture
def make_panel(
    theme: Theme, tasks: Tasks, qtbot: QtBot, make_bench: Callable[..., FakeBench]
) -> MakePanel:
    """Shows the panel of a Thing, 360 pixels wide."""
    kept: list[object] = []

    def make(thing: FakeThing, depth: Depth = Depth.PANEL) -> PanelHand:
        bench = thing.bench or make_bench(thing)
        bridge = Bridge(bench.subscribe)
        model = ThingModel(thing)
        bridge.on(Event, model.apply, thing=thing.name)
        panel = ThingPanel(model, bench, EditorContext(theme, PLAIN), tasks, depth)
        kept.extend((bridge, model, panel))
        panel.resize(384, 700)
        qtbot.addWidget(panel)
        panel.show()
        qtbot.waitExposed(panel)
        panel.activateWindow()
        if depth is Depth.ROW:
            qtbot.waitUntil(lambda: panel._row is not None)  # it is built when it is first painted
        return PanelHand(panel, qtbot)

    return make


@pytest.fixture
def panel(make_panel: MakePanel, bench: FakeBench, camera: FakeThing) -> PanelHand:
    """The camera's panel."""
    return make_panel(camera)


@pytest.fixture
def make_area(theme: Theme, tasks: Tasks, qtbot: QtBot) -> Callable[..., PanelsArea]:
    """Shows the column of a bench's panels."""
    kept: list[object] = []

    def make(bench: FakeBench) -> PanelsArea:
        bridge = Bridge(bench.subscribe)
        area = PanelsArea(bench, theme, tasks, bridge)
        kept.extend((bridge, area))
        area.resize(384, 700)
        qtbot.addWidget(area)
        area.show()
        qtbot.waitExposed(area)
        area.activateWindow()
        return area

    return make
