"""One property or event of a Thing, server-sent: unnamed, the data is the bare JSON value.

node-wot sees nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from app.server.addresses import header
from app.server.answers import written
from app.server.event_feed import Entry, EventFeed, Listener
from app.server.parts import Parts
from app.server.sse import send_events
from things.emitters import EventDescriptor
from things.events import Event, EventEmitted, PropertyChanged
from things.properties import PropertyDescriptor
from things.thing import Thing


class _One(Listener):
    """Wants the values of one affordance."""

    def __init__(self, kind: type[Event], thing: str, name: str) -> None:
        super().__init__(thing)
        self._kind = kind
        self._name = name

    def wants(self, event: Event) -> bool:
        """Whether it is a value of that affordance."""
        return (
            isinstance(event, (PropertyChanged, EventEmitted))
            and type(event) is self._kind
            and event.thing == self.thing
            and event.name == self._name
        )


class ObserveRoute:
    """Answers for those who observe one property, or subscribe to one event.

    Args:
        parts: What the routes share.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def observation(self, thing: Thing, prop: PropertyDescriptor[Any]) -> ASGIApp:
        """GET /{thing}/{property}/observe: each new value."""
        return self._values(_One(PropertyChanged, thing.name, prop.name), thing, prop.name)

    def subscription(self, thing: Thing, event: EventDescriptor[Any]) -> ASGIApp:
        """GET /{thing}/{event}: the data of each event."""
        return self._values(_One(EventEmitted, thing.name, event.name), thing, None)

    def _values(self, listener: _One, thing: Thing, known: str | None) -> ASGIApp:
        feed = self._parts.feed

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            feed.subscribe(listener)
            try:
                await send_events(
                    scope,
                    receive,
                    send,
                    long_lived=self._parts.long_lived,
                    first=self._missed(listener, thing, known, header(scope, b"last-event-id")),
                    fresh=listener.fresh,
                    take=lambda: [_text(feed, entry) for entry in listener.take()],
                )
            finally:
                feed.unsubscribe(listener)

        return answer

    def _missed(
        self, listener: _One, thing: Thing, known: str | None, last_id: str
    ) -> Iterable[bytes]:
        """What came between two connections; the value now, where that is not known any more."""
        feed = self._parts.feed
        if not last_id:
            return [f"id: {feed.id_of(feed.seq)}\n\n".encode()]
        missed = feed.after(last_id)
        if missed is not None:
            return [_text(feed, entry) for entry in missed if listener.wants(entry.event)]
        reading = None if known is None else thing._core.readings.get(known)
        if reading is None:
            return [f"id: {feed.id_of(feed.seq)}\n\n".encode()]
        return [_event(feed.id_of(feed.seq), reading.value)]


def _text(feed: EventFeed, entry: Entry) -> bytes:
    event = entry.event
    value = event.data if isinstance(event, EventEmitted) else getattr(event, "value", None)
    return _event(feed.id_of(entry.seq), value)


def _event(id: str, value: Any) -> bytes:
    return b"id: %s\ndata: %s\n\n" % (id.encode(), written(value))
