"""The window's composition: makes every part, runs the loop, closes everything."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from contextlib import suppress

import qasync
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.program import Program, end_without_waiting
from ui.composition import Composition

_log = logging.getLogger(__name__)


class _FirstPaint(QObject):
    """Says once, in the log, that the window is drawn."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the first paint event go by."""
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, lambda: _log.info("Window drawn"))
        return False


def run_window(program: Program) -> int:
    """Open the window of a bench and run until it is closed.

    Args:
        program: The bench, not yet opened; it is closed here.

    Returns:
        The exit code: 0.
    """
    qt = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(qt, QApplication)
    qt.setApplicationName("labwright")
    qt.setApplicationDisplayName("Labwright")
    # The loop ends when closing is done, not when the last window is gone.
    qt.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(qt)
    asyncio.set_event_loop(loop)
    try:
        with loop:
            loop.run_until_complete(_live(qt, program))
    finally:
        asyncio.set_event_loop(None)
        program.close()
    if program.stuck:
        end_without_waiting()
    return 0


async def _live(qt: QApplication, program: Program) -> None:
    """Show the window, then open the bench and the server behind it; until it is closed."""
    composed = Composition(qt, program)
    window = composed.window
    closed = asyncio.Event()
    window.closed.connect(closed.set)
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows has none of these
        loop.add_signal_handler(signal.SIGTERM, composed.end)
        loop.add_signal_handler(signal.SIGINT, composed.end)
    first_paint = _FirstPaint(window)
    window.installEventFilter(first_paint)
    window.show()
    composed.start()
    try:
        await closed.wait()
    finally:
        await composed.close()
