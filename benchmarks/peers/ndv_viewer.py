"""The peer: ndv's ArrayViewer with its vispy canvas; prints frames a second.

    python ndv_viewer.py {plain,histogram} WIDTH HEIGHT

Everything that the public ways allow is set in its favour: it is told that the camera has 12 bits
(its histogram is then 16 times shorter), it fetches frames without a copy and without a thread
between, and its swaps wait for no vertical sync.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from typing import Any, TypeGuard

os.environ |= {"NDV_GUI_FRONTEND": "qt", "NDV_CANVAS_BACKEND": "vispy", "NDV_SYNCHRONOUS": "1"}

import ndv
import numpy as np
from frames import BITS, LEVELS, SECONDS, frames
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtGui import QSurfaceFormat
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from typing_extensions import override

SETTLE_MS = 1000


class Camera(ndv.DataWrapper[NDArray[np.uint16]]):
    """Hands over the newest frame."""

    def __init__(self, frame: NDArray[np.uint16]) -> None:
        super().__init__(frame)
        self.frame = frame

    @classmethod
    @override
    def supports(cls, obj: Any) -> TypeGuard[NDArray[np.uint16]]:
        return False

    @property
    @override
    def significant_bits(self) -> int:
        return BITS

    @override
    def isel(self, index: Mapping[int, int | slice]) -> NDArray[np.uint16]:
        return self.frame


class Screen(QObject):
    """Whether what was pushed last is on the screen.

    The picture's widget was painted after the push, and after that the buffers of the window were
    swapped: with Mesa's software rendering the pixels are with the X server then.
    """

    def __init__(self, picture: QOpenGLWidget) -> None:
        super().__init__()
        self.shown = False
        self._painted = False
        picture.installEventFilter(self)
        picture.frameSwapped.connect(self._swapped)

    def expect(self) -> None:
        """Something new was pushed."""
        self.shown = self._painted = False

    @override
    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self._painted |= event.type() == QEvent.Type.Paint
        return False

    def _swapped(self) -> None:
        self.shown = self._painted


def main(histogram: bool, width: int, height: int) -> None:
    """Push one frame after another, each when the one before is on the screen."""
    surface = QSurfaceFormat.defaultFormat()
    surface.setSwapInterval(0)
    QSurfaceFormat.setDefaultFormat(surface)
    qt = QApplication(sys.argv[:1])
    given = frames()
    camera = Camera(given[0])
    viewer = ndv.ArrayViewer(camera, default_lut={"clims": LEVELS})
    window: QWidget = viewer.widget()
    window.resize(width, height)
    viewer.show()
    settle()
    (picture,) = window.findChildren(QOpenGLWidget)
    if histogram:
        (button,) = (
            button
            for button in window.findChildren(QPushButton)
            if button.toolTip() == "Toggle shared histogram"
        )
        button.click()
        settle()
    screen = Screen(picture)
    shown = 0
    begin = time.perf_counter()
    while time.perf_counter() < begin + SECONDS:
        camera.frame = given[shown % len(given)]
        screen.expect()
        camera.data_changed.emit()
        while not screen.shown:
            qt.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        shown += 1
    print(shown / (time.perf_counter() - begin))


def settle() -> None:
    """Let a window that was just opened or changed come to rest."""
    loop = QEventLoop()
    QTimer.singleShot(SETTLE_MS, loop.quit)
    loop.exec()


if __name__ == "__main__":
    main(sys.argv[1] == "histogram", int(sys.argv[2]), int(sys.argv[3]))
