"""Everything under `/{thing}/`, found by name: Things come and go while the server runs.

Plain ASGI in front of the framework's router: two dictionary look-ups instead of a pattern for
each affordance, and reading a property costs half as much.
"""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.server.action_routes import ActionRoutes
from app.server.answers import Refused
from app.server.description_routes import DescriptionRoutes
from app.server.frame_socket import FrameSocket
from app.server.live_routes import LiveRoutes
from app.server.observe_route import ObserveRoute
from app.server.parts import Parts
from app.server.property_routes import PropertyRoutes
from app.server.websocket import ThingSocket
from things.actions import ActionDescriptor
from things.emitters import EventDescriptor
from things.properties import PropertyDescriptor
from things.streams import FrameStreamDescriptor
from things.thing import Thing

_READ = ("GET", "HEAD")


class ThingRoutes:
    """Answers whatever begins with the name of a Thing.

    Args:
        app: Answers everything else.
        parts: What the routes share.
        descriptions: Answers for Things.
        actions: Answers for actions.
    """

    def __init__(
        self, app: ASGIApp, parts: Parts, descriptions: DescriptionRoutes, actions: ActionRoutes
    ) -> None:
        self._app = app
        self._bench = parts.bench
        self._prefix = parts.settings.prefix
        self._descriptions = descriptions
        self._actions = actions
        self._properties = PropertyRoutes(parts)
        self._live = LiveRoutes(parts)
        self._observe = ObserveRoute(parts)
        self._socket = ThingSocket(parts)
        self._frames = FrameSocket(parts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on.

        Raises:
            Refused: There is nothing of that name, or not with that method.
            ThingError: The Thing is not there.
        """
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        if self._prefix:
            below = path.removeprefix(self._prefix + "/")
            path = "" if below == path else "/" + below
        parts = path.split("/")[1:]
        if not parts or parts[0] not in self._bench.things:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._serve_socket(parts, scope, receive, send)
        else:
            answer = await self._answer(parts, scope, receive)
            await answer(scope, receive, send)

    async def _serve_socket(
        self, path: list[str], scope: Scope, receive: Receive, send: Send
    ) -> None:
        thing = self._bench.entry(path[0]).thing
        if thing is not None and len(path) == 2:
            affordance = thing._core.affordances.get(path[1])
            if isinstance(affordance, FrameStreamDescriptor):
                stream = self._bench.stream(thing.name, path[1])
                await self._frames.serve(stream, scope, receive, send)
                return
        await self._socket.serve(path, scope, receive, send)

    async def _answer(self, path: list[str], scope: Scope, receive: Receive) -> Response | ASGIApp:
        match path:
            case [thing]:
                _allow(scope, *_READ)
                return RedirectResponse(f"{self._prefix}/{thing}/")
            case [thing, ""]:
                _allow(scope, *_READ)
                return await self._descriptions.one(self._bench.entry(thing), scope)
            case [thing, name]:
                return await self._affordance(self._bench.thing(thing), name, scope, receive)
            case [thing, name, below]:
                return await self._below(self._bench.thing(thing), name, below, scope)
        raise _not_found(scope)

    async def _affordance(
        self, thing: Thing, name: str, scope: Scope, receive: Receive
    ) -> Response | ASGIApp:
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
        if isinstance(affordance, FrameStreamDescriptor):
            _allow(scope, *_READ)
            return self._live.motion(self._bench.stream(thing.name, name))
        if isinstance(affordance, EventDescriptor):
            _allow(scope, "GET")
            return self._observe.subscription(thing, affordance)
        raise _not_found(scope)

    async def _below(self, thing: Thing, name: str, below: str, scope: Scope) -> Response | ASGIApp:
        affordance = thing._core.affordances.get(name)
        if isinstance(affordance, PropertyDescriptor):
            if below == "reset" and affordance.resettable:
                _allow(scope, "POST")
                return await self._properties.reset(thing, affordance, scope)
            if below == "observe" and affordance.observable:
                _allow(scope, "GET")
                return self._observe.observation(thing, affordance)
        if isinstance(affordance, FrameStreamDescriptor) and below == "snapshot":
            _allow(scope, *_READ)
            return await self._live.snapshot(self._bench.stream(thing.name, name))
        raise _not_found(scope)


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
