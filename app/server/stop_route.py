"""POST /stop: STOP ALL over HTTP. Nothing stands in its way: no pool, no lock, no limit."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.handles import StopReport
from app.server.answers import Json, written
from app.server.parts import Parts


def stop_routes(parts: Parts) -> Sequence[BaseRoute]:
    """The route that stops everything.

    Args:
        parts: What the routes share.
    """

    async def stop(_request: Request) -> Response:
        """Whatever the body, even a broken one: it is not looked at."""
        future: Future[Sequence[StopReport]] = Future()

        def work() -> None:
            try:
                future.set_result(parts.bench.stop_all())
            except BaseException as error:
                future.set_exception(error)

        threading.Thread(target=work, name="stop-all", daemon=True).start()
        # Shielded: a client that leaves does not call the stop off.
        reports = await asyncio.shield(asyncio.wrap_future(future))
        return Json(written({"things": [asdict(report) for report in reports]}))

    return [Route(f"{parts.settings.prefix}/stop", stop, methods=["POST"], name="stop")]
