"""Server-sent events: one connection that stays open, and text.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from starlette.types import Receive, Scope, Send

from app.server.closing import LongLived, first_of

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_RETRY = b"retry: 1000\n"
_ALIVE = b": alive\n\n"
_ALIVE_EVERY_S = 15.0
_PIECE_BYTES = 64 * 1024


async def send_events(
    scope: Scope,
    receive: Receive,
    send: Send,
    *,
    long_lived: LongLived,
    first: Iterable[bytes],
    fresh: asyncio.Event,
    take: Callable[[], Iterable[bytes]],
) -> None:
    """Send events until the client leaves, the server stops, or the client reads no more.

    Args:
        scope: Of the request.
        receive: Its channel in.
        send: Its channel out.
        long_lived: Where the connection is known while it is open.
        first: What is sent at once.
        fresh: Set when there is more.
        take: Gives it, and clears `fresh`.
    """
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    if scope["method"] != "HEAD":
        async with long_lived.connection(receive) as end:
            await _send_all(send, [_RETRY, *first])
            while not end.is_set():
                if not await first_of(fresh, end, _ALIVE_EVERY_S):
                    break
                await _send_all(send, list(take()) if fresh.is_set() else [_ALIVE])
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_all(send: Send, texts: list[bytes]) -> None:
    """Send texts, several at once while they are short; waits for a client that reads slowly."""
    piece = bytearray()
    for text in texts:
        piece += text
        if len(piece) >= _PIECE_BYTES:
            await _send_piece(send, bytes(piece))
            piece.clear()
    if piece:
        await _send_piece(send, bytes(piece))


async def _send_piece(send: Send, piece: bytes) -> None:
    await send({"type": "http.response.body", "body": piece, "more_body": True})
