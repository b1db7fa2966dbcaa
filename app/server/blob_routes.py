"""Blobs over HTTP: by their id, whole or in part, for as long as somebody holds them."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.server.answers import Refused
from app.server.parts import Parts, id_in
from things.blobs import ServerSideBlobData


def blob_routes(parts: Parts) -> Sequence[BaseRoute]:
    """The routes under `/blob`.

    Args:
        parts: What the routes share.
    """

    async def fetch(request: Request) -> Response:
        id = id_in(request, "blob_id")
        try:
            data = parts.blobs.get_blob(id)
        except KeyError:
            raise Refused(404, "No such blob", f"There is no blob {id}, or not any more.") from None
        return await parts.in_worker(lambda: sandboxed(data))

    path = f"{parts.settings.prefix}/blob/{{blob_id}}"
    return [Route(path, fetch, methods=["GET"], name="download_blob")]


def sandboxed(data: ServerSideBlobData) -> Response:
    """The answer that sends data, so that nothing in it can act as a page of this server."""
    answer = data.response()
    answer.headers["x-content-type-options"] = "nosniff"
    answer.headers["content-security-policy"] = "sandbox; default-src 'none'"
    return answer
