"""From other threads onto the server's loop, whether or not it still runs."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import Final

from app.event_bus import EventBus
from things.events import Event

EVERY_S: Final = 0.005
"""How often events are taken while they keep coming; a client hears of them that much later."""


def on_loop(call: Callable[[], object]) -> Callable[[], None]:
    """A function for any thread that has `call` run on this loop.

    Args:
        call: Runs on the loop; must not block.
    """
    loop = asyncio.get_running_loop()

    def from_any_thread() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody listens any more
            loop.call_soon_threadsafe(call)

    return from_any_thread


class PacedMailbox:
    """Takes events out of a mailbox on this loop: the first one at once, more of them in a rhythm.

    Waking the loop costs more than what is then taken, where ten thousand values a second come.

    Args:
        bus: Where the events come from.
        take_in: Called on the loop with the events, oldest first.
        every_s: How long is waited before the next are taken, in seconds.
    """

    def __init__(
        self, bus: EventBus, take_in: Callable[[list[Event]], None], every_s: float = EVERY_S
    ) -> None:
        self._take_in = take_in
        self._every_s = every_s
        self._loop = asyncio.get_running_loop()
        self._wake = on_loop(self._turn)
        self._gate = threading.Lock()
        self._awake = False
        self._mailbox = bus.subscribe(self._woken)

    def take_now(self) -> None:
        """Take what waits, before its time. On the loop."""
        if events := self._mailbox.take():
            self._take_in(events)

    def close(self) -> None:
        """Take nothing any more."""
        self._mailbox.close()

    def _woken(self) -> None:
        """Events wait. On the thread that published the first of them."""
        with self._gate:
            if self._awake:
                return
            self._awake = True
        self._wake()

    def _turn(self) -> None:
        events = self._mailbox.take()
        if not events:
            # Inside the gate: what comes after this look finds us asleep, and wakes us.
            with self._gate:
                events = self._mailbox.take()
                if not events:
                    self._awake = False
                    return
        self._loop.call_later(self._every_s, self._turn)
        self._take_in(events)
