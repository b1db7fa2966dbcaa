"""Invocations over HTTP: list, look, fetch the output, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from app.actions.invocation import ACTION_INVOCATIONS_PATH, Invocation
from app.errors import InvocationNotFoundError
from app.handles import InvocationStatus
from app.server.answers import Json, Refused, written
from app.server.blob_routes import sandboxed
from app.server.interrupted import InterruptedRuns
from app.server.invocation_json import Summaries, addressed, whole
from app.server.paging import list_answer
from app.server.parts import Parts, id_in
from things.blobs import Blob

_NULL = b"null"
_LONG_LOG = 100


def invocation_routes(
    parts: Parts, summaries: Summaries, interrupted: InterruptedRuns
) -> Sequence[BaseRoute]:
    """The routes under `/action_invocations`.

    Args:
        parts: What the routes share.
        summaries: Writes lists of invocations.
        interrupted: Finds those that the program did not end.
    """
    actions = parts.bench.actions

    async def listed(request: Request) -> Response:
        return await list_answer(parts, summaries, request.scope)

    async def one(request: Request) -> Response:
        id, base = id_in(request, "id"), parts.base(request.scope)
        try:
            invocation = actions.get_invocation(id)
        except InvocationNotFoundError:
            return Json(await parts.in_worker(lambda: interrupted.written(id, base)))
        addresses = parts.addresses(request.scope)
        if len(invocation.records) > _LONG_LOG:
            return Json(await parts.in_worker(lambda: whole(invocation, base, addresses)))
        return Json(whole(invocation, base, addresses))

    async def look(id: UUID) -> Invocation | None:
        """The invocation; None for one that the program did not end."""
        try:
            return actions.get_invocation(id)
        except InvocationNotFoundError:
            await parts.in_worker(lambda: interrupted.find(id))
            return None

    async def output(request: Request) -> Response:
        invocation = await look(id_in(request, "id"))
        outcome = None if invocation is None else invocation.standing.outcome
        if outcome is None or outcome.status is not InvocationStatus.COMPLETED:
            raise Refused(
                503,
                "No result",
                "No result is available for this invocation.",
                {"retry-after": "1"},
            )
        if isinstance(outcome.value, Blob):
            data = outcome.value.data
            return await parts.in_worker(lambda: sandboxed(data))
        text = addressed(written(outcome.json), dict(outcome.links), parts.addresses(request.scope))
        return Json(text)

    async def cancel(request: Request) -> Response:
        invocation = await look(id_in(request, "id"))
        if invocation is None or not actions.cancel(invocation.id):
            raise Refused(
                503, "Ended already", "The invocation has ended already and cannot be cancelled."
            )
        return Json(_NULL)

    async def single(request: Request) -> Response:
        return await (cancel(request) if request.method == "DELETE" else one(request))

    path = parts.settings.prefix + ACTION_INVOCATIONS_PATH
    return [
        Route(path, listed, methods=["GET"], name="action_invocations"),
        Route(path + "/{id}", single, methods=["GET", "DELETE"], name="action_invocation"),
        Route(path + "/{id}/output", output, methods=["GET"], name="action_output"),
    ]
