"""Keeping house by hand, beside what is done by itself: `/archive/sweep`, `scrub` and `views`."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.archive.scrubbing import scrub
from app.archive.sweeping import sweep
from app.archive.views import rebuild_views
from app.file_wire import ARCHIVE_PATH
from app.server.answers import Json, written
from app.server.archive_bodies import fields_of
from app.server.parts import Parts, in_executor

LANE: Final = ":archive upkeep"


def archive_upkeep_routes(parts: Parts, ending: threading.Event) -> Sequence[BaseRoute]:
    """The routes that keep house.

    Args:
        parts: What the routes share.
        ending: Set when the server ends: nobody waits for what is being read then.
    """
    bench, limit_bytes = parts.bench, parts.settings.max_body_bytes

    async def swept(request: Request) -> Response:
        given = await fields_of(request, limit_bytes, {"dry_run": _yes_or_no})
        archive, dry_run = await parts.archive(), given.get("dry_run", False)
        lane = bench.workers.of(LANE)
        return Json(written(await in_executor(lane, lambda: sweep(archive, dry_run=dry_run))))

    async def scrubbed(request: Request) -> Response:
        await fields_of(request, limit_bytes, {})
        archive, lane = await parts.archive(), bench.workers.of(LANE)
        return Json(written(await in_executor(lane, lambda: scrub(archive, stop=ending))))

    async def viewed(request: Request) -> Response:
        given = await fields_of(request, limit_bytes, {"links": _yes_or_no})
        archive, links = await parts.archive(), given.get("links", False)
        lane = bench.workers.of(LANE)
        count = await in_executor(lane, lambda: rebuild_views(archive, links=links))
        return Json(written({"files": count}))

    path = parts.settings.prefix + ARCHIVE_PATH
    return [
        Route(f"{path}/sweep", swept, methods=["POST"], name="sweep_archive"),
        Route(f"{path}/scrub", scrubbed, methods=["POST"], name="scrub_archive"),
        Route(f"{path}/views", viewed, methods=["POST"], name="archive_views"),
    ]


def _yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("Input should be true or false")
    return value
