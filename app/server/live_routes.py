"""Live streams over HTTP: motion JPEG for browsers, and single snapshots.

Every frame is encoded once, in a worker, however many watch; who is slow misses frames.
"""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.server.answers import Refused
from app.server.closing import first_of
from app.server.live_jpeg import jpeg_of
from app.server.parts import Parts
from app.server.waking import on_loop
from things.streams import Frame, FrameStream

_BOUNDARY = b"--frame\r\n"
_HEADERS = [
    (b"content-type", b"multipart/x-mixed-replace; boundary=frame"),
    (b"cache-control", b"no-store"),
]
_LOOK_AGAIN_S = 30.0
_FIRST_FRAME_S = 5.0


class LiveRoutes:
    """Answers for streams.

    Args:
        parts: What the routes share.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._encoded: WeakKeyDictionary[FrameStream, tuple[Frame, asyncio.Future[bytes]]] = (
            WeakKeyDictionary()
        )

    def motion(self, stream: FrameStream) -> ASGIApp:
        """GET /{thing}/{stream}: frames as they come, until the client leaves."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            if scope["method"] != "HEAD":
                await self._send_frames(stream, receive, send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        return answer

    async def snapshot(self, stream: FrameStream) -> Response:
        """GET /{thing}/{stream}/snapshot: the next frame.

        Raises:
            Refused: None came in time.
        """
        fresh = asyncio.Event()
        reader = stream.open(on_loop(fresh.set))
        try:
            async with asyncio.timeout(_FIRST_FRAME_S):
                while (frame := reader.newest()) is None:
                    await fresh.wait()
                    fresh.clear()
        except TimeoutError:
            raise Refused(
                503, "No frame", "The stream gives no frames at the moment.", {"retry-after": "1"}
            ) from None
        finally:
            reader.close()
        body = await self._jpeg(stream, frame)
        return Response(body, headers={"cache-control": "no-store"}, media_type="image/jpeg")

    async def _send_frames(self, stream: FrameStream, receive: Receive, send: Send) -> None:
        fresh = asyncio.Event()
        reader = stream.open(on_loop(fresh.set))
        try:
            async with self._parts.long_lived.connection(receive) as end:
                await send({"type": "http.response.body", "body": _BOUNDARY, "more_body": True})
                while await first_of(fresh, end, _LOOK_AGAIN_S):
                    fresh.clear()
                    frame = reader.newest()
                    if frame is None:
                        continue
                    jpeg = await self._jpeg(stream, frame)
                    # The boundary comes right after: browsers show a part when it has ended.
                    head = b"Content-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(jpeg)
                    part = b"".join((head, jpeg, b"\r\n", _BOUNDARY))
                    await send({"type": "http.response.body", "body": part, "more_body": True})
        finally:
            reader.close()

    async def _jpeg(self, stream: FrameStream, frame: Frame) -> bytes:
        known = self._encoded.get(stream)
        if known is None or known[0] is not frame:
            loop = asyncio.get_running_loop()
            known = (frame, loop.run_in_executor(self._parts.workers, jpeg_of, frame))
            self._encoded[stream] = known
        return await asyncio.shield(known[1])
