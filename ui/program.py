"""The window's composition: makes every part, runs the loop, closes everything."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import qasync
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.errors import BenchInUseError
from app.garbage import collect_again, spare_what_stays
from app.program import end_without_waiting
from app.session import Session
from app.settings import Settings
from ui.composition import Composition
from ui.end_signals import ending_by_signals
from ui.theme import Theme

_log = logging.getLogger(__name__)

SETTLED_AFTER_MS = 5_000
"""By then server and database are imported too; a look through all of it would stop the window."""


DRAWN_WITHIN_MS = 500
"""A window that nobody sees may never be drawn; its bench is opened all the same."""


class _FirstPaint(QObject):
    """Says once, in the log, that the window is drawn, and begins what was to wait for that.

    Args:
        window: Not yet shown.
        begin: Called when it is drawn, or after a while where it is not.
    """

    def __init__(self, window: QWidget, begin: Callable[[], None]) -> None:
        super().__init__(window)
        self._begin: Callable[[], None] | None = begin
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.timeout.connect(self._go_on)
        self._patience.start(DRAWN_WITHIN_MS)
        window.installEventFilter(self)

    def give_up(self) -> None:
        """Begin nothing any more: the window is closed."""
        self._patience.stop()
        self._begin = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See the first paint event go by."""
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._drawn)
        return False

    def _drawn(self) -> None:
        _log.info("Window drawn")
        self._go_on()

    def _go_on(self) -> None:
        self._patience.stop()
        begin, self._begin = self._begin, None
        if begin is not None:
            collect_again()
            begin()
            QTimer.singleShot(SETTLED_AFTER_MS, spare_what_stays)


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

    _run(live, opened)
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

    _run(live, opened)
    return 0 if opened else 2


def _run(live: Callable[[QApplication], Coroutine[Any, Any, None]], opened: list[Session]) -> None:
    """Run a coroutine on the loop of a Qt application, and close what it opened.

    Where the display goes away - its server died, as at a log-off - Qt ends its loop under the
    coroutine. The benches are closed all the same; what is left of the window is dropped with the
    process, since nothing of Qt may be touched any more.

    Args:
        live: Run to its end.
        opened: What it has opened; filled meanwhile.
    """
    lost: asyncio.Future[None] | None = None  # held to the end: its clean-up would touch Qt
    try:
        lost = _run_on_qt(live)
    finally:
        if lost is not None:
            _log.error("The display is gone; the bench is being closed.")
        for session in opened:
            session.close()
    if lost is not None:
        end_without_waiting(1)
    if any(session.stuck for session in opened):
        end_without_waiting()


def _run_on_qt(
    live: Callable[[QApplication], Coroutine[Any, Any, None]],
) -> asyncio.Future[None] | None:
    """Run a coroutine on the loop of a Qt application.

    Returns:
        None; or the coroutine where the display went away under it.
    """
    qt = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(qt, QApplication)
    qt.setApplicationName("labwright")
    qt.setApplicationDisplayName("Labwright")
    # The loop ends when closing is done, not when the last window is gone.
    qt.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(qt)
    asyncio.set_event_loop(loop)
    window: asyncio.Future[None] = loop.create_task(live(qt))
    try:
        with loop:
            loop.run_until_complete(window)
    except RuntimeError:  # qasync's word for a loop that was ended by Qt
        if window.done():
            raise
        return window
    finally:
        asyncio.set_event_loop(None)
    return None


async def _attached(qt: QApplication, error: BenchInUseError, settings: Settings) -> Session | None:
    """Ask; returns the bench, connected, or None where the answer was no."""
    # Imported here: the client takes 0.1 s, and the window of a local bench does not need it.
    from app.client.session import RemoteSession
    from ui.attach_window import AttachWindow

    window = AttachWindow(Theme(qt), error, lambda: RemoteSession(error.url, settings))
    with ending_by_signals(window.close, lambda: end_without_waiting(1)):
        window.show()
        collect_again()
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
    # What opening imports would take the time in which the window could be drawn.
    first_paint = _FirstPaint(window, composed.start)
    with ending_by_signals(composed.end, composed.end_without_window):
        window.show()
        try:
            await closed.wait()
        finally:
            first_paint.give_up()
            await composed.close()
