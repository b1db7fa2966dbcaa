"""Whatever a route raises becomes an answer: plain ASGI, around all routes."""

from __future__ import annotations

import logging

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.answers import Refused, answer_to

_log = logging.getLogger("labwright.server")


class Problems:
    """Turns exceptions into answers, as long as none has begun.

    Args:
        app: What may raise.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the app."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def noticing(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noticing)
        except Exception as error:
            if started:
                _log.exception("%s broke off.", scope["path"])
                raise
            await answer_to(error, scope["path"])(scope, receive, send)


async def http_problem(request: Request, error: Exception) -> Response:
    """Starlette's own refusals (404, 405) as problems."""
    if not isinstance(error, HTTPException):
        return answer_to(error, request.url.path)
    refused = Refused(error.status_code, str(error.detail), str(error.detail), error.headers)
    return answer_to(refused, request.url.path)
