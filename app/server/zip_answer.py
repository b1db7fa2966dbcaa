"""Files of the archive as a zip that is sent while it is being packed: nothing lies in between."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.archive.archive import Archive
from app.archive.exporting import write_zip
from app.server.answers import Refused
from app.server.content_answer import SANDBOXED, called
from app.server.parts import Parts

MOST_AT_ONCE: Final = 16
"""Each is packed in a thread of its own, since one that reads slowly must not hold up others."""

_RETRY_S: Final = "10"
_PIECE_BYTES: Final = 256 * 1024
_AHEAD: Final = 4
_STALLED_S: Final = 60.0


class _Pipe:
    """What is packed in a worker comes out on the loop; who packs waits for who reads.

    Args:
        loop: The server's.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._pieces: asyncio.Queue[bytes] = asyncio.Queue(_AHEAD)
        self._held = bytearray()
        self._abandoned = False

    # In the worker.

    def write(self, data: bytes) -> int:
        """Take some; a whole piece goes over to the loop.

        Raises:
            BrokenPipeError: Nobody reads any more.
        """
        self._held += data
        if len(self._held) >= _PIECE_BYTES:
            self._hand_over()
        return len(data)

    def flush(self) -> None:
        """Nothing: pieces go when they are whole."""

    def close(self) -> None:
        """Hand over what is left."""
        if self._held:
            self._hand_over()

    def _hand_over(self) -> None:
        if self._abandoned:
            raise BrokenPipeError("the client left")
        piece = bytes(self._held)
        self._held.clear()
        try:
            handed = asyncio.run_coroutine_threadsafe(self._pieces.put(piece), self._loop)
            handed.result(_STALLED_S)
        except (FutureTimeoutError, RuntimeError):  # it does not read, or the loop has ended
            self._abandoned = True
            raise BrokenPipeError("the client does not read") from None

    # On the loop.

    async def take(self) -> bytes:
        """The next piece."""
        return await self._pieces.get()

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return self._pieces.empty()

    def abandon(self) -> None:
        """Nobody reads any more."""
        self._abandoned = True
        while not self._pieces.empty():  # lets the worker that waits go on, and find out
            self._pieces.get_nowait()


class ZipAnswer(Response):
    """Packs and sends files; what each is and how it was made is in the manifest.

    Args:
        archive: Where they are.
        ids: Which; all of them are there and have a content.
        title: What to call the whole; the zip is called so too.
        parts: Packs away from the loop.
    """

    def __init__(self, archive: Archive, ids: Sequence[UUID], title: str, parts: Parts) -> None:
        super().__init__(
            b"",
            media_type="application/zip",
            headers={
                "content-disposition": called("attachment", f"{title}.zip"),
                "cache-control": "no-store",
                **SANDBOXED,
            },
        )
        del self.headers["content-length"]
        self._archive = archive
        self._ids = ids
        self._title = title
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it.

        What fails before the first piece is there becomes an ordinary answer; later the
        connection breaks, so that nobody takes what came for the whole.

        Raises:
            ArchiveError: A file went meanwhile, or its content is damaged.
            Refused: Too many are being sent.
        """
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        end = {"type": "http.response.body", "body": b"", "more_body": False}
        if scope["method"] == "HEAD":
            await send(start)
            await send(end)
            return
        loop = asyncio.get_running_loop()
        pipe = _Pipe(loop)
        packing = asyncio.wrap_future(_in_thread(lambda: self._pack(pipe)), loop=loop)
        leaving = asyncio.create_task(_left(receive))
        begun = False
        try:
            while (piece := await _next(pipe, packing, leaving)) is not None:
                if not begun:
                    await send(start)
                begun = True
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            if not leaving.done():
                await packing
                await send(end)
        finally:
            leaving.cancel()
            pipe.abandon()
            packing.add_done_callback(_noted)

    def _pack(self, pipe: _Pipe) -> None:
        write_zip(self._archive, self._ids, pipe, self._title)
        pipe.close()


_packing = threading.BoundedSemaphore(MOST_AT_ONCE)


def _in_thread(pack: Callable[[], None]) -> Future[None]:
    """Pack in a thread of its own.

    Raises:
        Refused: Too many do.
    """
    slots = _packing
    if not slots.acquire(blocking=False):
        raise Refused(
            503,
            "Too many exports",
            f"{MOST_AT_ONCE} exports are being sent just now.",
            {"retry-after": _RETRY_S},
        )
    packed: Future[None] = Future()

    def work() -> None:
        try:
            pack()
        except BaseException as error:  # it belongs to who asked
            packed.set_exception(error)
        else:
            packed.set_result(None)
        finally:
            slots.release()

    threading.Thread(target=work, name="archive-export", daemon=True).start()
    return packed


async def _next(
    pipe: _Pipe, packing: asyncio.Future[None], leaving: asyncio.Task[None]
) -> bytes | None:
    """The next piece; None where packing has ended, or the client left."""
    taking = asyncio.create_task(pipe.take())
    any_of: set[asyncio.Future[Any]] = {taking, packing, leaving}
    await asyncio.wait(any_of, return_when=asyncio.FIRST_COMPLETED)
    ended = not taking.done() and pipe.empty
    if leaving.done() or ended:
        taking.cancel()
        return None
    return await taking


def _noted(packing: asyncio.Future[None]) -> None:
    """Whoever left does not want to hear how packing ended."""
    if not packing.cancelled():
        packing.exception()


async def _left(receive: Receive) -> None:
    """Returns when the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
