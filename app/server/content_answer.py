"""A content of the archive as an answer: whole or in part, piece by piece from the disk.

Source: RFC 9110, sections 13 (conditional requests) and 14 (range requests), RFC 9530 (digests).
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, Final
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.archive.records import ArchivedFile
from app.archive.texts import sendable_media_type
from app.server.parts import Parts
from things.blob_response import part_asked_for

PIECE_BYTES: Final = 256 * 1024

FOR_EVER: Final = "private, max-age=31536000, immutable"
ASK_AGAIN: Final = "private, no-cache"

SANDBOXED: Final[Mapping[str, str]] = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'",
}
"""So that nothing in a content can act as a page of this server."""


@dataclass(frozen=True, slots=True)
class Content:
    """What is sent.

    Attributes:
        stream: Opened for reading, at its beginning; closed with the answer.
        size: In bytes.
        sha256: Hex digest.
        media_type: What it is.
        file_name: What to call it where it is saved.
        immutable: Whether this address never leads to anything else.
    """

    stream: BinaryIO
    size: int
    sha256: str
    media_type: str
    file_name: str
    immutable: bool = False


class ContentAnswer(Response):
    """Sends a content, the range asked for, or word that it has not changed.

    Args:
        content: What is sent.
        parts: Reads it away from the loop.
    """

    def __init__(self, content: Content, parts: Parts) -> None:
        super().__init__(b"", headers=headers_of(content))
        self._content = content
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it; it is closed afterwards, however that ends."""
        stream = self._content.stream
        leaving = asyncio.create_task(_left(receive))
        try:
            headers = MutableHeaders(raw=list(self.raw_headers))
            part = part_asked_for(
                Headers(scope=scope), scope["method"], headers["etag"], self._content.size
            )
            if part.status in (304, 412):
                del headers["content-length"], headers["content-type"]
            else:
                part.tell(headers, self._content.size)
            await send(
                {"type": "http.response.start", "status": part.status, "headers": headers.raw}
            )
            left = 0 if scope["method"] == "HEAD" else part.length
            if left and part.first:
                await self._parts.in_worker(lambda: stream.seek(part.first))
            while left and not leaving.done():
                wanted = min(PIECE_BYTES, left)
                piece = await self._parts.in_worker(partial(stream.read, wanted))
                if not piece:
                    raise OSError(f"{self._content.sha256[:12]}… was cut off while it was read")
                left -= len(piece)
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            leaving.cancel()
            stream.close()


def headers_of(content: Content) -> dict[str, str]:
    """What is said about a content."""
    digest = base64.b64encode(bytes.fromhex(content.sha256)).decode()
    return {
        "content-type": sendable_media_type(content.media_type),
        "content-length": str(content.size),
        "accept-ranges": "bytes",
        "etag": f'"{content.sha256}"',
        "repr-digest": f"sha-256=:{digest}:",
        "cache-control": FOR_EVER if content.immutable else ASK_AGAIN,
        "content-disposition": called("inline", content.file_name),
        **SANDBOXED,
    }


def called(how: str, name: str) -> str:
    """A Content-Disposition with a name of any letters (RFC 6266, RFC 8187).

    Args:
        how: 'inline' or 'attachment'.
        name: Any text.
    """
    return f"{how}; filename*=UTF-8''{quote(name, safe='')}"


def name_of(file: ArchivedFile) -> str:
    """What a file is called where it is saved: one part of a path that every system takes."""
    from app.archive.readable import readable_name

    return readable_name(file.name, file.extension)


async def _left(receive: Receive) -> None:
    """Returns when the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass
