"""Actions over HTTP: start one, list its runs."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope

from app.actions.invocation import Invocation
from app.loop_waiting import LoopWaiting
from app.recording import until_recorded
from app.server.answers import Faulty, Json, fault
from app.server.bodies import NOTHING, json_body
from app.server.declared_kinds import DeclaredKinds
from app.server.invocation_json import Summaries, quickly_written, whole
from app.server.paging import list_answer
from app.server.parts import Parts, origin_of
from things.actions import ActionDescriptor
from things.thing import Thing

_A_MOMENT_S = 0.002
"""How long an answer waits for the action: one that returns at once is answered with its result."""

_CROWD = 16
_LONGER_S = 0.25
"""Where more than these run, answers wait longer: whoever asks faster than actions can run is
slowed down instead of refused."""


class ActionRoutes:
    """Answers for actions.

    Args:
        parts: What the routes share.
        summaries: Writes lists of invocations.
    """

    def __init__(self, parts: Parts, summaries: Summaries) -> None:
        self._parts = parts
        self._kinds = DeclaredKinds()
        self._summaries = summaries
        self._waiting = LoopWaiting()

    async def invoke(
        self, thing: Thing, action: ActionDescriptor[..., Any], scope: Scope, receive: Receive
    ) -> Response:
        """POST: start it; 201 and the whole invocation. Bad input starts nothing."""
        parts = self._parts
        given = await json_body(scope, receive, parts.settings.max_body_bytes)
        input = {} if given is NOTHING or given is None else given
        if not isinstance(input, dict):
            message = "Input should be a valid dictionary or object"
            raise Faulty([fault("model_attributes_type", message, input)])
        addresses, base, origin = parts.addresses(scope), parts.base(scope), origin_of(scope)
        since = parts.bench.stopped  # what comes until a worker is free counts

        def start() -> Invocation:
            self._kinds.check_input(action, input)
            with addresses.in_context():
                return parts.bench.start(thing.name, action.name, input, origin, since=since)

        def answer() -> bytes:
            crowded = len(parts.bench.actions.active) > _CROWD
            invocation.wait_ended(_LONGER_S if crowded else _A_MOMENT_S)
            return whole(invocation, base, addresses)

        invocation = await parts.in_worker(start)
        # Here, since a slow disk must not hold a worker.
        await until_recorded(invocation, self._waiting)
        if quickly_written(invocation):
            return Json(whole(invocation, base, addresses), 201)
        return Json(await parts.in_worker(answer), 201)

    async def runs(
        self, thing: Thing, action: ActionDescriptor[..., Any], scope: Scope
    ) -> Response:
        """GET: summaries of its runs on this Thing; `paging` tells what can be asked for."""
        return await list_answer(
            self._parts, self._summaries, scope, thing=thing.name, action=action.name
        )
