"""The one crossing from worker threads into the Qt thread."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.handles import Subscription
from things.events import Event, PropertyChanged

E = TypeVar("E", bound=Event)

SLICE_S: Final = 0.005
"""How long events may keep the Qt thread at a stretch."""

RHYTHM_MS: Final = 15
"""While events keep coming they are taken this often: about once for each picture of the screen."""

_logger = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Receiver:
    call: Callable[[Any], None]
    left: bool = False


class Bridge(QObject):
    """Brings the events of a bench to receivers on the Qt thread.

    However many events arrive from however many threads, one queued signal is on its way at a
    time. Events are handed out in their order, for at most `SLICE_S` at a stretch; between two
    stretches the window paints and answers the mouse. The subscription is asked for more only
    when everything taken was handed out, so a window that cannot follow leaves the events where
    property values are conflated.

    The first event after a silence is handed out at once, those that follow in a rhythm: a bench
    of a thousand values would else wake the Qt thread for every few of them.

    Attributes:
        brought: How many events were handed out.
        skipped: How many values were left out for newer ones, because the window fell behind.
    """

    _woken = Signal()

    @property
    def backlog(self) -> int:
        """How many events were taken and are not handed out yet."""
        return len(self._waiting)

    def __init__(
        self,
        subscribe: Callable[[Callable[[], None]], Subscription],
        parent: QObject | None = None,
    ) -> None:
        """Subscribe at once.

        Args:
            subscribe: `BenchHandle.subscribe`.
            parent: The Qt owner.
        """
        super().__init__(parent)
        self._receivers: dict[tuple[type[Event], str], list[_Receiver]] = {}
        # Who gets an event of a type and a Thing; found once and forgotten when somebody comes.
        self._concerned: dict[tuple[type[Event], str], tuple[_Receiver, ...]] = {}
        self._waiting: deque[Event] = deque()
        self.brought = 0
        self.skipped = 0
        self._gate = threading.Lock()
        self._signalled = False
        self._closed = False
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.timeout.connect(self._drain)
        self._woken.connect(self._drain, Qt.ConnectionType.QueuedConnection)
        self._subscription = subscribe(self.wake)

    def wake(self) -> None:
        """Events are waiting. Called from any thread; never blocks."""
        with self._gate:
            if self._signalled or self._closed:
                return
            self._signalled = True
            # Inside the gate, so that `close` cannot come between and delete this object.
            self._woken.emit()

    def on(
        self,
        event_type: type[E],
        receive: Callable[[E], None],
        *,
        thing: str = "",
        owner: QObject | None = None,
    ) -> Callable[[], None]:
        """Call `receive` on the Qt thread for each event of a type.

        Args:
            event_type: That type and the types derived from it.
            receive: Must return within 10 ms; an exception is logged and stops nobody else.
            thing: Only events of this Thing; '' for all. Ask for one Thing where one is meant:
                a bench of a hundred Things brings thousands of values a second.
            owner: When it is destroyed, the receiver goes too.

        Returns:
            Call it to receive no more.
        """
        receiver = _Receiver(receive)
        key = (event_type, thing)
        self._receivers.setdefault(key, []).append(receiver)
        self._concerned.clear()

        def leave() -> None:
            receiver.left = True
            self._concerned.clear()
            left = [other for other in self._receivers.get(key, []) if other is not receiver]
            if left:
                self._receivers[key] = left
            else:
                self._receivers.pop(key, None)

        if owner is not None:
            owner.destroyed.connect(leave)
        return leave

    def close(self) -> None:
        """Receive nothing any more; what still waits is dropped."""
        with self._gate:
            self._closed = True
        self._again.stop()
        self._subscription.close()
        self._waiting.clear()
        self._receivers.clear()
        self._concerned.clear()

    def _drain(self) -> None:
        deadline = time.perf_counter() + SLICE_S
        if not self._waiting:
            self._waiting.extend(self._subscription.take())
            if not self._waiting and not self._closed:
                # Before taking: an event that comes after `take` must be able to wake us.
                with self._gate:
                    self._signalled = False
                self._waiting.extend(self._subscription.take())
                if not self._waiting:
                    return
        while self._waiting:
            self._hand_out(self._waiting.popleft())
            if time.perf_counter() >= deadline:
                break
        if not self._closed:
            # A timer, no queued signal: Qt handles signals queued meanwhile before it paints.
            self._again.start(0 if self._waiting else RHYTHM_MS)

    def _hand_out(self, event: Event) -> None:
        self.brought += 1
        kind = type(event)
        if isinstance(event, PropertyChanged):
            self.skipped += event.skipped
        concerned = self._concerned.get((kind, event.thing))
        if concerned is None:
            concerned = self._find_concerned(kind, event.thing)
        for receiver in concerned:
            if receiver.left:
                continue
            try:
                receiver.call(event)
            except Exception:
                _logger.exception("A receiver of %s failed", kind.__name__)

    def _find_concerned(self, kind: type[Event], thing: str) -> tuple[_Receiver, ...]:
        found = tuple(
            receiver
            for event_type in kind.__mro__
            for about in ("", thing)[: 2 if thing else 1]  # of the whole bench: told once
            for receiver in self._receivers.get((event_type, about), ())
        )
        self._concerned[kind, thing] = found
        return found
