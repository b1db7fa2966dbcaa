"""Notices when the Qt thread stalls, and writes down what it was doing."""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from collections import deque
from dataclasses import replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

from ui.beat import BeatRecord, Stall

BEAT_MS: Final = 50
"""How often the Qt thread says that it is alive."""

STALL_S: Final = 0.15
"""Silent for this long, it is stalled: the beat is late by 100 ms, which an operator feels."""

KEPT: Final = 200
"""So many stalls are remembered."""

_logger = logging.getLogger(__name__)


class StallWatch(QObject):
    """A thread that looks at the Qt thread's heartbeat and logs each stall once.

    Make it on the Qt thread. The log names the innermost frames that ran when the stall was
    noticed, and how long it lasted once it is over.

    Attributes:
        stalls: How many there have been.
        kept: The newest of them, oldest first.
        record: How late each beat was, in the last minutes.
    """

    def __init__(self, stall_s: float = STALL_S, parent: QObject | None = None) -> None:
        """Begin to watch.

        Args:
            stall_s: Silence that counts as a stall, in seconds.
            parent: The Qt owner.
        """
        super().__init__(parent)
        self.stalls = 0
        self.kept: deque[Stall] = deque(maxlen=KEPT)
        self.record = BeatRecord()
        self._stall_s = stall_s
        self._watched = threading.get_ident()
        self._beat_s = time.monotonic()
        self._end = threading.Event()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        self._thread = threading.Thread(target=self._watch, name="stall-watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Watch no more."""
        self._timer.stop()
        self._end.set()
        self._thread.join()

    def _beat(self) -> None:
        now_s = time.monotonic()
        self.record.add(1000 * (now_s - self._beat_s) - BEAT_MS, now_s)
        self._beat_s = now_s

    def _watch(self) -> None:
        stalled_at: float | None = None
        while not self._end.wait(self._stall_s / 2):
            beat = self._beat_s
            if stalled_at is not None and beat > stalled_at:
                _logger.warning("The window stalled for %.2f s", beat - stalled_at)
                self.kept[-1] = replace(self.kept[-1], took_s=beat - stalled_at)
                stalled_at = None
            if stalled_at is None and time.monotonic() - beat > self._stall_s:
                stalled_at = beat
                where = self._where()
                self.kept.append(Stall(datetime.now(), where))
                self.stalls += 1
                _logger.warning("The window stalls in %s", where)

    def _where(self) -> str:
        """The innermost frames of the Qt thread, on one line, innermost first."""
        frame = sys._current_frames().get(self._watched)
        if frame is None:
            return "a thread that is gone"
        frames = traceback.extract_stack(frame, limit=64)[-4:]
        return " < ".join(
            f"{each.name} ({each.filename}:{each.lineno})" for each in reversed(frames)
        )
