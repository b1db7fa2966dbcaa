"""Where the event stream begins: how everything stands now, and the id of the event it is after.

A remote window asks this once, then follows `/events` from that id on; nothing falls between.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.bench_things import BenchThing
from app.server.answers import Json, written
from app.server.parts import Parts
from app.wire import invocation_json


def state_routes(parts: Parts) -> Sequence[BaseRoute]:
    """`GET /events/state` and `GET /events/state/disk`.

    Args:
        parts: What the routes share.
    """
    bench = parts.bench

    async def state(_request: Request) -> Response:
        # Before looking: what happens while we look is in the state, and comes as an event too.
        last_id = parts.feed.id_of(parts.feed.seq)

        def looked() -> bytes:
            return written(
                {
                    "id": last_id,
                    "title": bench.spec.title,
                    "things": {
                        name: {
                            **_standing(entry),
                            "refusals": bench.interlocks.refusals_of(name),
                        }
                        for name, entry in bench.things.items()
                    },
                    "invocations": [
                        invocation_json(each.snapshot()) for each in bench.actions.invocations
                    ],
                    "stamp": asdict(bench.stamp),
                    "ledger_trouble": bench.ledger_trouble,
                    "archive_trouble": bench.archive_trouble,
                    "keeps_files": bench.data_folder is not None,
                }
            )

        return Json(await parts.in_worker(looked))

    async def disk(_request: Request) -> Response:
        folder = bench.data_folder or Path.cwd()
        free = await parts.in_worker(lambda: _free_bytes(folder))
        return Json(written({"free_bytes": free}))

    path = f"{parts.settings.prefix}/events/state"
    return [
        Route(path, state, methods=["GET"], name="state"),
        Route(f"{path}/disk", disk, methods=["GET"], name="disk"),
    ]


def _standing(entry: BenchThing) -> dict[str, Any]:
    """How a Thing stands, with the last known values of its properties and their age."""
    thing = entry.thing
    now_s = time.monotonic()
    readings = {} if thing is None else dict(thing._core.readings)
    return {
        "title": entry.title,
        "state": entry.state.value,
        "reason": entry.reason,
        "values": {
            name: {
                "value": reading.value,
                "at": reading.at,
                "age_s": max(0.0, now_s - reading.monotonic_s),
            }
            for name, reading in readings.items()
        },
    }


def _free_bytes(folder: Path) -> int:
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
