"""Our plot; prints milliseconds a drawing, and MiB of samples."""

from __future__ import annotations

import statistics
import sys
import time

from plot_values import BEGUN_S, DRAWINGS, HOURS, LINES, WINDOW, times, values
from PySide6.QtWidgets import QApplication

from ui.models.numbers import PLAIN
from ui.plots.canvas import PlotCanvas
from ui.plots.plot_model import PlotModel
from ui.plots.plottable import SeriesKey
from ui.plots.time_window import ALL
from ui.theme import Scheme, Theme

DESCRIPTION = {
    "properties": {
        f"p{i}": {"type": "number", "unit": "V", "readOnly": True, "lw:poll": 0.1}
        for i in range(LINES)
    }
}


def main() -> None:
    """Fill the rings a sample at a time, then draw all of it again and again."""
    qt = QApplication(sys.argv[:1])
    model = PlotModel(lambda _thing: ("Rig", DESCRIPTION), lambda: BEGUN_S + HOURS * 3600)
    at_s = times().tolist()
    for i in range(LINES):
        series = model.add(SeriesKey("rig", f"p{i}"))
        assert series is not None
        for each_s, value in zip(at_s, values(i).tolist(), strict=True):
            series.take(each_s, value)
    canvas = PlotCanvas(Theme(qt, Scheme.LIGHT), model, PLAIN)
    canvas.resize(*WINDOW)
    canvas.follow(ALL)
    canvas.show()
    qt.processEvents()
    took = []
    for _ in range(DRAWINGS):
        began = time.perf_counter()
        canvas.draw_now()
        canvas.repaint()
        took.append(1000 * (time.perf_counter() - began))
    print(statistics.median(took), sum(each.nbytes for each in model.series) / 2**20)


if __name__ == "__main__":
    main()
