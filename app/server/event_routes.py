"""GET /events: everything that happens, server-sent, resumable by `Last-Event-ID`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from app.server.addresses import header
from app.server.event_feed import EventFeed, Listener
from app.server.parts import Parts, origin_of
from app.server.sse import send_events


class EventsRoute:
    """Answers for `/events`, as plain ASGI.

    Args:
        parts: What the routes share.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what was missed, then what happens."""
        feed = self._parts.feed
        listener = Listener()
        feed.subscribe(listener)  # before looking back, so that nothing falls between
        try:
            with self._parts.clients.connected(origin_of(scope).who):
                await send_events(
                    scope,
                    receive,
                    send,
                    long_lived=self._parts.long_lived,
                    first=_missed(feed, header(scope, b"last-event-id")),
                    fresh=listener.fresh,
                    take=lambda: _taken(feed, listener),
                )
        finally:
            feed.unsubscribe(listener)


def event_routes(parts: Parts) -> Sequence[BaseRoute]:
    """The route of the event stream.

    Args:
        parts: What the routes share.
    """
    path = f"{parts.settings.prefix}/events"
    return [Route(path, EventsRoute(parts), methods=["GET"], name="events")]


def reset(feed: EventFeed) -> bytes:
    """Tells a client that it missed something and has to look at everything anew."""
    return f"id: {feed.id_of(feed.seq)}\nevent: reset\ndata: {{}}\n\n".encode()


def _missed(feed: EventFeed, last_id: str) -> Iterable[bytes]:
    # Only the id: a client that is cut off now knows where to go on, and that it missed nothing.
    up_to_date = f"id: {feed.id_of(feed.seq)}\n\n".encode()
    if not last_id:
        return [up_to_date]
    missed = feed.after(last_id)
    if missed is None:
        return [reset(feed)]
    return [*(entry.text(feed.boot) for entry in missed), up_to_date]


def _taken(feed: EventFeed, listener: Listener) -> Iterable[bytes]:
    taken = listener.take()
    if listener.lost:
        listener.lost = False
        return [reset(feed)]
    return [entry.text(feed.boot) for entry in taken]
