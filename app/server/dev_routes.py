"""Routes for developers of drivers: faults on simulated Things, and reading a driver again.

They are there only where the bench runs with `--dev`; elsewhere they are 404. They are no part of
the OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.dev_faults import faults_on, put_faults_on
from app.server.answers import Faulty, Json, fault, written
from app.server.bodies import json_body
from app.server.parts import Parts


def dev_routes(parts: Parts) -> Sequence[BaseRoute]:
    """`GET` and `PUT /dev/faults/{thing}`, `POST /dev/reload/{thing}`; none without `--dev`.

    Args:
        parts: What the routes share.
    """
    if not parts.settings.dev:
        return []
    bench = parts.bench

    async def faults(request: Request) -> Response:
        thing: str = request.path_params["thing"]
        return Json(written(faults_on(bench, thing)))

    async def put_faults(request: Request) -> Response:
        thing: str = request.path_params["thing"]
        given = await json_body(request.scope, request.receive, parts.settings.max_body_bytes)
        if not isinstance(given, dict):
            raise Faulty([fault("model_attributes_type", "Input should be a valid object", None)])
        return Json(await parts.in_worker(lambda: written(put_faults_on(bench, thing, given))))

    async def reload(request: Request) -> Response:
        thing: str = request.path_params["thing"]
        await parts.in_worker(lambda: bench.reload(thing))
        return Json(b"null")

    base = f"{parts.settings.prefix}/dev"
    return [
        Route(f"{base}/faults/{{thing}}", faults, methods=["GET"], name="faults"),
        Route(f"{base}/faults/{{thing}}", put_faults, methods=["PUT"], name="put_faults"),
        Route(f"{base}/reload/{{thing}}", reload, methods=["POST"], name="dev_reload"),
    ]
