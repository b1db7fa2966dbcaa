"""Connections that stay open - streams, event sources - and how they end together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.types import Receive


class LongLived:
    """The connections that stay open until somebody ends them. Used on the server's loop only."""

    def __init__(self) -> None:
        self._ends: set[asyncio.Event] = set()
        self._closed = asyncio.Event()

    def close(self) -> None:
        """End all of them; those that come later end at once."""
        self._closed.set()
        for end in self._ends:
            end.set()

    async def ended(self) -> None:
        """Wait until all are to end; for those who hear of their client in another way."""
        await self._closed.wait()

    @asynccontextmanager
    async def connection(self, receive: Receive) -> AsyncIterator[asyncio.Event]:
        """A connection that stays open for the body of the `async with`.

        Args:
            receive: The ASGI channel, on which the client's leaving is heard.

        Yields:
            Set when it must end: the client left, or the server stops.
        """
        end = asyncio.Event()
        if self._closed.is_set():
            end.set()
        self._ends.add(end)

        async def listen() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            end.set()

        listening = asyncio.create_task(listen())
        try:
            yield end
        finally:
            self._ends.discard(end)
            listening.cancel()


async def first_of(happened: asyncio.Event, end: asyncio.Event, timeout_s: float) -> bool:
    """Wait until something happened or the connection ends.

    Args:
        happened: Set when there is something to send.
        end: Set when the connection must end.
        timeout_s: How long to wait at most, in seconds.

    Returns:
        Whether it goes on.
    """
    if end.is_set() or happened.is_set():
        return not end.is_set()
    waits = [asyncio.ensure_future(happened.wait()), asyncio.ensure_future(end.wait())]
    try:
        await asyncio.wait(waits, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
    return not end.is_set()
