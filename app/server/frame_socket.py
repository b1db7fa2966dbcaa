"""`ws /{thing}/{stream}`: the raw frames of a live stream, for remote windows.

The reader says 'next' and gets the newest frame there is by then; nothing queues up on the way,
however slow the line is. The messages are described in `app.frame_wire`.
"""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive, Scope, Send

from app.frame_wire import NEXT, frame_bytes
from app.server.parts import Parts
from app.server.waking import on_loop
from things.streams import FrameStream

_GONE = 1001
_NOT_UNDERSTOOD = 1003
_MOST_ASKED = 8


class FrameSocket:
    """Answers for the websockets of streams.

    Args:
        parts: What the routes share.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def serve(self, stream: FrameStream, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one reader until it closes, or the server stops.

        Args:
            stream: What is read.
            scope: Of the connection.
            receive: Its channel in.
            send: Its channel out.
        """
        if (await receive())["type"] != "websocket.connect":
            return
        await send({"type": "websocket.accept"})
        asked = asyncio.Semaphore(0)
        hearing = asyncio.create_task(_hear(asked, receive))
        showing = asyncio.create_task(self._show(stream, asked, send))
        ending = asyncio.create_task(self._parts.long_lived.ended())
        tasks = (hearing, showing, ending)
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if ending.done():
                await send({"type": "websocket.close", "code": _GONE})
            elif hearing.done() and not hearing.result():
                await send({"type": "websocket.close", "code": _NOT_UNDERSTOOD})
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _show(self, stream: FrameStream, asked: asyncio.Semaphore, send: Send) -> None:
        fresh = asyncio.Event()
        reader = stream.open(on_loop(fresh.set))
        try:
            while True:
                await asked.acquire()
                while (frame := reader.newest()) is None:
                    await fresh.wait()
                    fresh.clear()
                taken = frame
                message = await self._parts.in_worker(lambda: frame_bytes(taken))  # noqa: B023 - awaited here
                await send({"type": "websocket.send", "bytes": message})
        finally:
            reader.close()


async def _hear(asked: asyncio.Semaphore, receive: Receive) -> bool:
    """Count what is asked for; returns whether the reader left of its own will."""
    while True:
        message: Message = await receive()
        if message["type"] == "websocket.disconnect":
            return True
        if message.get("text") != NEXT or asked._value >= _MOST_ASKED:
            return False
        asked.release()
