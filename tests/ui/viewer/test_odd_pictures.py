"""Pictures at the edge of what there is: one pixel, one row, no numbers, huge numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from app.handles import Picture
from ui.viewer.canvas import Tool
from ui.viewer.image_viewer import ImageViewer

LEFT = Qt.MouseButton.LeftButton

ODD = {
    "one-pixel": np.full((1, 1), 7, np.uint16),
    "one-row": np.arange(500, dtype=np.uint16).reshape(1, 500),
    "one-column": np.arange(500, dtype=np.uint8).reshape(500, 1),
    "all-zero": np.zeros((40, 60), np.uint16),
    "not-a-number": np.full((40, 60), np.nan, np.float32),
    "infinite": np.full((40, 60), np.inf, np.float32),
    "some-not": np.where(np.indices((40, 60))[0] % 2, np.nan, 1.5).astype(np.float32),
    "largest": np.linspace(-3e38, 3e38, 2400, dtype=np.float32).reshape(40, 60),
    "smallest": np.linspace(0, 1e-38, 2400, dtype=np.float32).reshape(40, 60),
    "colour": np.full((40, 60, 3), 90, np.uint8),
    "deep-colour": np.full((40, 60, 3), 9000, np.uint16),
    "float-colour": np.full((40, 60, 3), 0.25, np.float32),
    "one-pixel-of-colour": np.full((1, 1, 3), 90, np.uint8),
    "stack-of-one-row": np.zeros((4, 1, 50), np.uint16),
    "not-contiguous": np.arange(4800, dtype=np.uint16).reshape(40, 120)[:, ::2],
    "upside-down": np.arange(2400, dtype=np.uint16).reshape(40, 60)[::-1, ::-1],
}


@pytest.mark.parametrize("array", ODD.values(), ids=ODD.keys())
def test_every_tool_works_on_any_picture(
    qtbot: QtBot, viewer: ImageViewer, array: NDArray[Any]
) -> None:
    viewer.show_picture("camera", "Odd", Picture(array, 0.5, 4095.0))
    area, canvas = viewer.area, viewer.area.canvas

    def drawn() -> None:
        qtbot.waitUntil(lambda: not area.busy and canvas.image is not None)

    drawn()
    for act in (
        canvas.zoom_closer,
        canvas.zoom_to_actual_size,
        canvas.zoom_farther,
        canvas.zoom_to_fit,
    ):
        act()
        drawn()
    middle = canvas.rect().center()
    qtbot.mouseMove(canvas, middle)
    assert area.levels.bar.levels is not None
    for tool in (Tool.RECTANGLE, Tool.LINE):
        qtbot.mouseClick(area.strip.tool_button(tool), LEFT)
        qtbot.mousePress(canvas, LEFT, pos=middle - QPointF(30, 30).toPoint())
        qtbot.mouseMove(canvas, middle + QPointF(30, 20).toPoint())
        qtbot.mouseRelease(canvas, LEFT, pos=middle + QPointF(30, 20).toPoint())
        drawn()
        area.grab()
    for button in (area.levels.auto, area.levels.mark, area.levels.lock):
        qtbot.mouseClick(button, LEFT)
        drawn()
    viewer.set_tiled(True)
    area.grab()
    drawn()
