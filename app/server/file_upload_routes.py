"""PUT a content into a file of the archive: streamed, bounded, resumable by its hash.

Who names the SHA-256 beforehand (`?sha256=`, or the header `Repr-Digest`) can ask by
`HEAD /archive/uploads/{sha256}` how much of it is here, and send the rest with `Content-Range`:
curl does so by `-T FILE -C OFFSET`. A content that is here already need not be sent at all.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeVar
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.archive.archive import Archive
from app.archive.damage import put_away_changed
from app.archive.errors import (
    ArchiveFullError,
    FileStateError,
    UploadHashError,
    UploadTooLargeError,
    UploadTruncatedError,
)
from app.archive.records import ArchivedFile, FileQuery, FileState
from app.archive.store import SHA256
from app.file_wire import ARCHIVE_PATH, OTHER_OFFSET, file_json
from app.server.announced import Announced, announced_by
from app.server.answers import Json, Refused, written
from app.server.file_routes import LANE
from app.server.parts import Parts, id_in, in_executor, origin_of
from app.server.query_values import refused
from app.server.upload_parts import UploadPart, UploadParts
from app.server.upload_routes import collected

T = TypeVar("T")

OFFSET: Final = "upload-offset"
LENGTH: Final = "upload-length"

_BUSY_S: Final = "15"
_ASK_FOR_ROOM_BYTES: Final = 64 * 2**20
"""So often a long upload asks whether there still is room."""


def file_upload_routes(parts: Parts) -> Sequence[BaseRoute]:
    """The routes that take contents.

    Args:
        parts: What the routes share.
    """
    held: dict[int, UploadParts] = {}
    limit_bytes = parts.settings.max_upload_bytes

    def parts_of(archive: Archive) -> UploadParts:
        return held.setdefault(id(archive), UploadParts(archive.folder, archive.store))

    async def in_lane(call: Callable[[], T]) -> T:
        return await in_executor(parts.bench.workers.of(LANE), call)

    async def upload(request: Request) -> Response:
        id, announced = id_in(request, "id"), announced_by(request)
        archive = await parts.archive()
        await in_lane(lambda: _refuse_early(archive, id, announced, limit_bytes))
        part = await in_lane(lambda: _begun(archive, parts_of(archive), announced))
        keep = True
        try:
            await _receive(parts, request, archive, part, announced)
            if announced.total is not None and part.size < announced.total:
                return _to_be_continued(part, announced.total)
            who = str(origin_of(request.scope))
            file = await in_lane(lambda: _put(archive, id, part, announced, who))
            keep = False
        except (UploadHashError, UploadTooLargeError, UploadTruncatedError, ArchiveFullError):
            keep = False  # what came is not what it should be, or its room is needed
            raise
        finally:
            await _let_go(parts, part, keep)
        answer = Json(file_json(file, prefix=parts.settings.prefix), _status(file))
        answer.headers["etag"] = f'"{file.sha256}"'
        return answer

    async def offset(request: Request) -> Response:
        sha256: str = request.path_params["sha256"].lower()
        if not SHA256.fullmatch(sha256):
            raise refused("sha256", "Input should be 64 hex digits", sha256)
        archive = await parts.archive()
        if request.method == "DELETE":
            if not await in_lane(lambda: parts_of(archive).forget(sha256)):
                raise Refused(409, "Being sent", "Somebody is sending it just now.")
            return Json(b"null")
        here, whole = await in_lane(lambda: _here(archive, parts_of(archive), sha256))
        if here is None:
            raise Refused(404, "Nothing came", "Nothing of a content with that hash is here.")
        answer = Json(written({"offset": here, "complete": whole}))
        answer.headers.update({OFFSET: str(here), "cache-control": "no-store"})
        return answer

    path = parts.settings.prefix + ARCHIVE_PATH
    return [
        Route(
            f"{path}/uploads/{{sha256}}", offset, methods=["GET", "DELETE"], name="archive_upload"
        ),
        Route(f"{path}/{{id}}/content", upload, methods=["PUT"], name="upload_content"),
    ]


async def _receive(
    parts: Parts, request: Request, archive: Archive, part: UploadPart, announced: Announced
) -> None:
    """Write the body behind what is there.

    Raises:
        Refused: The client left, or sends no more.
        UploadTooLargeError: There is more than is allowed.
        UploadTruncatedError: There is more than was promised.
        ArchiveFullError: There is no room.
    """
    limit = min(parts.settings.max_upload_bytes, archive.limits.upload_bytes)
    asked = part.size
    async for chunk in collected(request.receive):
        size = part.size + len(chunk)
        if size > limit:
            raise UploadTooLargeError(limit)
        if announced.total is not None and size > announced.total:
            raise UploadTruncatedError(announced.total, size)
        if size - asked > _ASK_FOR_ROOM_BYTES:
            await parts.in_worker(archive.refuse_low)
            asked = size
        await parts.in_worker(partial(part.write, chunk))


def _refuse_early(archive: Archive, id: UUID, announced: Announced, limit: int) -> None:
    """Say before anything comes what can be said then.

    Raises:
        FileNotKeptError: There is no such file.
        FileStateError: It is in the trash.
        UploadTooLargeError: It is longer than is allowed.
        ArchiveFullError: There is no room.
        Refused: It is a part, and does not say of what.
    """
    file = archive.all_of([id])[0]
    if file.state is FileState.TRASHED:
        raise FileStateError(f"{file.name} is in the trash; it has to be brought back first")
    if announced.sha256 is None and announced.is_part:
        raise Refused(
            400, "No hash", "A part of an upload needs ?sha256=, so that the rest finds it again."
        )
    archive.refuse_low()
    limit = min(limit, archive.limits.upload_bytes)
    if announced.total is not None:
        if announced.total > limit:
            raise UploadTooLargeError(limit)
        archive.intake.refuse(announced.total - announced.first)


def _begun(archive: Archive, parts: UploadParts, announced: Announced) -> UploadPart:
    """The part to write to, where the body fits behind what is there.

    Raises:
        Refused: It does not.
    """
    part = parts.take(announced.sha256)
    try:
        if announced.first == 0:
            part.restart()
        elif part.size != announced.first:
            _fill(archive, part, announced)
    except BaseException:
        part.close(keep=True)
        raise
    return part


def _fill(archive: Archive, part: UploadPart, announced: Announced) -> None:
    """All of it is here already, under another name; or the client is mistaken."""
    total, sha256 = announced.total, announced.sha256
    if sha256 is not None and announced.first == total == _known_size(archive, sha256):
        part.restart()
        found = hashlib.sha256()
        with archive.store.open_content(sha256, total) as known:
            while piece := known.read(2**20):
                found.update(piece)
                part.write(piece)
        if found.hexdigest() == sha256:
            return
        # It has changed on the disk, and nobody knew; the one who has it sound is to send it.
        put_away_changed(archive, sha256)
        part.restart()
    if sha256 is None:
        raise Refused(
            400, "No hash", "The rest of an upload needs ?sha256=, so that its beginning is found."
        )
    if not part.named:
        raise Refused(
            409, "Being sent", "Somebody is sending it just now.", {"retry-after": _BUSY_S}
        )
    raise Refused(
        409,
        OTHER_OFFSET,
        f"{part.size} bytes of it are here, not {announced.first}.",
        {OFFSET: str(part.size)},
    )


def _known_size(archive: Archive, sha256: str) -> int | None:
    """How long a content is that a file has; None where none has it."""
    found = archive.find(FileQuery(sha256=sha256, state=None, limit=1)).files
    return found[0].size if found and not found[0].damaged else None


def _here(archive: Archive, parts: UploadParts, sha256: str) -> tuple[int | None, bool]:
    """How many bytes of a content are here, and whether that is all of it."""
    known = _known_size(archive, sha256)
    return (known, True) if known is not None else (parts.size_of(sha256), False)


def _put(
    archive: Archive, id: UUID, part: UploadPart, announced: Announced, who: str
) -> ArchivedFile:
    return archive.put_staged(
        id,
        part.finish(),
        size=announced.total,
        sha256=announced.sha256,
        media_type=announced.media_type,
        who=who,
    )


async def _let_go(parts: Parts, part: UploadPart, keep: bool) -> None:
    """Away from the loop, unless it all ends."""
    try:
        closing = parts.workers.submit(lambda: part.close(keep=keep))
    except RuntimeError:
        part.close(keep=keep)
    else:
        await asyncio.wrap_future(closing)


def _to_be_continued(part: UploadPart, total: int) -> Json:
    answer = Json(written({"offset": part.size, "complete": False}), 202)
    answer.headers.update({OFFSET: str(part.size), LENGTH: str(total)})
    return answer


def _status(file: ArchivedFile) -> int:
    return 201 if file.version == 1 else 200
