"""`/openapi.json`, and `/docs` to read it.

The page is made of our own files, so that it needs no internet; its policy lets a browser load
nothing from elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Route

from app.bench import Bench
from app.server.answers import Json, Refused, written
from app.server.openapi import openapi_document
from app.server.parts import Parts
from resources import resource

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_FILES = {"page.css": "text/css", "page.js": "text/javascript"}


def documentation_routes(parts: Parts) -> Sequence[BaseRoute]:
    """The document and the page.

    Args:
        parts: What the routes share.
    """
    prefix = parts.settings.prefix

    async def document(_request: Request) -> Response:
        return Json(await parts.in_worker(lambda: written(document_of(parts.bench, prefix))))

    async def page(_request: Request) -> Response:
        return _sent("page.html", "text/html")

    async def file(request: Request) -> Response:
        name: str = request.path_params["file"]
        if name not in _FILES:
            raise Refused(404, "Not found", f"There is nothing at {request.url.path}.")
        return _sent(name, _FILES[name])

    return [
        Route(f"{prefix}/openapi.json", document, methods=["GET"], name="openapi"),
        Route(f"{prefix}/docs", page, methods=["GET"], name="docs"),
        Route(f"{prefix}/docs/{{file}}", file, methods=["GET"], name="docs_file"),
    ]


def document_of(bench: Bench, prefix: str = "") -> dict[str, Any]:
    """The OpenAPI document of a bench.

    Args:
        bench: With its Things; those that cannot be described are left out.
        prefix: Path below which it is served.
    """
    described = {name: entry.describe(prefix=prefix) for name, entry in bench.things.items()}
    return openapi_document(
        bench.spec.title,
        version("labwright"),
        {name: td for name, td in described.items() if td},
        prefix,
    )


def _sent(name: str, media_type: str) -> Response:
    answer = FileResponse(resource(f"documentation/{name}"), media_type=media_type)
    answer.headers["content-security-policy"] = PAGE_POLICY
    answer.headers["x-content-type-options"] = "nosniff"
    return answer
