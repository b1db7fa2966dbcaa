"""Notices when the Qt thread stalls, and writes down what it was doing."""

from __future__ import annotations

import gc
import logging
import operator
import sys
import threading
import time
from collections import deque
from dataclasses import replace
from datetime import datetime
from operator import attrgetter, itemgetter
from queue import Empty, SimpleQueue
from types import CodeType
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

from ui.beat import BeatRecord, Stall

BEAT_MS: Final = 50
"""How often the Qt thread says that it is alive."""

STALL_S: Final = 0.15
"""Silent for this long, it is stalled: the beat is late by 100 ms, which an operator feels."""

LOOKS_A_STALL: Final = 3
"""How often the watching thread looks in that time, so that it has seen what a short one did."""

KEPT: Final = 200
"""So many stalls are remembered."""

FRAMES: Final = 4
"""So many frames are named, innermost first."""

_logger = logging.getLogger(__name__)


class StallWatch(QObject):
    """A thread that looks at the Qt thread's heartbeat and logs each stall once.

    Make it on the Qt thread. The log names the innermost frames that ran when the stall was
    seen, and how long it lasted once it is over. One that was over before the watching thread
    could call it a stall is told by the beat itself, which comes too late.

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
        # From the Qt thread: the beat before a stall that is over, and how long it lasted.
        self._over: SimpleQueue[tuple[float, float]] = SimpleQueue()
        # On the watching thread: the beat before what was seen last, and before what was told.
        self._seen: tuple[float, str] | None = None
        self._told: float | None = None
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
        now_s, before_s = time.monotonic(), self._beat_s
        silent_s = now_s - before_s
        self._beat_s = now_s
        self.record.add(1000 * silent_s - BEAT_MS, now_s)
        if silent_s > self._stall_s:
            self._over.put((before_s, silent_s))

    def _watch(self) -> None:
        while not self._end.wait(self._stall_s / LOOKS_A_STALL):
            self._take_over()
            self._look()

    def _take_over(self) -> None:
        """Write down what the Qt thread says is over."""
        while True:
            try:
                beat_s, took_s = self._over.get_nowait()
            except Empty:
                return
            self._tell(beat_s)
            self.kept[-1] = replace(self.kept[-1], took_s=took_s)
            _logger.warning("The window stalled for %.2f s", took_s)

    def _look(self) -> None:
        beat_s = self._beat_s
        silent_s = time.monotonic() - beat_s
        # The look before the one that would call it a stall may be the last one.
        if silent_s > self._stall_s * (LOOKS_A_STALL - 1) / LOOKS_A_STALL:
            self._seen = (beat_s, self._where())
        if silent_s > self._stall_s:
            self._tell(beat_s)

    def _tell(self, beat_s: float) -> None:
        """Write a stall down, once, named by the beat before it."""
        if self._told == beat_s:
            return
        self._told = beat_s
        seen = self._seen
        # Code in C that holds the interpreter lets no other thread look.
        where = seen[1] if seen is not None and seen[0] == beat_s else "code that was not seen"
        self.kept.append(Stall(datetime.now(), where))
        self.stalls += 1
        _logger.warning("The window stalls in %s", where)

    def _where(self) -> str:
        """The innermost frames of the Qt thread, on one line, innermost first."""
        named = [
            f"{code.co_name} ({code.co_filename}:{line})" for code, line in frames_of(self._watched)
        ]
        return " < ".join(named) or "a thread that is gone"


def frames_of(thread: int) -> list[tuple[CodeType, int]]:
    """What a thread runs: code and line of its innermost frames, innermost first.

    A frame that is looked at keeps the variables of its function alive until it is let go, though
    the function has returned: a painter would end late and in this thread, which crashes Qt. So all
    of it is one call into C, within which Python changes to no other thread.

    Args:
        thread: Its id.
    """
    collects = gc.isenabled()
    gc.disable()  # else freeing something could run Python code in the midst
    try:
        for count in range(FRAMES, 0, -1):
            frames = map(itemgetter(thread), map(operator.call, [sys._current_frames]))
            try:
                (found,) = list(map(_LOOKS[count], frames))
            except AttributeError:  # not so many frames
                continue
            except KeyError:  # the thread is gone
                break
            return list(zip(found[::2], found[1::2], strict=True))
    finally:
        if collects:
            gc.enable()
    return []


_LOOKS: Final = {
    count: attrgetter(
        *(f"{'f_back.' * back}{what}" for back in range(count) for what in ("f_code", "f_lineno"))
    )
    for count in range(1, FRAMES + 1)
}
"""Takes code and line out of so many frames."""
