"""Contents of the archive over HTTP: whole or in part, small pictures, exports.

`/files/{id}/{name}` is what `ArchivedFile.uri` leads to; a static server may serve it instead. Its
content may become another one by a new version, so who has it asks again whether it is still that
one (the ETag is its SHA-256); with `version=` it never changes and is kept for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final, TypeVar
from uuid import UUID

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.archive.errors import FileEmptyError
from app.archive.exporting import exportable, save_file, scratch_folder
from app.archive.records import ArchivedFile
from app.archive.store import digest_of
from app.file_wire import ARCHIVE_PATH, FILES_PATH
from app.server.answers import Refused
from app.server.archive_bodies import fields_of, ids, text
from app.server.content_answer import (
    ASK_AGAIN,
    FOR_EVER,
    SANDBOXED,
    Content,
    ContentAnswer,
    name_of,
)
from app.server.parts import Parts, id_in, in_executor
from app.server.query_values import id_of, refused, whole_number
from app.server.zip_answer import ZipAnswer
from app.thumbnails import LARGEST, SMALLEST
from app.words import one_line
from things.blob_response import is_known
from things.errors import ValueRefusedError

T = TypeVar("T")

LANE: Final = ":archive contents"
PICTURES: Final = ":archive pictures"
DEFAULT_TITLE: Final = "archive"
DEFAULT_SIZE: Final = 256
_HIGHEST_VERSION: Final = 10**9


def file_routes(parts: Parts) -> Sequence[BaseRoute]:
    """The routes of contents.

    Args:
        parts: What the routes share.
    """
    bench = parts.bench
    limit_bytes = parts.settings.max_body_bytes

    async def in_lane(call: Callable[[], T]) -> T:
        return await in_executor(bench.workers.of(LANE), call)

    async def content(request: Request) -> Response:
        id = id_in(request, "id")
        version = _number(request, "version", 1, _HIGHEST_VERSION)
        return ContentAnswer(await in_lane(lambda: content_of(parts, id, version)), parts)

    async def thumbnail(request: Request) -> Response:
        id = id_in(request, "id")
        size = _number(request, "size", SMALLEST, LARGEST) or DEFAULT_SIZE
        version = _number(request, "version", 1, _HIGHEST_VERSION)
        file = await in_lane(lambda: _file_at(parts, id, version))
        headers = {
            "etag": f'"{file.sha256}-{size}"',
            # The address of a version's picture never leads to another one.
            "cache-control": ASK_AGAIN if version is None else FOR_EVER,
            **SANDBOXED,
        }
        if file.sha256 and is_known(Headers(scope=request.scope), headers["etag"]):
            return Response(status_code=304, headers=headers)
        pictures = bench.workers.of(PICTURES)
        made = await in_executor(pictures, lambda: bench.thumbnails.of(file, size))
        return Response(made, media_type="image/png", headers=headers)

    async def with_provenance(request: Request) -> Response:
        id = id_in(request, "id")
        return ContentAnswer(await in_lane(lambda: _with_provenance(parts, id)), parts)

    async def export(request: Request) -> Response:
        if request.method == "POST":
            given = await fields_of(request, limit_bytes, {"ids": ids, "title": text})
            wanted, title = given.get("ids", []), given.get("title", "")
        else:
            wanted = [_id(each) for each in request.query_params.getlist("id")]
            title = request.query_params.get("title", "")
        if not wanted:
            raise refused("id", "Input should name one file or more", None)
        try:
            title = one_line("title", title) or DEFAULT_TITLE
        except ValueRefusedError as error:
            raise refused("title", error.reason, title) from None
        archive = await parts.archive()
        wanted = await in_lane(lambda: exportable(archive, wanted))
        return ZipAnswer(archive, wanted, title, parts)

    prefix = parts.settings.prefix
    path = prefix + ARCHIVE_PATH
    return [
        Route(f"{path}/export", export, methods=["GET", "POST"], name="export_files"),
        Route(f"{path}/{{id}}/content", content, methods=["GET"], name="file_content"),
        Route(f"{path}/{{id}}/thumbnail", thumbnail, methods=["GET"], name="file_thumbnail"),
        Route(f"{path}/{{id}}/export", with_provenance, methods=["GET"], name="export_file"),
        Route(f"{prefix}{FILES_PATH}/{{id}}", content, methods=["GET"], name="file"),
        Route(
            f"{prefix}{FILES_PATH}/{{id}}/{{name:path}}",
            content,
            methods=["GET"],
            name="named_file",
        ),
    ]


def content_of(parts: Parts, id: UUID, version: int | None = None) -> Content:
    """A content, opened. Waits for the disk.

    Args:
        parts: What the routes share.
        id: Of the file.
        version: Which of its versions; the newest where None.

    Raises:
        FileNotKeptError: There is no such file.
        FileEmptyError: It is a draft.
        Refused: It has no such version.
        ArchiveDamagedError: The content is gone, or of another size.
    """
    file = _file_at(parts, id, version)
    if not file.sha256 or file.size is None:
        raise FileEmptyError(id)
    stream = parts.bench.opened_archive.store.open_content(file.sha256, file.size)
    return Content(
        stream, file.size, file.sha256, file.media_type, name_of(file), version is not None
    )


def _file_at(parts: Parts, id: UUID, version: int | None) -> ArchivedFile:
    """A file as it is, or with the content that one of its versions has.

    Raises:
        FileNotKeptError: There is no such file.
        Refused: It has no such version.
    """
    archive = parts.bench.opened_archive
    file = archive.all_of([id])[0]
    if version is None or version == file.version:
        return file
    for each in archive.versions(id):
        if each.version == version:
            return replace(
                file,
                version=version,
                sha256=each.sha256,
                size=each.size,
                media_type=each.media_type,
            )
    raise Refused(404, "No such version", f"This file has no version {version}.")


def _with_provenance(parts: Parts, id: UUID) -> Content:
    """A copy in which it is written how it was made, where its format can hold that."""
    archive = parts.bench.opened_archive
    file: ArchivedFile = archive.get(id)
    with scratch_folder(archive) as folder:
        copy = folder / "copy"
        save_file(archive, id, copy)
        # It has no name any more once the folder is gone, but can be read to its end.
        stream = copy.open("rb")
    digest = digest_of(stream)
    size = stream.tell()
    stream.seek(0)
    return Content(stream, size, digest, file.media_type, name_of(file))


def _number(request: Request, name: str, smallest: int, largest: int) -> int | None:
    """A number in the query, or None.

    Raises:
        Faulty: It is none, or not within the bounds.
    """
    given = request.query_params.get(name)
    if given is None:
        return None
    try:
        return whole_number(smallest, largest)(given)
    except ValueError as error:
        raise refused(name, str(error), given) from None


def _id(given: str) -> UUID:
    try:
        return id_of(given)
    except ValueError as error:
        raise refused("id", str(error), given) from None
