"""From a 2048 x 2048 16-bit frame in memory to the screen, with levels and histogram.

Each viewer gets frames as fast as it takes them; a frame counts when its window was painted.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from report import Report

SECONDS = 4.0
WINDOWS = ((828, 464), (1600, 1000))


def measure(report: Report) -> None:
    """Measure ours and pyqtgraph's, each in a process of its own."""
    print("Frame to screen")
    if not os.environ.get("DISPLAY"):
        report.miss("frame to screen", "there is no display; run it by `make bench`")
        return
    report.miss("frame to screen, ndv", "not set up as a peer yet")
    for width, height in WINDOWS:
        size = f"{width} x {height}"
        peer = report.add(
            f"frames to screen, pyqtgraph ImageView, {size}",
            _in_process("pyqtgraph", width, height)[0],
            "/s",
        )
        rate, late_ms = _in_process("ours", width, height)
        report.add(f"frames to screen, {size}", rate, "/s", peer)
        report.add(f"lateness of a 10 ms timer meanwhile (p99), {size}", late_ms, "ms")


def _in_process(which: str, width: int, height: int) -> tuple[float, float]:
    """Frames a second, and the p99 lateness of a 10 ms timer in milliseconds."""
    done = subprocess.run(
        [sys.executable, __file__, which, str(width), str(height)],
        capture_output=True,
        text=True,
        check=True,
    )
    rate, late_ms = done.stdout.split()[-2:]
    return float(rate), float(late_ms)


def _ours(width: int, height: int) -> None:
    from types import SimpleNamespace
    from typing import Any, cast

    from PySide6.QtCore import QEvent, QObject, Qt, QTimer
    from PySide6.QtWidgets import QApplication
    from typing_extensions import override

    from things.streams import FrameStream
    from ui.tasks import Tasks
    from ui.theme import Scheme, Theme
    from ui.viewer.image_viewer import ImageViewer

    sys.setswitchinterval(0.0005)  # as the program does
    qt = QApplication(sys.argv[:1])
    viewer = ImageViewer(Theme(qt, Scheme.DARK), Tasks(lambda _what, _error: None))
    viewer.resize(width, height)
    stream = FrameStream()
    camera = SimpleNamespace(name="camera", open_stream=lambda _name, wake: stream.open(wake))
    painted = 0
    late: list[float] = []
    last = time.perf_counter()

    class Counter(QObject):
        @override
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            nonlocal painted
            painted += event.type() == QEvent.Type.Paint
            return False

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        late.append((now - last - 0.010) * 1000)
        last = now

    stop = threading.Event()

    def push() -> None:
        frames = _frames()
        number = 0
        while not stop.wait(0.001):
            stream.push(frames[number % len(frames)], full_scale=4095)
            number += 1

    def begin() -> None:
        nonlocal painted, last
        painted, last = 0, time.perf_counter()
        late.clear()
        QTimer.singleShot(round(SECONDS * 1000), end)

    def end() -> None:
        lateness = sorted(late)[int(len(late) * 0.99)]
        print(painted / SECONDS, lateness)
        stop.set()
        pusher.join()
        viewer.close_viewer()
        qt.quit()

    counter = Counter()
    viewer.area.canvas.installEventFilter(counter)
    viewer.show()
    viewer.open_live("live", "Camera, live", cast(Any, camera), "live")
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(10)
    pusher = threading.Thread(target=push)
    pusher.start()
    QTimer.singleShot(1500, begin)
    qt.exec()


def _pyqtgraph(width: int, height: int) -> None:
    import pyqtgraph
    from PySide6.QtWidgets import QApplication

    qt = QApplication(sys.argv[:1])
    pyqtgraph.setConfigOptions(imageAxisOrder="row-major")
    frames = _frames()
    viewer = pyqtgraph.ImageView()
    viewer.setImage(frames[0], autoLevels=False, levels=(0, 4000))
    viewer.resize(width, height)
    viewer.show()
    for _ in range(20):
        qt.processEvents()
    begin = time.perf_counter()
    shown = 0
    while time.perf_counter() < begin + SECONDS:
        viewer.setImage(
            frames[shown % len(frames)],
            autoLevels=False,
            autoRange=False,
            autoHistogramRange=False,
            levels=(0, 4000),
        )
        viewer.ui.graphicsView.viewport().repaint()
        qt.processEvents()
        shown += 1
    print(shown / SECONDS, 0.0)


def _frames() -> list[NDArray[np.uint16]]:

    random = np.random.default_rng(0)
    return [random.integers(0, 4000, (2048, 2048), dtype=np.uint16) for _ in range(6)]


VIEWERS: dict[str, Callable[[int, int], None]] = {"ours": _ours, "pyqtgraph": _pyqtgraph}

if __name__ == "__main__":
    VIEWERS[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]))
