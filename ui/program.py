"""The window's composition: makes every part, runs the loop, closes everything."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import qasync
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from app.errors import BenchInUseError
from app.program import end_without_waiting
from app.session import Session
from app.settings import Settings
from ui.attach_window import AttachWindow
from ui.composition import Composition
from ui.theme import Theme

_log = logging.getLogger(__name__)


class _FirstPaint(QObject):
    """Says once, in the log, that the window is drawn."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the first paint event go by."""
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, lambda: _log.info("Window drawn"))
        return False


def run_window(session: Session, *, welcome: bool = False) -> int:
    """Open the window of a bench and run until it is closed.

    Args:
        session: The bench, not yet opened; it is closed here.
        welcome: Whether to greet somebody who is here for the first time.

    Returns:
        The exit code: 0.
    """
    opened = [session]

    async def live(qt: QApplication) -> None:
        await _live_on(qt, opened, welcome=welcome)

    try:
        _run(live)
    finally:
        for each in opened:
            each.close()
    if any(each.stuck for each in opened):
        end_without_waiting()
    return 0


def run_attach(error: BenchInUseError, settings: Settings) -> int:
    """Say who has the bench, and open a window on it where that is wanted.

    Args:
        error: Who has it, and where it can be reached.
        settings: Where the window keeps its layout.

    Returns:
        The exit code: 0; 2 where nobody wanted to.
    """
    opened: list[Session] = []

    async def live(qt: QApplication) -> None:
        session = await _attached(qt, error, settings)
        if session is not None:
            opened.append(session)
            await _live_on(qt, opened)

    try:
        _run(live)
    finally:
        for session in opened:
            session.close()
    if any(each.stuck for each in opened):
        end_without_waiting()
    return 0 if opened else 2


def _run(live: Callable[[QApplication], Coroutine[Any, Any, None]]) -> None:
    """Run a coroutine on the loop of a Qt application."""
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
            loop.run_until_complete(live(qt))
    finally:
        asyncio.set_event_loop(None)


async def _attached(qt: QApplication, error: BenchInUseError, settings: Settings) -> Session | None:
    """Ask; returns the bench, connected, or None where the answer was no."""
    # Imported here: the client takes 0.1 s, and the window of a local bench does not need it.
    from app.client.session import RemoteSession

    window = AttachWindow(Theme(qt), error, lambda: RemoteSession(error.url, settings))
    with _signals(window.close):
        window.show()
        _log.info("Asking whether to attach")
        return await window.answer()


async def _live_on(qt: QApplication, opened: list[Session], *, welcome: bool = False) -> None:
    """Show the bench opened last, then each one the operator opens in its place.

    Args:
        qt: The Qt application.
        opened: Benches, not yet opened; each further one is added.
        welcome: Whether to greet.
    """
    before: Composition | None = None
    while True:
        composed = Composition(
            qt, opened[-1], theme=None if before is None else before.theme, welcome=welcome
        )
        if before is not None:
            _take_place_of(before, composed)
        await _live(composed)
        following = composed.benches.switch.next
        if following is None:
            composed.window.deleteLater()
            composed.deleteLater()
            return
        opened.append(following)
        before, welcome = composed, False


def _take_place_of(before: Composition, composed: Composition) -> None:
    """Show the new window where the one before was, and say what that one left behind."""
    composed.window.setGeometry(before.window.geometry())
    for what in before.session.stuck:
        composed.window.tell_left_behind(what)
    before.window.deleteLater()
    before.deleteLater()


async def _live(composed: Composition) -> None:
    """Show the window, then open the bench and the server behind it; until it is closed."""
    window = composed.window
    closed = asyncio.Event()
    window.closed.connect(closed.set)
    first_paint = _FirstPaint(window)
    window.installEventFilter(first_paint)
    with _signals(composed.end):
        window.show()
        composed.start()
        try:
            await closed.wait()
        finally:
            await composed.close()


@contextmanager
def _signals(end: Callable[[], object]) -> Iterator[None]:
    """While the body of the `with` runs, SIGTERM and SIGINT call `end`."""
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGINT)
    with suppress(NotImplementedError):  # Windows has none of these
        for number in numbers:
            loop.add_signal_handler(number, end)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            for number in numbers:
                loop.remove_signal_handler(number)
