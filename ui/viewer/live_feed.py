"""Frames of a live stream, brought into the Qt thread one at a time, the newest only."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

from app.handles import FrameSource, Picture, ThingHandle

RATE_OVER_S: Final = 2.0
"""Frames a second are counted over this long."""


class LiveFeed(QObject):
    """Reads one stream.

    However many frames arrive, one queued signal is on its way at a time, and a frame is taken
    only when asked for: whoever draws slowly skips frames and never lags.

    Attributes:
        waiting: A frame is waiting to be taken.
        skipped: How many frames passed unseen since this feed was opened.
    """

    waiting = Signal()
    _woken = Signal()

    def __init__(self, handle: ThingHandle, stream: str, parent: QObject | None = None) -> None:
        """Open the stream.

        Raises:
            ThingError: There is no such stream, or its Thing is not available.
        """
        super().__init__(parent)
        self._gate = threading.Lock()
        self._signalled = False
        self._closed = False
        self._drawn: deque[float] = deque()
        self._last_s = time.monotonic()
        self._woken.connect(self._wake_here, Qt.ConnectionType.QueuedConnection)
        self._source: FrameSource = handle.open_stream(stream, self._wake)

    @property
    def skipped(self) -> int:
        """How many frames passed unseen."""
        return self._source.skipped

    @property
    def frames_per_s(self) -> float:
        """How many frames were taken a second, over the last two seconds."""
        now = time.monotonic()
        while self._drawn and self._drawn[0] < now - RATE_OVER_S:
            self._drawn.popleft()
        if len(self._drawn) < 2:
            return 0.0
        return (len(self._drawn) - 1) / max(now - self._drawn[0], 1e-3)

    @property
    def silent_s(self) -> float:
        """How long ago the last frame was taken, or the stream opened."""
        return time.monotonic() - self._last_s

    def take(self) -> Picture | None:
        """The newest frame since the last call, or None."""
        frame = self._source.newest()
        if frame is None:
            return None
        self._last_s = time.monotonic()
        self._drawn.append(self._last_s)
        return Picture(frame.array, frame.pixel_size_um, frame.full_scale)

    def close(self) -> None:
        """Stop reading; the source rests when nobody reads."""
        with self._gate:
            self._closed = True
        self._source.close()

    def _wake(self) -> None:
        """On any thread."""
        with self._gate:
            if self._signalled or self._closed:
                return
            self._signalled = True
            # Inside the gate, so that `close` cannot come between and delete this object.
            self._woken.emit()

    def _wake_here(self) -> None:
        with self._gate:
            self._signalled = False
            if self._closed:
                return
        self.waiting.emit()
