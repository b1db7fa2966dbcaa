"""POST /blobs: bring a file, get a blob that actions accept.

The body is the file itself, its media type the content type. It goes to disk as it comes, so that
memory stays flat however large it is.
"""

from __future__ import annotations

import asyncio
import errno
import functools
import re
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive

from app.server.addresses import header
from app.server.answers import Json, Refused, written
from app.server.parts import Parts
from app.server.uploads import Incoming, Uploads
from things.blobs import Blob

R = TypeVar("R")

CHUNK_WITHIN_S = 15.0
"""A client that sends nothing for so long is not waited for."""

_COLLECT_BYTES = 1024 * 1024

# RFC 9110 section 8.3.1: type, subtype, and parameters, which are not kept.
_MEDIA_TYPE = re.compile(
    r"([!#$&^_.+\w-]{1,64}/[!#$&^_.+\w-]{1,64})[ \t]*(?:;[ \t!-~]*)?", re.ASCII
)

_FORM = "application/x-www-form-urlencoded"


def upload_routes(parts: Parts, uploads: Uploads) -> Sequence[BaseRoute]:
    """The route that takes uploads.

    Args:
        parts: What the routes share.
        uploads: Holds what came.
    """
    limit_bytes = parts.settings.max_upload_bytes

    async def upload(request: Request) -> Response:
        """201 and the blob, as an action takes it."""
        media_type = media_type_of(header(request.scope, b"content-type"))
        declared = header(request.scope, b"content-length")
        if declared.isdigit() and int(declared) > limit_bytes:
            raise _too_long(limit_bytes)
        incoming = await _on_disk(parts, Incoming)
        size = 0
        try:
            async for chunk in collected(request.receive):
                if size + len(chunk) > limit_bytes:
                    raise _too_long(limit_bytes)
                uploads.reserve(len(chunk))
                size += len(chunk)
                await _on_disk(parts, functools.partial(incoming.write, chunk))
            data = await _on_disk(parts, lambda: incoming.finish(media_type))
        except BaseException:
            uploads.release(size)
            _drop(parts, incoming)
            raise
        uploads.hold(data, size)
        with parts.addresses(request.scope).in_context():
            link = Blob.from_data(data).model_dump(mode="json")
        answer = Json(written(link), 201)
        answer.headers["location"] = link["href"]
        return answer

    return [Route(f"{parts.settings.prefix}/blobs", upload, methods=["POST"], name="upload")]


async def _on_disk(parts: Parts, work: Callable[[], R]) -> R:
    try:
        return await parts.in_worker(work)
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Refused(507, "Disk full", "The disk of the bench's computer is full.") from error


def _drop(parts: Parts, incoming: Incoming) -> None:
    """Away from the loop, since deleting what is large takes a while, unless it all ends."""
    try:
        parts.workers.submit(incoming.drop)
    except RuntimeError:
        incoming.drop()


def media_type_of(content_type: str) -> str:
    """What is brought.

    Raises:
        Refused: It does not say, or not in the form of a media type.
    """
    match = _MEDIA_TYPE.fullmatch(content_type.strip())
    if match is None:
        raise Refused(
            415,
            "No media type",
            f"'content-type: {content_type}' is no media type; such as 'image/png' was expected.",
        )
    found = match[1].lower()
    if found.startswith("multipart/") or found == _FORM:
        raise Refused(415, "A form", "The body is a form; the file itself was expected.")
    return found


async def collected(receive: Receive) -> AsyncIterator[bytes]:
    """The body in pieces of about a mebibyte.

    Raises:
        Refused: The client left, or sends no more.
    """
    piece = bytearray()
    more = True
    while more:
        try:
            async with asyncio.timeout(CHUNK_WITHIN_S):
                message = await receive()
        except TimeoutError:
            raise Refused(408, "Too slow", "The rest of the upload did not come.") from None
        if message["type"] == "http.disconnect":
            raise Refused(400, "Gone", "The client left before its upload was complete.")
        piece += message.get("body", b"")
        more = message.get("more_body", False)
        if len(piece) >= _COLLECT_BYTES or (piece and not more):
            yield bytes(piece)
            piece.clear()


def _too_long(limit_bytes: int) -> Refused:
    return Refused(413, "Too large", f"The upload is longer than {limit_bytes} bytes.")
