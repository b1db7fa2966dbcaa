"""Answers that send blobs: Range and ETag for memory and files alike.

The only module of `things` that needs Starlette; `Blob.response()` imports it when called.
Source: RFC 9110, sections 13 (conditional requests) and 14 (range requests).
"""

from __future__ import annotations

import hashlib
import re
import uuid
from pathlib import Path
from typing import Any, NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
"""A single range. Eighteen digits are an exabyte; Python refuses to read thousands of them."""

_PIECE_BYTES = 256 * 1024


class BytesResponse(Response):
    """Bytes in memory, whole or in part.

    Args:
        content: The bytes.
        media_type: What they are; text gets `charset=utf-8`.
        etag: Their fingerprint, see `etag_of`.
    """

    def __init__(self, content: bytes | memoryview, media_type: str, etag: str) -> None:
        super().__init__(
            content,
            media_type=media_type,
            headers={"accept-ranges": "bytes", "etag": etag},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send all of it, the range asked for, or word that it has not changed."""
        status, headers, body = self._answer(Headers(scope=scope), scope["method"])
        if scope["method"] == "HEAD":
            body = memoryview(b"")
        await send({"type": "http.response.start", "status": status, "headers": headers.raw})
        # Piece by piece, as views: a client that reads slowly costs no memory.
        for begin in range(0, len(body), _PIECE_BYTES):
            piece = body[begin : begin + _PIECE_BYTES]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _answer(self, asked: Headers, method: str) -> tuple[int, MutableHeaders, memoryview]:
        """Status, headers and the part of the bytes to send."""
        headers = MutableHeaders(raw=list(self.raw_headers))
        whole = memoryview(self.body)
        part = part_asked_for(asked, method, headers["etag"], len(whole))
        if part.status in (304, 412):
            return part.status, MutableHeaders({"etag": headers["etag"]}), whole[:0]
        part.tell(headers, len(whole))
        return part.status, headers, whole[part.first : part.first + part.length]


class Part(NamedTuple):
    """What is sent of a content.

    Attributes:
        status: 200 all of it, 206 a part, 304 it is known, 412 it is another one than was meant,
            416 there is no such part.
        first: The first byte.
        length: How many.
    """

    status: int
    first: int = 0
    length: int = 0

    def tell(self, headers: MutableHeaders, size: int) -> None:
        """Say in headers of the whole which part of so many bytes comes."""
        if self.status == 206:
            last = self.first + self.length - 1
            headers["content-range"] = f"bytes {self.first}-{last}/{size}"
        elif self.status == 416:
            headers["content-range"] = f"bytes */{size}"
        headers["content-length"] = str(self.length)


def part_asked_for(asked: Headers, method: str, etag: str, size: int) -> Part:
    """What is to be sent of a content, by the conditions of who asks, in the order of RFC 9110.

    Args:
        asked: The headers of the request.
        method: Its method; parts are for GET only.
        etag: Of the content, in quotes.
        size: Of the content, in bytes.
    """
    if not is_meant(asked, etag):
        return Part(412)
    if is_known(asked, etag):
        return Part(304)
    span = requested_span(asked.get("range", ""), size) if method == "GET" else None
    if span is None or asked.get("if-range", etag) != etag:
        return Part(200, 0, size)
    first, last = span
    if first >= size:
        return Part(416)
    return Part(206, first, min(last, size - 1) - first + 1)


def requested_span(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range; None for what is not understood."""
    match = _RANGE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if first == "":
        return max(0, size - int(last)), size - 1
    if last and int(last) < int(first):
        return None
    return int(first), int(last) if last else size - 1


def is_known(asked: Headers, etag: str) -> bool:
    """Whether the one who asks has it already (If-None-Match, RFC 9110 section 13.1.2)."""
    given = [tag.strip().removeprefix("W/") for tag in asked.get("if-none-match", "").split(",")]
    return etag in given or "*" in given


def is_meant(asked: Headers, etag: str) -> bool:
    """Whether it still is what the one who asks means (If-Match, RFC 9110 section 13.1.1)."""
    given = asked.get("if-match")
    tags = [] if given is None else [tag.strip() for tag in given.split(",")]
    return given is None or etag in tags or "*" in tags


def etag_of(content: bytes | memoryview) -> str:
    """A strong entity tag. Takes half a millisecond for each megabyte: keep it."""
    return f'"{hashlib.sha256(content).hexdigest()}"'


class _KeptFileResponse(FileResponse):
    """Holds on to the blob's data, and so to its temporary directory, until it is sent."""

    def __init__(self, *args: Any, keep: object, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept = keep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send all of it, the range asked for, or word that it has not changed."""
        etag = self.headers["etag"]
        size = int(self.headers["content-length"])
        part = part_asked_for(Headers(scope=scope), scope["method"], etag, size)
        if part.status in (304, 412, 416):
            headers = MutableHeaders({"etag": etag})
            if part.status == 416:
                part.tell(headers, size)
            await Response(status_code=part.status, headers=headers)(scope, receive, send)
            return
        if part.status == 200:
            # What is not one range of bytes, or not asked by GET, is as good as none.
            kept = [(name, value) for name, value in scope["headers"] if name != b"range"]
            scope = {**scope, "headers": kept}
        await super().__call__(scope, receive, send)


def file_response(path: Path, media_type: str, keep: object) -> Response:
    """A file, whole or in part.

    Args:
        path: The file.
        media_type: What it is.
        keep: Kept alive until the answer is sent.
    """
    return _KeptFileResponse(path, media_type=media_type, stat_result=path.stat(), keep=keep)


def no_such_blob(id: uuid.UUID) -> Exception:
    """What a route raises where there is no data of an id, or not any more."""
    return HTTPException(404, f"There is no blob {id}, or not any more.")
