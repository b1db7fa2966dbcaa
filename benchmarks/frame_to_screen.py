"""From a 2048 x 2048 16-bit frame in memory to the screen, with levels and histogram.

Every viewer gets the same frames one after another, in a process of its own and in a window of the
same size; frames a second are counted, the median of three rounds. A frame is on the screen

- in our viewer: when the canvas is painted with a rendering it was not painted with before. A
  thread pushes a frame every millisecond; what the window has no time for is skipped, not counted;
- in pyqtgraph's ImageView: when `repaint()`, which paints and flushes at once, has returned;
- in ndv's ArrayViewer (vispy): when after the push the canvas was painted and the window's buffers
  were swapped; see peers/ndv_viewer.py.

What differs: ours finds the levels of every frame anew and counts its histogram ten times a second.
The peers are given the levels and count a histogram of every frame, pyqtgraph of a sample of the
pixels. ndv draws by OpenGL, here by Mesa in software; its window opens without a histogram and is
therefore measured without one as well.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from processes import peer_python
from report import Report

HERE = Path(__file__).resolve().parent
WINDOWS = ((828, 464), (1600, 1000))
ROUNDS = 3
ENOUGH_S = 90.0

NDV = (
    "ndv==0.5.0",
    "vispy==0.17.0",
    "PyOpenGL==3.1.10",
    "PySide6-Essentials==6.11.3",  # 6.12.0 loses references to None
    "superqt==0.9.0",
    "pyconify==0.3.0",
    "numpy==2.4.6",
)
# Its icons would be fetched from the web; this way it does without them at once.
NDV_ENVIRONMENT = {"PYTHONPATH": str(HERE), "HTTPS_PROXY": "http://127.0.0.1:9"}


class Viewer(NamedTuple):
    """One that is measured.

    Attributes:
        name: In the report.
        command: What to run; the window's width and height are added.
        environment: In addition to our own.
    """

    name: str
    command: tuple[str, ...]
    environment: dict[str, str]


def measure(report: Report) -> None:
    """Measure ours beside pyqtgraph's and ndv's, all in turn."""
    print("Frame to screen")
    if not os.environ.get("DISPLAY"):
        report.miss("frame to screen", "there is no display; run it by `make bench`")
        return
    path = {"PYTHONPATH": str(HERE)}
    ours = Viewer("ours", (sys.executable, str(HERE / "our_viewer.py")), path)
    pyqtgraph = str(HERE / "peers" / "pyqtgraph_viewer.py")
    peers = [
        Viewer("pyqtgraph ImageView", (sys.executable, pyqtgraph), path),
        *_ndv(report),
    ]
    for width, height in WINDOWS:
        size = f"{width} x {height}"
        found = _in_turn(report, [ours, *peers], width, height)
        for peer in peers:
            if rounds := found.get(peer.name):
                rate = statistics.median(rate for rate, _ in rounds)
                row = report.add(f"peer: {peer.name}, frames to screen, {size}", rate, "/s")
                if rounds := found.get(ours.name):
                    rate = statistics.median(rate for rate, _ in rounds)
                    report.add(f"frames to screen, {size}", rate, "/s", row)
        if rounds := found.get(ours.name):
            report.add(
                f"lateness of a 10 ms timer meanwhile (p99), {size}",
                statistics.median(late_ms for _, late_ms in rounds),
                "ms",
            )


def _ndv(report: Report) -> list[Viewer]:
    """ndv with its histogram open and as it opens; nothing where it cannot be installed."""
    try:
        python = str(peer_python("ndv", *NDV))
    except RuntimeError as error:
        report.miss("frame to screen, ndv", str(error))
        return []
    script = str(HERE / "peers" / "ndv_viewer.py")
    return [
        Viewer("ndv, histogram open", (python, script, "histogram"), NDV_ENVIRONMENT),
        Viewer("ndv, no histogram", (python, script, "plain"), NDV_ENVIRONMENT),
    ]


def _in_turn(
    report: Report, viewers: list[Viewer], width: int, height: int
) -> dict[str, list[tuple[float, float]]]:
    """Each viewer once a round, so that what disturbs the machine disturbs them all.

    Returns:
        What `_run` gave in every round, by name; a viewer that failed is reported and left out.
    """
    found: dict[str, list[tuple[float, float]]] = {viewer.name: [] for viewer in viewers}
    for _ in range(ROUNDS):
        for viewer in [viewer for viewer in viewers if viewer.name in found]:
            try:
                found[viewer.name].append(_run(viewer, width, height))
            except RuntimeError as error:
                del found[viewer.name]
                report.miss(f"frame to screen, {viewer.name}, {width} x {height}", str(error))
    return found


def _run(viewer: Viewer, width: int, height: int) -> tuple[float, float]:
    """Frames a second, and the p99 lateness of a 10 ms timer in milliseconds where it is known.

    Raises:
        RuntimeError: It failed, or took too long.
    """
    try:
        done = subprocess.run(
            [*viewer.command, str(width), str(height)],
            capture_output=True,
            text=True,
            check=False,
            timeout=ENOUGH_S,
            env={**os.environ, **viewer.environment},
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"showed no frame, or did not end, in {ENOUGH_S:.0f} s") from error
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["nothing"]
        raise RuntimeError(f"ended with exit code {done.returncode}, saying: {said[-1]}")
    rate, *late_ms = map(float, done.stdout.split())
    return rate, late_ms[0] if late_ms else 0.0
