"""POST /stop: STOP ALL over HTTP. Nothing stands in its way: no pool, no lock, no limit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.server.answers import Json, written
from app.server.parts import Parts


def stop_routes(parts: Parts) -> Sequence[BaseRoute]:
    """The route that stops everything.

    Args:
        parts: What the routes share.
    """

    async def stop(_request: Request) -> Response:
        """Whatever the body, even a broken one: it is not looked at."""
        stopping = parts.bench.stop_all_soon()
        # Shielded: a client that leaves does not call the stop off.
        reports = await asyncio.shield(asyncio.wrap_future(stopping))
        return Json(written({"things": [asdict(report) for report in reports]}))

    return [Route(f"{parts.settings.prefix}/stop", stop, methods=["POST"], name="stop")]
