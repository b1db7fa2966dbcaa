"""`GET /interlocks`: what actions and writes need, and why they would be refused now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.server.answers import Json, written
from app.server.parts import Parts


def interlock_routes(parts: Parts) -> Sequence[BaseRoute]:
    """The route that lists the interlocks.

    Args:
        parts: What the routes share.
    """

    async def interlocks(_request: Request) -> Response:
        found = [
            {
                "thing": each.thing,
                "name": each.name,
                "conditions": [asdict(needed) for needed in each.needs],
                "reason": each.reason,
            }
            for each in parts.bench.interlocks.all
        ]
        return Json(written(found))

    path = f"{parts.settings.prefix}/interlocks"
    return [Route(path, interlocks, methods=["GET"], name="interlocks")]
