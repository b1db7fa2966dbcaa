"""Everything under `/{thing}/`, found by name: Things come and go while the server runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import Receive, Scope, Send

from app.server.action_routes import ActionRoutes
from app.server.answers import Refused
from app.server.description_routes import DescriptionRoutes
from app.server.parts import Parts
from app.server.property_routes import PropertyRoutes
from things.actions import ActionDescriptor
from things.properties import PropertyDescriptor
from things.thing import Thing

_READ = ("GET", "HEAD")

Answering = Callable[[], Awaitable[Response]]


class ThingRoute(BaseRoute):
    """One route for all Things: two dictionary look-ups instead of a pattern each.

    Args:
        parts: What the routes share.
        descriptions: Answer for Things.
        properties: Answer for properties.
        actions: Answer for actions.
    """

    def __init__(
        self,
        parts: Parts,
        descriptions: DescriptionRoutes,
        properties: PropertyRoutes,
        actions: ActionRoutes,
    ) -> None:
        self._bench = parts.bench
        self._prefix = parts.settings.prefix
        self._start = len(self._prefix)
        self._descriptions = descriptions
        self._properties = properties
        self._actions = actions

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the path begins with the name of a Thing."""
        if scope["type"] != "http":
            return Match.NONE, {}
        path: str = scope["path"]
        if self._prefix and not path.startswith(self._prefix + "/"):
            return Match.NONE, {}
        parts = path[self._start :].split("/")
        if len(parts) < 2 or parts[1] not in self._bench.things:
            return Match.NONE, {}
        return Match.FULL, {"labwright.path": parts[1:]}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer.

        Raises:
            Refused: There is nothing of that name, or not with that method.
            ThingError: The Thing is not there.
        """
        answer = await self._answer(scope["labwright.path"], scope, receive)
        await answer(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        """Links are made of templates; there is nothing to look up."""
        raise NoMatchFound(name, path_params)

    async def _answer(self, path: list[str], scope: Scope, receive: Receive) -> Response:
        match path:
            case [thing]:
                _allow(scope, *_READ)
                return RedirectResponse(f"{self._prefix}/{thing}/")
            case [thing, ""]:
                _allow(scope, *_READ)
                return await self._descriptions.one(self._bench.entry(thing), scope)
            case [thing, name]:
                return await self._affordance(self._bench.thing(thing), name, scope, receive)
            case [thing, name, "reset"]:
                return await self._reset(self._bench.thing(thing), name, scope)
        raise _not_found(scope)

    async def _affordance(
        self, thing: Thing, name: str, scope: Scope, receive: Receive
    ) -> Response:
        affordance = thing._core.affordances.get(name)
        method = scope["method"]
        if isinstance(affordance, PropertyDescriptor):
            if method in _READ:
                return await self._properties.read(thing, affordance, scope["path"])
            if affordance.read_only:
                _allow(scope, *_READ)
            _allow(scope, *_READ, "PUT")
            return await self._properties.write(thing, affordance, scope, receive)
        if isinstance(affordance, ActionDescriptor):
            if method in _READ:
                return await self._actions.runs(thing, affordance, scope)
            _allow(scope, *_READ, "POST")
            return await self._actions.invoke(thing, affordance, scope, receive)
        raise _not_found(scope)

    async def _reset(self, thing: Thing, name: str, scope: Scope) -> Response:
        affordance = thing._core.affordances.get(name)
        if not isinstance(affordance, PropertyDescriptor) or not affordance.resettable:
            raise _not_found(scope)
        _allow(scope, "POST")
        return await self._properties.reset(thing, affordance, scope)


def _allow(scope: Scope, *methods: str) -> None:
    if scope["method"] not in methods:
        raise Refused(
            405,
            "Method not allowed",
            f"{scope['method']} is not possible here.",
            {"allow": ", ".join(methods)},
        )


def _not_found(scope: Scope) -> Refused:
    return Refused(404, "Not found", f"There is nothing at {scope['path']}.")
