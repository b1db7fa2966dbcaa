"""`/archive`: the files that are kept, as records. Their contents are in `file_routes`.

A record is made first, by POST, and then gets its content, by PUT. What is said about it can be
changed by PATCH; its hash is nobody's to set.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any, Final, TypeVar
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.archive.records import ArchivedFile
from app.file_wire import ARCHIVE_PATH, events_json, file_json, usage_json, versions_json
from app.local_archive import LocalArchive
from app.server.answers import Faulty, Json, Refused, fault, written
from app.server.archive_bodies import Check, an_object, fields_of, text, texts
from app.server.archive_listing import ArchiveListing
from app.server.parts import ARCHIVE_LANE, Parts, id_in, in_executor, origin_of
from things.blob_response import etag_of, is_meant
from things.errors import ValueRefusedError

T = TypeVar("T")

_CHANGED: Final[Mapping[str, Check]] = {
    "name": text,
    "notes": text,
    "tags": texts,
    "meta": an_object,
}
_CREATED: Final[Mapping[str, Check]] = {**_CHANGED, "extension": text, "media_type": text}


def archive_routes(parts: Parts, readers: Executor) -> Sequence[BaseRoute]:
    """The routes of the records.

    Args:
        parts: What the routes share.
        readers: Where lists are read.
    """
    bench, prefix = parts.bench, parts.settings.prefix
    limit_bytes = parts.settings.max_body_bytes
    listing = ArchiveListing(parts, readers)

    def told(file: ArchivedFile, status: int = 200) -> Json:
        body = file_json(file, prefix=prefix)
        answer = Json(body, status)
        answer.headers["etag"] = etag_of(body)
        return answer

    async def refuse_another(request: Request, id: UUID) -> None:
        """Where it is no more what was seen, somebody else's change would be undone unseen."""
        if "if-match" not in request.headers:
            return
        file = await archive_for(parts, request).get(id)
        if not is_meant(request.headers, etag_of(file_json(file, prefix=prefix))):
            raise Refused(412, "Changed meanwhile", "Somebody has changed this file meanwhile.")

    async def files(request: Request) -> Response:
        if request.method != "POST":
            return await listing.answer(request)
        given = await fields_of(request, limit_bytes, _CREATED)
        who = str(origin_of(request.scope))
        file = await refusing(
            given,
            lambda: in_executor(
                bench.workers.of(ARCHIVE_LANE),
                lambda: bench.opened_archive.create(**given, who=who),
            ),
        )
        answer = told(file, 201)
        answer.headers["location"] = f"{parts.base(request.scope)}{ARCHIVE_PATH}/{file.id}"
        return answer

    async def one(request: Request) -> Response:
        id, archive = id_in(request, "id"), archive_for(parts, request)
        await refuse_another(request, id)
        if request.method == "DELETE":
            await archive.delete(id)
            return Json(b"null")
        if request.method == "PATCH":
            given = await fields_of(request, limit_bytes, _CHANGED)
            return told(await refusing(given, lambda: archive.update(id, **given)))
        return told(await archive.get(id))

    async def trash(request: Request) -> Response:
        return told(await archive_for(parts, request).trash(id_in(request, "id")))

    async def restore(request: Request) -> Response:
        return told(await archive_for(parts, request).restore(id_in(request, "id")))

    async def versions(request: Request) -> Response:
        found = await archive_for(parts, request).versions(id_in(request, "id"))
        return Json(versions_json(found))

    async def events(request: Request) -> Response:
        id = id_in(request, "id")
        found = await in_executor(bench.workers.of(ARCHIVE_LANE), partial(_events, parts, id))
        return Json(events_json(found))

    async def tags(request: Request) -> Response:
        return Json(written(await archive_for(parts, request).tags()))

    async def usage(request: Request) -> Response:
        return Json(usage_json(await archive_for(parts, request).usage()))

    path = prefix + ARCHIVE_PATH
    return [
        Route(path, files, methods=["GET", "POST"], name="archive"),
        Route(f"{path}/tags", tags, methods=["GET"], name="archive_tags"),
        Route(f"{path}/usage", usage, methods=["GET"], name="archive_usage"),
        Route(f"{path}/{{id}}", one, methods=["GET", "PATCH", "DELETE"], name="archived_file"),
        Route(f"{path}/{{id}}/trash", trash, methods=["POST"], name="trash_file"),
        Route(f"{path}/{{id}}/restore", restore, methods=["POST"], name="restore_file"),
        Route(f"{path}/{{id}}/versions", versions, methods=["GET"], name="file_versions"),
        Route(f"{path}/{{id}}/events", events, methods=["GET"], name="file_events"),
    ]


def archive_for(parts: Parts, request: Request) -> LocalArchive:
    """The archive, as the one who asks has it."""
    return LocalArchive(parts.bench, origin_of(request.scope))


async def refusing(given: Mapping[str, Any], call: Callable[[], Awaitable[T]]) -> T:
    """What `call` gives; a value that it refuses is named with its place.

    Raises:
        Faulty: It refuses one.
    """
    try:
        return await call()
    except ValueRefusedError as error:
        given_there = given.get(error.name)
        raise Faulty([fault("value_error", error.reason, given_there, (error.name,))]) from None


def _events(parts: Parts, id: UUID) -> Any:
    archive = parts.bench.opened_archive
    archive.get(id)
    return archive.events(id)
