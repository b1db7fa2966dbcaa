"""Everything that happens, numbered and kept for a while, for whoever listens over the network.

Lives on the server's loop. Events come over from the bus; each becomes an `Entry` whose text is
written once, when the first listener wants it.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.actions.events import InvocationChanged
from app.event_bus import EventBus
from app.server.waking import PacedMailbox
from app.wire import event_json
from things.events import Event, EventEmitted, PropertyChanged

KEPT_ENTRIES = 2000
KEPT_VALUES = 500_000
"""How many numbers or characters all kept events may hold together."""

ANY_THING = ""

_ID = re.compile(r"([0-9a-f]{8})-([0-9]{1,15})", re.ASCII)


@dataclass(slots=True)
class Entry:
    """One event with its number.

    Attributes:
        seq: Counts all events since the server began, from 1.
        event: What happened.
        prefix: Path below which the bench is served.
        size: How many numbers or characters it holds, roughly.
    """

    seq: int
    event: Event
    prefix: str
    size: int
    _text: bytes | None = None

    def text(self, boot: str) -> bytes:
        """The event as server-sent text."""
        if self._text is None:
            name, data = event_json(self.event, prefix=self.prefix)
            self._text = b"id: %s-%d\nevent: %s\ndata: %s\n\n" % (
                boot.encode(),
                self.seq,
                name.encode(),
                data,
            )
        return self._text


class EventFeed:
    """The events of a bench, numbered.

    Args:
        bus: Where they come from.
        prefix: Path below which the bench is served.
    """

    def __init__(self, bus: EventBus, prefix: str = "") -> None:
        self._prefix = prefix
        self.boot = uuid.uuid4().hex[:8]
        self.seq = 0
        self._bus = bus
        self._mailbox: PacedMailbox | None = None
        self._kept: deque[Entry] = deque()
        self._size = 0
        self._listeners: dict[str, set[Listener]] = {}

    def open(self) -> None:
        """Begin to listen to the bus. On the loop."""
        self._mailbox = PacedMailbox(self._bus, self._take_in)

    def close(self) -> None:
        """Listen no more."""
        if self._mailbox is not None:
            self._mailbox.close()

    def subscribe(self, listener: Listener) -> None:
        """Offer every entry of its Thing to `listener` from now on. On the loop."""
        if self._mailbox is not None:
            self._mailbox.take_now()  # what has happened already is not news
        self._listeners.setdefault(listener.thing, set()).add(listener)

    def unsubscribe(self, listener: Listener) -> None:
        """Offer it nothing more."""
        listeners = self._listeners.get(listener.thing, set())
        listeners.discard(listener)
        if not listeners:
            self._listeners.pop(listener.thing, None)

    def id_of(self, seq: int) -> str:
        """The id under which an event went out."""
        return f"{self.boot}-{seq}"

    def after(self, last_id: str) -> Iterator[Entry] | None:
        """What happened since an event a client had got.

        Args:
            last_id: Its id, as the client sends it back.

        Returns:
            None where that is not known any more: the client has to look at everything anew.
        """
        match = _ID.fullmatch(last_id)
        if match is None or match[1] != self.boot:
            return None
        seq = int(match[2])
        oldest = self._kept[0].seq if self._kept else self.seq + 1
        if seq > self.seq or seq + 1 < oldest:
            return None
        return iter([entry for entry in self._kept if entry.seq > seq])

    def _take_in(self, events: list[Event]) -> None:
        everywhere = self._listeners.get(ANY_THING, ())
        for event in events:
            self.seq += 1
            entry = Entry(self.seq, event, self._prefix, _size(event))
            self._kept.append(entry)
            self._size += entry.size
            for listener in everywhere:
                listener.offer(entry)
            if event.thing != ANY_THING:  # of the whole bench: no Thing's, told once
                for listener in self._listeners.get(event.thing, ()):
                    listener.offer(entry)
        while len(self._kept) > KEPT_ENTRIES or (self._size > KEPT_VALUES and len(self._kept) > 1):
            self._size -= self._kept.popleft().size


class Listener:
    """What one client has not got yet. A client that has fallen behind gets fewer values.

    Args:
        thing: Of which Thing; of all by default.
        limit: How many entries may wait. Beyond it, the value of a property takes the place of
            an older value of the same property; everything else is kept, up to ten times that.

    Attributes:
        fresh: Set while something waits.
        lost: Whether something had to be dropped that must not be: the client has to start anew.
    """

    def __init__(self, thing: str = ANY_THING, limit: int = 500) -> None:
        self.thing = thing
        self.fresh = asyncio.Event()
        self.lost = False
        self._limit = limit
        self._waiting: deque[Entry] = deque()

    def wants(self, event: Event) -> bool:
        """Whether it is for this client."""
        return True

    def offer(self, entry: Entry) -> None:
        """Add an entry, if it is wanted. On the loop."""
        if self.lost or not self.wants(entry.event):
            return
        if len(self._waiting) >= self._limit:
            self._make_room(entry.event)
        self._waiting.append(entry)
        self.fresh.set()

    def take(self) -> list[Entry]:
        """All that waits, oldest first."""
        taken = list(self._waiting)
        self._waiting.clear()
        self.fresh.clear()
        return taken

    def _make_room(self, event: Event) -> None:
        if isinstance(event, PropertyChanged):
            for index, waiting in enumerate(self._waiting):
                older = waiting.event
                if (
                    isinstance(older, PropertyChanged)
                    and older.thing == event.thing
                    and older.name == event.name
                ):
                    del self._waiting[index]
                    return
        if len(self._waiting) >= 10 * self._limit:
            self.lost = True
            self._waiting.clear()
            self.fresh.set()


def _size(event: Event) -> int:
    """Roughly how many numbers or characters an event holds."""
    if isinstance(event, PropertyChanged):
        return 1 + _size_of(event.value)
    if isinstance(event, EventEmitted):
        return 1 + _size_of(event.data)
    if isinstance(event, InvocationChanged):
        return 20 + _size_of(event.snapshot.input) + _size_of(event.snapshot.output)
    return 20


def _size_of(value: Any) -> int:
    if isinstance(value, (float, int)):
        return 1
    if isinstance(value, (list, tuple)):
        inner = _size_of(value[0]) if value else 0
        return len(value) * max(1, inner)
    if isinstance(value, (str, dict)):
        return len(value)
    return 1
