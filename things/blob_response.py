"""Answers that send blobs: Range and ETag for memory and files alike.

The only module of `things` that needs Starlette; `Blob.response()` imports it when called.
Source: RFC 9110, sections 13 (conditional requests) and 14 (range requests).
"""

from __future__ import annotations

import hashlib
import re
import uuid
from pathlib import Path
from typing import Any

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

    def __init__(self, content: bytes, media_type: str, etag: str) -> None:
        super().__init__(
            content,
            media_type=media_type,
            headers={"accept-ranges": "bytes", "etag": etag},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send all of it, the range asked for, or word that it has not changed."""
        status, headers, body = self._answer(Headers(scope=scope))
        if scope["method"] == "HEAD":
            body = memoryview(b"")
        await send({"type": "http.response.start", "status": status, "headers": headers.raw})
        # Piece by piece, as views: a client that reads slowly costs no memory.
        for begin in range(0, len(body), _PIECE_BYTES):
            piece = body[begin : begin + _PIECE_BYTES]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _answer(self, asked: Headers) -> tuple[int, MutableHeaders, memoryview]:
        """Status, headers and the part of the bytes to send."""
        headers = MutableHeaders(raw=list(self.raw_headers))
        whole = memoryview(self.body)
        etag = headers["etag"]
        if is_known(asked, etag):
            return 304, MutableHeaders({"etag": etag}), whole[:0]
        span = requested_span(asked.get("range", ""), len(whole))
        if span is None or asked.get("if-range", etag) != etag:
            return 200, headers, whole
        first, last = span
        if first >= len(whole):
            headers["content-range"] = f"bytes */{len(whole)}"
            headers["content-length"] = "0"
            return 416, headers, whole[:0]
        last = min(last, len(whole) - 1)
        headers["content-range"] = f"bytes {first}-{last}/{len(whole)}"
        headers["content-length"] = str(last - first + 1)
        return 206, headers, whole[first : last + 1]


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


def etag_of(content: bytes) -> str:
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
        if is_known(Headers(scope=scope), etag):
            await Response(status_code=304, headers={"etag": etag})(scope, receive, send)
            return
        asked = Headers(scope=scope).get("range")
        size = int(self.headers["content-length"])
        span = None if asked is None else requested_span(asked, size)
        if span is not None and span[0] >= size:
            headers = {"etag": etag, "content-range": f"bytes */{size}"}
            await Response(status_code=416, headers=headers)(scope, receive, send)
            return
        if asked is not None and span is None:
            # Not one range of bytes: as good as none (RFC 9110, section 14.2), as for memory.
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
