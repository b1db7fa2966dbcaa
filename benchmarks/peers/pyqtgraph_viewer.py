"""The peer: pyqtgraph's ImageView; prints frames a second.

Run with the window's width and height in pixels.
"""

from __future__ import annotations

import sys
import time

import pyqtgraph
from frames import LEVELS, SECONDS, frames
from PySide6.QtWidgets import QApplication


def main(width: int, height: int) -> None:
    """Push one frame after another, each when the one before is painted."""
    qt = QApplication(sys.argv[:1])
    pyqtgraph.setConfigOptions(imageAxisOrder="row-major")
    given = frames()
    viewer = pyqtgraph.ImageView()
    viewer.setImage(given[0], autoLevels=False, levels=LEVELS)
    viewer.resize(width, height)
    viewer.show()
    for _ in range(20):
        qt.processEvents()
    shown = 0
    begin = time.perf_counter()
    while time.perf_counter() < begin + SECONDS:
        viewer.setImage(
            given[shown % len(given)],
            autoLevels=False,
            autoRange=False,
            autoHistogramRange=False,
            levels=LEVELS,
        )
        viewer.ui.graphicsView.viewport().repaint()
        qt.processEvents()
        shown += 1
    print(shown / (time.perf_counter() - begin))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
