"""The peer: a pyqtgraph PlotWidget; prints milliseconds a drawing, and MiB of samples.

Run with 'plain' for every point, or 'thinned' for its own thinning to peaks.
"""

from __future__ import annotations

import statistics
import sys
import time

import pyqtgraph
from plot_values import DRAWINGS, LINES, WINDOW, times, values
from PySide6.QtWidgets import QApplication


def main(how: str) -> None:
    """Set all curves again, as when a sample was added, and paint them."""
    qt = QApplication(sys.argv[:1])
    pyqtgraph.setConfigOptions(background="w", foreground="k", antialias=how == "thinned")
    widget = pyqtgraph.PlotWidget(axisItems={"bottom": pyqtgraph.DateAxisItem()})
    if how == "thinned":
        widget.setDownsampling(auto=True, mode="peak")
        widget.setClipToView(True)
    x = times()
    rows = [values(i) for i in range(LINES)]
    curves = [widget.plot(x, row, pen=pyqtgraph.mkPen(i, width=1)) for i, row in enumerate(rows)]
    widget.resize(*WINDOW)
    widget.show()
    for _ in range(10):
        qt.processEvents()
    took = []
    for _ in range(DRAWINGS):
        began = time.perf_counter()
        for curve, row in zip(curves, rows, strict=True):
            curve.setData(x, row)
        widget.viewport().repaint()
        took.append(1000 * (time.perf_counter() - began))
    print(statistics.median(took), LINES * 2 * x.nbytes / 2**20)


if __name__ == "__main__":
    main(sys.argv[1])
