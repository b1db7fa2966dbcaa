"""`/{thing}/ws`: LabThings' websocket protocol, with ids and `remove...`.

In: `{"messageType": "addPropertyObservation", "data": {"exposure": true}}` and the like.
Out: `propertyStatus`, `actionStatus`, and a `response` for whatever is wrong. A malformed message
gets an error, the socket stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_core import from_json
from starlette.types import Message, Receive, Scope, Send

from app.actions.events import InvocationChanged
from app.handles import Problem
from app.problems import OWN_ERRORS
from app.server.answers import Refused, answer_to, written
from app.server.event_feed import Entry, Listener
from app.server.parts import Parts, origin_of
from things.actions import ActionDescriptor
from things.events import Event, PropertyChanged
from things.properties import PropertyDescriptor

_OPERATIONS = {
    "addPropertyObservation": "observeproperty",
    "removePropertyObservation": "unobserveproperty",
    "addActionObservation": "observeaction",
    "removeActionObservation": "unobserveaction",
}
_GONE = 1001
_TOO_SLOW = 1013


class _Observed(Listener):
    """What one socket observes on one Thing."""

    def __init__(self, thing: str) -> None:
        super().__init__(thing)
        self.properties: set[str] = set()
        self.actions: set[str] = set()

    def wants(self, event: Event) -> bool:
        """Whether it is a value or a status this client asked for."""
        if isinstance(event, PropertyChanged):
            return event.name in self.properties
        return isinstance(event, InvocationChanged) and event.snapshot.action in self.actions


class ThingSocket:
    """Answers for the websockets of Things.

    Args:
        parts: What the routes share.
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def serve(self, path: list[str], scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket until it closes.

        Args:
            path: The path below the prefix: the name of a Thing, and 'ws'.
            scope: Of the connection.
            receive: Its channel in.
            send: Its channel out.
        """
        if (await receive())["type"] != "websocket.connect":
            return
        if path[1:] != ["ws"]:
            missing = Refused(404, "Not found", f"There is no websocket at {scope['path']}.")
            await answer_to(missing, scope["path"])(scope, receive, send)
            return
        await send({"type": "websocket.accept"})
        observed = _Observed(path[0])
        replies: asyncio.Queue[bytes] = asyncio.Queue(maxsize=100)
        self._parts.feed.subscribe(observed)
        hearing = asyncio.create_task(self._hear(path[0], observed, replies, receive))
        telling = asyncio.create_task(_tell(observed, send))
        replying = asyncio.create_task(_reply(replies, send))
        ending = asyncio.create_task(self._parts.long_lived.ended())
        tasks = (hearing, telling, replying, ending)
        try:
            with self._parts.clients.connected(origin_of(scope).who):
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            if not hearing.done():
                code = _GONE if ending.done() else _TOO_SLOW
                await send({"type": "websocket.close", "code": code})
        finally:
            self._parts.feed.unsubscribe(observed)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _hear(
        self, thing: str, observed: _Observed, replies: asyncio.Queue[bytes], receive: Receive
    ) -> None:
        """Take the client's messages until it leaves."""
        while True:
            message: Message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            for reply in self._answers(thing, observed, message):
                await replies.put(reply)

    def _answers(self, thing: str, observed: _Observed, message: Message) -> Iterator[bytes]:
        """Do what a message says; yields an error for each thing that cannot be done."""
        try:
            content = from_json(message.get("text") or message.get("bytes") or b"")
        except ValueError as error:
            yield _error(None, None, Problem("Malformed", f"no JSON: {error}", status=400))
            return
        kind = content.get("messageType") if isinstance(content, dict) else None
        operation = _OPERATIONS.get(kind) if isinstance(kind, str) else None
        data = content.get("data") if isinstance(content, dict) else None
        if operation is None or not isinstance(data, Mapping):
            known = ", ".join(_OPERATIONS)
            detail = f"messageType must be one of {known}, and data an object of names"
            yield _error(operation, None, Problem("Malformed", detail, status=400))
            return
        for name, wanted in data.items():
            if wanted is not True:
                detail = f"{name!r} is to be true; to end an observation say remove..."
                yield _error(operation, name, Problem("Malformed", detail, status=400))
                continue
            problem = self._observe(thing, observed, operation, name)
            if problem is not None:
                yield _error(operation, name, problem)

    def _observe(
        self, thing: str, observed: _Observed, operation: str, name: str
    ) -> Problem | None:
        entry = self._parts.bench.things[thing]
        affordances = entry.thing._core.affordances if entry.thing is not None else {}
        affordance = affordances.get(name)
        is_property = operation.endswith("property")
        wanted = PropertyDescriptor if is_property else ActionDescriptor
        if not isinstance(affordance, wanted):
            what = "property" if is_property else "action"
            return Problem("Not found", f"{thing} has no {what} {name!r}", status=404)
        names = observed.properties if is_property else observed.actions
        if operation.startswith("un"):
            names.discard(name)
            return None
        if isinstance(affordance, PropertyDescriptor) and not affordance.observable:
            return Problem("Not observable", f"{name} cannot be observed", status=403)
        names.add(name)
        return None


async def _tell(observed: _Observed, send: Send) -> None:
    """Send what is observed, one message each, in order; ends when too much had to be dropped."""
    last: dict[Any, str] = {}
    while not observed.lost:
        await observed.fresh.wait()
        for entry in observed.take():
            text = _message(entry, last)
            if text is not None:
                await send({"type": "websocket.send", "text": text.decode()})


async def _reply(replies: asyncio.Queue[bytes], send: Send) -> None:
    while True:
        text = await replies.get()
        await send({"type": "websocket.send", "text": text.decode()})


def _message(entry: Entry, last: dict[Any, str]) -> bytes | None:
    """An event in the words of the protocol; None for a status the client knows already."""
    event = entry.event
    if isinstance(event, PropertyChanged):
        return written({"messageType": "propertyStatus", "data": {event.name: event.value}})
    if not isinstance(event, InvocationChanged):
        return None
    snapshot = event.snapshot
    status = snapshot.status.value
    if last.get(snapshot.id) == status:
        return None
    last[snapshot.id] = status
    if snapshot.status.ended:
        del last[snapshot.id]
    data = {"action name": snapshot.action, "status": status, "id": str(snapshot.id)}
    return written({"messageType": "actionStatus", "data": data})


def _error(operation: str | None, name: str | None, problem: Problem) -> bytes:
    kind = problem.title.title().replace(" ", "")
    return written(
        {
            "messageType": "response",
            "operation": operation,
            "name": name,
            "error": {
                "status": str(problem.status),
                "type": f"{OWN_ERRORS}#{kind}",
                "title": problem.title,
                "detail": problem.detail,
            },
        }
    )
