"""A Thing with all that can be plotted, and hands on the plot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.qtbot import QtBot

from ui.bridge import Bridge
from ui.models.numbers import PLAIN
from ui.plots.panel import PlotPanel
from ui.tasks import Tasks
from ui.theme import Theme

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing, MakeThing

RIG: dict[str, Any] = {
    "title": "Rig",
    "properties": {
        "pressure": {
            "title": "Pressure",
            "type": "number",
            "unit": "mbar",
            "readOnly": True,
            "observable": True,
            "lw:poll": 1.0,
        },
        "target": {"title": "Target", "type": "number", "unit": "mbar", "observable": True},
        "flow": {"title": "Flow", "type": "number", "unit": "l/min", "readOnly": True},
        "count": {"title": "Count", "type": "integer", "readOnly": True, "observable": True},
        "open": {"title": "Open", "type": "boolean", "observable": True},
        "mode": {"title": "Mode", "type": "string", "enum": ["off", "warm", "hot"]},
        "position": {
            "title": "Position",
            "type": "object",
            "unit": "mm",
            "observable": True,
            "properties": {"x": {"type": "number"}, "y": {"type": "number"}},
        },
        "corners": {
            "title": "Corners",
            "type": "array",
            "items": {"type": "number"},
            "minItems": 2,
            "maxItems": 2,
        },
        "sensor": {
            "title": "Sensor",
            "type": "object",
            "readOnly": True,
            "properties": {
                "temperature": {"title": "Temperature", "type": "number", "unit": "°C"},
                "name": {"type": "string"},
            },
        },
        "offset": {"title": "Offset", "anyOf": [{"type": "number"}, {"type": "null"}]},
        "name": {"title": "Name", "type": "string"},
        "secret": {"title": "Secret", "type": "number", "writeOnly": True},
        "spectrum": {"title": "Spectrum", "type": "array", "items": {"type": "number"}},
    },
}

RIG_VALUES: dict[str, Any] = {
    "pressure": 980.5,
    "target": 1000.0,
    "flow": 2.5,
    "count": 3,
    "open": False,
    "mode": "warm",
    "position": {"x": 1.0, "y": 2.0},
    "corners": [4.0, 5.0],
    "sensor": {"temperature": 21.5, "name": "A"},
    "offset": None,
}


class Clock:
    """The time, which passes when the test says so."""

    def __init__(self) -> None:
        self.now_s = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    """The time in seconds since 1970."""
    return Clock()


@pytest.fixture
def rig(make_thing: MakeThing) -> FakeThing:
    """A Thing with all that can be plotted."""
    return make_thing("rig", RIG, RIG_VALUES)


@pytest.fixture
def bench(rig: FakeThing, camera: FakeThing, make_bench: Callable[..., FakeBench]) -> FakeBench:
    """A bench with the rig and the camera."""
    return make_bench(rig, camera)


@pytest.fixture
def panel(
    theme: Theme, bench: FakeBench, bridge: Bridge, tasks: Tasks, qtbot: QtBot
) -> Iterator[PlotPanel]:
    """The plot with its header, shown 800 pixels wide."""
    from PySide6.QtWidgets import QVBoxLayout, QWidget

    window = QWidget()
    column = QVBoxLayout(window)
    made = PlotPanel(theme, bench, bridge, tasks, PLAIN)
    column.addWidget(made.header)
    column.addWidget(made, 1)
    qtbot.addWidget(window)
    window.resize(900, 320)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    yield made
    made.close_plot()
