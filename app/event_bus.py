"""The event bus: whatever happens on a bench, to everybody who listens.

Publishing never blocks: each subscriber has a mailbox of its own and is woken by a callback.
Property values, progress and stream changes of a subscriber that has fallen behind are conflated
to the newest, with a count of what was skipped; status changes are kept whatever happens.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections.abc import Callable, Hashable

from app.actions.events import InterlockChanged, InvocationProgressed
from things.events import Event, PropertyChanged, PropertyFailed, StreamChanged

_log = logging.getLogger(__name__)

BACKLOG = 1000
"""Events a subscriber may be behind before its values are conflated."""


def _conflation_key(event: Event) -> Hashable | None:
    """What a newer event may take the place of; None for what must never be dropped."""
    match event:
        case PropertyChanged() | PropertyFailed() | StreamChanged() | InterlockChanged():
            return (type(event), event.thing, event.name)
        case InvocationProgressed():
            return (InvocationProgressed, event.snapshot.id)
    return None


class Mailbox:
    """One subscriber's events.

    Args:
        wake: Called, in the publisher's thread, when the first event is put into an empty mailbox.
        closed: Called when the subscriber leaves.
        backlog: How many events may wait before values are conflated.
    """

    def __init__(
        self, wake: Callable[[], None], closed: Callable[[Mailbox], None], backlog: int = BACKLOG
    ) -> None:
        self._wake = wake
        self._closed = closed
        self._backlog = backlog
        self._lock = threading.Lock()
        self._events: dict[int, Event] = {}
        # Where the newest event of each key is; known only once the backlog is reached, since a
        # bench of a thousand values publishes ten thousand times a second.
        self._newest: dict[Hashable, int] = {}
        self._count = 0

    def put(self, event: Event) -> None:
        """Add an event; never waits."""
        with self._lock:
            was_empty = not self._events
            self._count += 1
            if len(self._events) >= self._backlog:
                event = self._in_place_of_an_older(event)
            self._events[self._count] = event
        if was_empty:
            self._wake()

    def take(self) -> list[Event]:
        """All events waiting, oldest first; never blocks."""
        with self._lock:
            taken = list(self._events.values())
            self._events.clear()
            self._newest.clear()
        return taken

    def close(self) -> None:
        """No more events."""
        self._closed(self)

    def _in_place_of_an_older(self, event: Event) -> Event:
        """Take away what this one makes worthless; the event, with the count of what is skipped."""
        key = _conflation_key(event)
        if key is None:
            return event
        if not self._newest:
            self._newest = {
                known: number
                for number, waiting in self._events.items()
                if (known := _conflation_key(waiting)) is not None
            }
        number = self._newest.get(key)
        self._newest[key] = self._count
        if number is None:
            return event
        old = self._events.pop(number)
        if not (isinstance(event, PropertyChanged) and isinstance(old, PropertyChanged)):
            return event
        return dataclasses.replace(event, skipped=old.skipped + 1)


class EventBus:
    """Fans events out to mailboxes. Publish from any thread; all listeners see one order."""

    def __init__(self) -> None:
        self._mailboxes: tuple[Mailbox, ...] = ()
        self._lock = threading.Lock()
        # Else two threads that publish at once could fill two mailboxes in different orders.
        # A listener that is woken may publish in turn, though none of ours does.
        self._publishing = threading.RLock()

    def publish(self, event: Event) -> None:
        """Put the event into every mailbox; one that fails never stops the others."""
        with self._publishing:
            for mailbox in self._mailboxes:
                try:
                    mailbox.put(event)
                except Exception:
                    _log.exception("A listener could not be woken; the others go on.")

    def subscribe(self, wake: Callable[[], None], *, backlog: int = BACKLOG) -> Mailbox:
        """A mailbox for a new listener.

        Args:
            wake: Called in the publisher's thread when events wait; must not block.
            backlog: How many events may wait before values are conflated.
        """
        mailbox = Mailbox(wake, self._remove, backlog)
        with self._lock:
            self._mailboxes = (*self._mailboxes, mailbox)
        return mailbox

    def _remove(self, mailbox: Mailbox) -> None:
        with self._lock:
            self._mailboxes = tuple(other for other in self._mailboxes if other is not mailbox)
