"""Our viewer with a live stream; prints frames a second and the lateness of a timer meanwhile.

Run with the window's width and height in pixels.
"""

from __future__ import annotations

import sys
import threading
import time
from types import SimpleNamespace
from typing import Any, cast

from frames import BITS, SECONDS, frames
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from things.streams import FrameStream
from ui.tasks import Tasks
from ui.theme import Scheme, Theme
from ui.viewer.image_viewer import ImageViewer

SETTLE_MS = 1500


def main(width: int, height: int) -> None:
    """Push a frame every millisecond from a thread, and count what the canvas paints."""
    given = frames()
    sys.setswitchinterval(0.0005)  # as the program does
    qt = QApplication(sys.argv[:1])
    viewer = ImageViewer(Theme(qt, Scheme.DARK), Tasks(lambda _what, _error: None))
    viewer.resize(width, height)
    stream = FrameStream()
    camera = SimpleNamespace(name="camera", open_stream=lambda _name, wake: stream.open(wake))
    painted = 0
    on_screen: QImage | None = None
    late: list[float] = []
    began = last = time.perf_counter()

    class Counter(QObject):
        @override
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            nonlocal painted, on_screen
            image = viewer.area.canvas.image
            if event.type() == QEvent.Type.Paint and image is not on_screen:
                painted += 1
                on_screen = image
            return False

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        late.append((now - last - 0.010) * 1000)
        last = now

    stop = threading.Event()

    def push() -> None:
        number = 0
        while not stop.wait(0.001):
            stream.push(given[number % len(given)], full_scale=2**BITS - 1)
            number += 1

    def begin() -> None:
        nonlocal painted, last, began
        began = last = time.perf_counter()
        painted = 0
        late.clear()
        QTimer.singleShot(round(SECONDS * 1000), end)

    def end() -> None:
        lateness = sorted(late)[int(len(late) * 0.99)]
        print(painted / (time.perf_counter() - began), lateness)
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
    QTimer.singleShot(SETTLE_MS, begin)
    qt.exec()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
