"""What there is: the list of Things and their W3C Thing Descriptions."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Scope

from app.bench_things import BenchThing
from app.server.addresses import base_url, header
from app.server.answers import Json, written
from app.server.parts import Parts
from things.errors import NotAvailableError

_TD_TYPE = "application/td+json"


class DescriptionRoutes:
    """Answers with Thing Descriptions, written once and completed with each client's base.

    Args:
        parts: What the routes share.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._kept: dict[str, tuple[Mapping[str, Any], bytes]] = {}

    async def one(self, entry: BenchThing, scope: Scope) -> Response:
        """GET /{thing}/: its description.

        Raises:
            NotAvailableError: Its class could not even be made.
        """
        if not entry.describe():
            raise NotAvailableError(entry.name, entry.reason or f"it is {entry.state.value}")
        text = await self._parts.in_worker(lambda: self._described(entry, base_url(scope)))
        answer = Json(text)
        if _TD_TYPE in header(scope, b"accept"):
            answer.headers["content-type"] = _TD_TYPE
        return answer

    def routes(self) -> Sequence[BaseRoute]:
        """`/things/` and `/thing_descriptions/`."""
        prefix = self._parts.settings.prefix
        return [
            Route(f"{prefix}/things/", self._list, methods=["GET"], name="things"),
            Route(f"{prefix}/thing_descriptions/", self._all, methods=["GET"], name="descriptions"),
        ]

    async def _list(self, request: Request) -> Response:
        base = self._parts.base(request.scope)
        return Json(written({name: f"{base}/{name}/" for name in self._parts.bench.things}))

    async def _all(self, request: Request) -> Response:
        base = base_url(request.scope)

        def described() -> bytes:
            members = [
                json.dumps(name).encode() + b":" + self._described(entry, base)
                for name, entry in self._parts.bench.things.items()
                if entry.describe()
            ]
            return b"{" + b",".join(members) + b"}"

        return Json(await self._parts.in_worker(described))

    def _described(self, entry: BenchThing, base: str) -> bytes:
        current = entry.describe()
        kept = self._kept.get(entry.name)
        if kept is None or kept[0] is not current:
            prefix = self._parts.settings.prefix
            kept = (current, written(entry.describe(prefix=prefix) if prefix else current))
            self._kept[entry.name] = kept
        return b'{"base":' + json.dumps(base).encode() + b"," + kept[1][1:]
