"""Bringing a Thing back: `POST /things/{name}/reconnect` and `POST /things/{name}/reload`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.server.answers import Json
from app.server.parts import Parts


def return_routes(parts: Parts) -> Sequence[BaseRoute]:
    """The routes that bring a failed or disconnected Thing back.

    Args:
        parts: What the routes share.
    """
    bench = parts.bench

    def route(name: str, bring_back: Callable[[str], None]) -> Route:
        async def answer(request: Request) -> Response:
            thing: str = request.path_params["name"]
            await parts.in_worker(lambda: bring_back(thing))
            return Json(b"null")

        path = f"{parts.settings.prefix}/things/{{name}}/{name}"
        return Route(path, answer, methods=["POST"], name=name)

    return [route("reconnect", bench.reconnect), route("reload", bench.reload)]
