"""Puts the routes of one ActionManager into an application of somebody else's.

Our own server has routes of its own, see `invocation_routes`; these are for a FastAPI application
that runs actions without a bench.
"""

from __future__ import annotations

from uuid import UUID

from fastapi import FastAPI, HTTPException, Request
from starlette.responses import Response

from app.actions.invocation import ACTION_INVOCATIONS_PATH, Invocation
from app.actions.invocation_model import InvocationModel
from app.actions.manager import ActionManager
from app.errors import InvocationNotFoundError
from app.handles import InvocationStatus
from app.server.answers import Json, written
from app.server.blob_context import BlobIOContextDep, blob_addresses
from app.server.invocation_json import addressed
from things.blob_data import BlobDataManager
from things.blobs import Blob


def attach_actions(actions: ActionManager, app: FastAPI) -> None:
    """Add the routes under `/action_invocations`; blobs get theirs too, where there are none.

    Args:
        actions: Whose invocations are listed, looked at and cancelled.
        app: Where to.
    """
    if not hasattr(app.state, "blobs"):
        BlobDataManager().attach_to_app(app)

    def found(id: UUID) -> Invocation:
        try:
            return actions.get_invocation(id)
        except InvocationNotFoundError as error:
            raise HTTPException(404, str(error)) from None

    def listed(request: Request, _blobs: BlobIOContextDep) -> list[InvocationModel]:
        """All that run or ended recently, oldest first."""
        return actions.list_invocations(request=request)

    def one(id: UUID, request: Request, _blobs: BlobIOContextDep) -> InvocationModel:
        """One of them."""
        return found(id).response(request)

    def output(id: UUID, request: Request) -> Response:
        """What it returned: a blob's bytes, or JSON."""
        outcome = found(id).standing.outcome
        if outcome is None or outcome.status is not InvocationStatus.COMPLETED:
            raise HTTPException(503, "No result is available for this invocation")
        if isinstance(outcome.value, Blob):
            return outcome.value.response()
        return Json(addressed(written(outcome.json), dict(outcome.links), blob_addresses(request)))

    def cancel(id: UUID) -> None:
        """Ask it to stop."""
        if not actions.cancel(found(id).id):
            raise HTTPException(503, "The invocation has ended already and cannot be cancelled.")

    path = ACTION_INVOCATIONS_PATH
    app.add_api_route(path, listed, name="action_invocations")
    app.add_api_route(f"{path}/{{id}}", one, name="action_invocation")
    app.add_api_route(f"{path}/{{id}}/output", output, name="action_output", response_model=None)
    app.add_api_route(f"{path}/{{id}}", cancel, methods=["DELETE"], name="cancel_invocation")
