"""Properties over HTTP: read, write, reset.

What is known is answered from what is known, on the loop; only getters go to a worker, once for
all who ask at the same time.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope

from app.errors import ClosingError
from app.server.answers import Faulty, Json, Refused, answer_to, driver_failure, fault, written
from app.server.bodies import NOTHING, json_body
from app.server.declared_kinds import DeclaredKinds
from app.server.parts import Parts, origin_of
from things.errors import ThingError
from things.events import Reading
from things.properties import PropertyDescriptor
from things.thing import Thing

_NULL = b"null"


class PropertyRoutes:
    """Answers for properties.

    Args:
        parts: What the routes share.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._kinds = DeclaredKinds()
        self._kept: dict[tuple[str, str], tuple[Reading, bytes]] = {}

    async def read(self, thing: Thing, prop: PropertyDescriptor[Any], path: str) -> Response:
        """GET: the value."""
        known = None if prop.needs_device else thing._core.readings.get(prop.name)
        if known is None:
            try:
                known = await asyncio.wrap_future(self._parts.bench.properties.request(thing, prop))
            except ClosingError:
                raise
            except Exception as error:
                return driver_failure(error, path)
        return Json(self._written(thing.name, prop.name, known))

    async def write(
        self, thing: Thing, prop: PropertyDescriptor[Any], scope: Scope, receive: Receive
    ) -> Response:
        """PUT: set it; 201 and null, as LabThings' clients expect."""
        if prop.read_only:
            raise Refused(
                405, "Read only", f"{prop.title} can only be read.", {"allow": "GET, HEAD"}
            )
        value = await json_body(scope, receive, self._parts.settings.max_body_bytes)
        if value is NOTHING:
            raise Faulty([fault("missing", "Field required", None)])
        addresses = self._parts.addresses(scope)
        bench, origin = self._parts.bench, origin_of(scope)
        since = bench.stopped  # what comes until a worker is free counts

        def write() -> None:
            self._kinds.check_value(prop, value)
            addresses.within(lambda: bench.write(thing.name, prop.name, value, origin, since=since))

        return await self._changed(write, 201, scope, thing)

    async def reset(self, thing: Thing, prop: PropertyDescriptor[Any], scope: Scope) -> Response:
        """POST .../reset: back to the default, where there is one."""
        bench, origin = self._parts.bench, origin_of(scope)
        since = bench.stopped
        return await self._changed(
            lambda: bench.reset(thing.name, prop.name, origin, since=since), 200, scope, thing
        )

    async def _changed(self, change: Any, status: int, scope: Scope, thing: Thing) -> Response:
        workers = self._parts.bench.workers.of(thing.name)
        try:
            future = workers.submit(change)
        except RuntimeError:  # the workers are closed
            raise ClosingError from None
        try:
            await asyncio.wrap_future(future)
        except ThingError as error:
            return answer_to(error, scope["path"])
        except Exception as error:
            return driver_failure(error, scope["path"])
        return Json(_NULL, status)

    def _written(self, thing: str, name: str, reading: Reading) -> bytes:
        """The value as JSON; kept, since most are asked for more often than they change."""
        kept = self._kept.get((thing, name))
        if kept is not None and kept[0] is reading:
            return kept[1]
        text = written(reading.value)
        self._kept[thing, name] = (reading, text)
        return text
