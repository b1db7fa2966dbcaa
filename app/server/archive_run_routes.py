"""From runs to files and from files to settings: `/archive/kept` and `/archive/{id}/settings`."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.file_wire import (
    ARCHIVE_PATH,
    differences_json,
    file_json,
    kept_json,
    restored_json,
)
from app.server.answers import Faulty, Json, fault, written
from app.server.archive_bodies import (
    a_path,
    a_stamp,
    an_id,
    an_object,
    fields_of,
    settings,
    text,
    texts,
)
from app.server.archive_routes import archive_for, refusing
from app.server.parts import Parts, id_in

_KEPT = {
    "invocation": an_id,
    "path": a_path,
    "name": text,
    "tags": texts,
    "notes": text,
    "meta": an_object,
    "stamp": a_stamp,
}
_NAMED = {"path": a_path, "stamp": a_stamp}
_RESTORED = {"only": settings}


def archive_run_routes(parts: Parts) -> Sequence[BaseRoute]:
    """The routes between the archive, the runs and the Things.

    Args:
        parts: What the routes share.
    """
    prefix, limit_bytes = parts.settings.prefix, parts.settings.max_body_bytes

    async def keep(request: Request) -> Response:
        given = await fields_of(request, limit_bytes, _KEPT)
        if "invocation" not in given:
            raise Faulty([fault("missing", "Field required", given, ("invocation",))])
        archive = archive_for(parts, request)
        invocation, path = given.pop("invocation"), given.pop("path", ())
        file = await refusing(given, lambda: archive.keep(invocation, path, **given))
        answer = Json(file_json(file, prefix=prefix), 201)
        answer.headers["location"] = f"{parts.base(request.scope)}{ARCHIVE_PATH}/{file.id}"
        return answer

    async def kept(request: Request) -> Response:
        found = await archive_for(parts, request).kept(id_in(request, "invocation"))
        return Json(kept_json(found))

    async def coming_name(request: Request) -> Response:
        given = await fields_of(request, limit_bytes, _NAMED)
        archive, run = archive_for(parts, request), id_in(request, "invocation")
        name = await refusing(given, lambda: archive.coming_name(run, **given))
        return Json(written({"name": name}))

    async def put_back(request: Request) -> Response:
        id, archive = id_in(request, "id"), archive_for(parts, request)
        if request.method != "POST":
            return Json(differences_json(await archive.difference(id)))
        given = await fields_of(request, limit_bytes, _RESTORED)
        return Json(restored_json(await archive.restore_settings(id, given.get("only"))))

    path = prefix + ARCHIVE_PATH
    return [
        Route(f"{path}/kept", keep, methods=["POST"], name="keep_output"),
        Route(f"{path}/kept/{{invocation}}", kept, methods=["GET"], name="kept_outputs"),
        Route(f"{path}/kept/{{invocation}}/name", coming_name, methods=["POST"], name="name_of"),
        Route(f"{path}/{{id}}/settings", put_back, methods=["GET", "POST"], name="file_settings"),
    ]
