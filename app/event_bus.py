"""The event bus: whatever happens on a bench, to everybody who listens.

Publishing never blocks: each subscriber has a mailbox of its own and is woken by a callback.
Property values, progress and stream changes of a subscriber that has fallen behind are conflated
to the newest, with a count of what was skipped; status changes are kept whatever happens.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
from collections import OrderedDict
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
        self._events: OrderedDict[Hashable, Event] = OrderedDict()
        self._newest: dict[Hashable, Hashable] = {}
        self._count = 0

    def put(self, event: Event) -> None:
        """Add an event; never waits."""
        with self._lock:
            was_empty = not self._events
            self._count += 1
            key = _conflation_key(event)
            skipped = 0
            if key is not None:
                if len(self._events) >= self._backlog and key in self._newest:
                    old = self._events.pop(self._newest[key])
                    skipped = 1 + (old.skipped if isinstance(old, PropertyChanged) else 0)
                self._newest[key] = self._count
            if skipped and isinstance(event, PropertyChanged):
                event = dataclasses.replace(event, skipped=skipped)
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
