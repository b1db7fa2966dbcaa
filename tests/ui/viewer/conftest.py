"""A viewer on the screen, and pictures to show in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.handles import Picture
from things.streams import Frame
from ui.tasks import Tasks
from ui.theme import Theme
from ui.viewer.image_viewer import ImageViewer


@pytest.fixture
def viewer(qtbot: QtBot, theme: Theme, tasks: Tasks) -> Iterator[ImageViewer]:
    """A viewer of 900 x 600, shown."""
    made = ImageViewer(theme, tasks)
    qtbot.addWidget(made)
    made.resize(900, 600)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close_viewer()


@pytest.fixture
def counts() -> NDArray[np.uint16]:
    """A ramp from 0 to 3999 with a saturated corner, 200 high and 400 wide."""
    ramp = np.linspace(0, 3999, 400).astype(np.uint16)
    plane = np.tile(ramp, (200, 1))
    plane[:20, :20] = 4095
    return plane


@pytest.fixture
def picture(counts: NDArray[np.uint16]) -> Picture:
    """The ramp, of a camera with pixels of half a micrometre and 12 bits."""
    return Picture(counts, pixel_size_um=0.5, full_scale=4095)


class MakeFrame(Protocol):
    """Makes a frame of a stream."""

    def __call__(self, array: NDArray[Any], number: int = ...) -> Frame: ...


@pytest.fixture
def make_frame() -> MakeFrame:
    """Frames as streams give them."""

    def make(array: NDArray[Any], number: int = 1) -> Frame:
        return Frame(array, number, datetime.now(UTC), 0.5, 4095.0)

    return make


class Drag(Protocol):
    """Drags with the left button."""

    def __call__(self, widget: QWidget, start: QPoint, end: QPoint) -> None: ...


@pytest.fixture
def drag(qtbot: QtBot) -> Drag:
    """Real mouse events: press, two moves, release."""

    def do(widget: QWidget, start: QPoint, end: QPoint) -> None:
        qtbot.mousePress(widget, Qt.MouseButton.LeftButton, pos=start)
        qtbot.mouseMove(widget, (start + end) / 2)
        qtbot.mouseMove(widget, end)
        qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=end)

    return do
