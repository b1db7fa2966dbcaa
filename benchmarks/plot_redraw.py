"""Drawing twelve hours of eight values, ten samples a second each, in one plot.

Ours keeps the samples in its rings and draws what is left of them; pyqtgraph is given all points,
as a program does that plots what it recorded. Both draw the same values into a window of the same
size, in a process of their own; a drawing is one `repaint()` with everything computed anew. The
median of the drawings counts, and of three rounds. pyqtgraph is measured as it comes, which does
not smooth lines, and with its thinning to peaks, clipping and smoothing switched on; ours smooths.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

from report import Report

HERE = Path(__file__).resolve().parent
ROUNDS = 3
ENOUGH_S = 300.0


def measure(report: Report) -> None:
    """Measure ours beside pyqtgraph's, in turn."""
    print("Redraw of a plot")
    if not os.environ.get("DISPLAY"):
        report.miss("redraw of a plot", "there is no display; run it by `make bench`")
        return
    peer = str(HERE / "peers" / "pyqtgraph_plot.py")
    programs = {
        "pyqtgraph, all points": [peer, "plain"],
        "pyqtgraph, thinned to peaks": [peer, "thinned"],
        "ours": [str(HERE / "our_plot.py")],
    }
    found: dict[str, list[list[float]]] = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, command in programs.items():
            found[name].append(_run(command))
    figures = {
        name: [statistics.median(each) for each in zip(*rounds, strict=True)]
        for name, rounds in found.items()
    }
    for name in ("pyqtgraph, all points", "pyqtgraph, thinned to peaks"):
        row = report.add(f"peer: {name}, redraw of 12 h x 8", figures[name][0], "ms")
        report.add("redraw of 12 h x 8 values at 10 Hz", figures["ours"][0], "ms", row, "lower")
    row = report.add(
        "peer: pyqtgraph, memory of 12 h x 8", figures["pyqtgraph, all points"][1], "MiB"
    )
    report.add("memory of 12 h x 8 values at 10 Hz", figures["ours"][1], "MiB", row, "lower")


def _run(command: list[str]) -> list[float]:
    """Milliseconds a drawing, and MiB of samples."""
    done = subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        check=True,
        timeout=ENOUGH_S,
        env={**os.environ, "PYTHONPATH": str(HERE)},
    )
    return [float(each) for each in done.stdout.split()]
