"""`/stamp`: operator, sample and session, which are written on everything that is run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.run_facts import Stamp
from app.server.answers import Faulty, Json, fault, written
from app.server.bodies import json_body
from app.server.parts import Parts
from things.errors import ValueRefusedError

_FIELDS = tuple(field.name for field in fields(Stamp))


def stamp_routes(parts: Parts) -> Sequence[BaseRoute]:
    """The routes of the stamp.

    Args:
        parts: What the routes share.
    """
    bench = parts.bench

    async def stamp(request: Request) -> Response:
        if request.method != "PUT":
            return Json(written(asdict(bench.stamp)))
        wanted = _stamp(
            await json_body(request.scope, request.receive, parts.settings.max_body_bytes)
        )
        try:
            found = await parts.in_worker(lambda: bench.set_stamp(wanted))
        except ValueRefusedError as error:
            given = getattr(wanted, error.name)
            raise Faulty([fault("value_error", error.reason, given, (error.name,))]) from None
        return Json(written(asdict(found)))

    path = f"{parts.settings.prefix}/stamp"
    return [Route(path, stamp, methods=["GET", "PUT"], name="stamp")]


def _stamp(given: object) -> Stamp:
    """The whole stamp; a field that is not named is empty from now on.

    Raises:
        Faulty: It is none.
    """
    if not isinstance(given, dict):
        raise Faulty([fault("model_attributes_type", "Input should be a valid object", None)])
    faults = [
        fault("extra_forbidden", f"Not known; there is {', '.join(_FIELDS)}", value, (name,))
        if name not in _FIELDS
        else fault("string_type", "Input should be a valid string", value, (name,))
        for name, value in given.items()
        if name not in _FIELDS or not isinstance(value, str)
    ]
    if faults:
        raise Faulty(faults)
    return Stamp(**given)
