"""Answers that are ready to send: JSON as bytes, and problems."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic_core import to_json
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.archive.errors import ArchiveClosedError, ArchiveUnopenedError
from app.errors import ClosingError, LedgerFullError, TooManyInvocationsError
from app.handles import Problem
from app.imaging.errors import ImageError
from app.problems import OWN_ERRORS, problem_of, status_of
from things.errors import InputRefusedError, ReadOnlyError, ThingError, ValueRefusedError

_log = logging.getLogger("labwright.server")

_JSON = (b"content-type", b"application/json")
_RETRY_AFTER_S = "1"
_LINGER_S = 1.0
_LINGER_BYTES = 64 * 1024 * 1024
_BODY_UNREAD = frozenset({408, 413, 415, 507})
_MOST_FAULTS = 50
_LONGEST_INPUT = 1000


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The server itself refuses a request; becomes a problem.

    Attributes:
        status: HTTP status.
        title: The kind, in a word or three.
        detail: In words.
        headers: To send along.
    """

    def __init__(
        self, status: int, title: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.title = title
        self.detail = detail
        self.headers = dict(headers or {})


class Faulty(Exception):  # noqa: N818 - an answer, not a fault
    """What was sent does not fit; becomes FastAPI's list of faults with status 422.

    Attributes:
        details: One entry a fault: `{type, loc, msg, input}`, `loc` within `place`.
        place: Which part of the request: the body, or ('path', 'id').
    """

    def __init__(
        self, details: Sequence[Mapping[str, Any]], place: tuple[str, ...] = ("body",)
    ) -> None:
        super().__init__("the request does not fit")
        self.details = details
        self.place = place


def fault(kind: str, message: str, input: Any, where: Sequence[str | int] = ()) -> dict[str, Any]:
    """One fault, as FastAPI writes it."""
    return {"type": kind, "loc": tuple(where), "msg": message, "input": input}


class Json(Response):
    """JSON that has been written already.

    Args:
        body: The bytes.
        status: HTTP status.
    """

    def __init__(self, body: bytes, status: int = 200) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [(b"content-length", b"%d" % len(body)), _JSON]


class LingeringAnswer(Response):
    """An answer given before the body was read; it closes the connection.

    It goes on reading for a moment, unless the body ends: a connection that is closed with bytes
    unread is reset, and the answer would be lost with it.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send all of it, read on for a moment, close."""
        self.headers["connection"] = "close"
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        await send({"type": "http.response.body", "body": self.body, "more_body": True})
        try:
            async with asyncio.timeout(_LINGER_S):
                left = _LINGER_BYTES
                while left > 0:
                    message = await receive()
                    left -= len(message.get("body", b""))
                    if message["type"] == "http.disconnect" or not message.get("more_body", False):
                        break
        except TimeoutError:
            _log.debug("A body that is too long goes on; its connection is closed.")
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def written(value: Any) -> bytes:
    """A value as JSON; what no JSON number can say (NaN, infinity) becomes null."""
    return to_json(value, inf_nan_mode="null", fallback=str)


def answer_to(error: BaseException, path: str) -> Response:
    """What is answered when something went wrong.

    Args:
        error: What was raised.
        path: The path that was asked for.
    """
    match error:
        case Refused():
            problem = Problem(
                error.title,
                error.detail,
                f"{OWN_ERRORS}#{error.title.title().replace(' ', '')}",
                error.status,
            )
            return problem_answer(problem, path, error.headers)
        case Faulty():
            return _faults_answer(error.details, error.place)
        case ReadOnlyError():
            return problem_answer(problem_of(error), path, {"allow": "GET, HEAD"})
        case ValueRefusedError() | InputRefusedError():
            return _faults_answer(error.details or [_fault_of(error)], ("body",))
        case (
            ClosingError()
            | TooManyInvocationsError()
            | LedgerFullError()
            | ArchiveClosedError()
            | ArchiveUnopenedError()
        ):
            return problem_answer(problem_of(error), path, {"retry-after": _RETRY_AFTER_S})
        case ThingError() | ImageError():
            return problem_answer(problem_of(error), path, cause=error)
    problem = Problem(
        "Internal error",
        "Something went wrong in here; the log has it under the id given.",
        f"{OWN_ERRORS}#InternalError",
        500,
    )
    return problem_answer(problem, path, cause=error)


def driver_failure(error: BaseException, path: str) -> Response:
    """What is answered when a driver's own code raised while it was asked for a value.

    Whatever it raised is its failure, not the fault of the one who asked.
    """
    problem = problem_of(error)
    if status_of(error) not in (409, 503):
        problem = Problem(problem.title, problem.detail, problem.type, 500)
    return problem_answer(problem, path, cause=error)


def problem_answer(
    problem: Problem,
    path: str,
    headers: Mapping[str, str] | None = None,
    *,
    cause: BaseException | None = None,
) -> Response:
    """A problem as RFC 9457 has it, with an id under which the log tells more.

    Args:
        problem: What went wrong.
        path: The path that was asked for.
        headers: To send along.
        cause: Logged with its trace where the status is 500 or above, but for what is expected.
    """
    error_id = uuid.uuid4().hex[:12]
    if problem.status == 500:
        _log.error("%s %s: %s [%s]", problem.status, path, problem.detail, error_id, exc_info=cause)
    else:
        _log.info("%s %s: %s [%s]", problem.status, path, problem.detail, error_id)
    body = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": path,
        "error_id": error_id,
    }
    kind = LingeringAnswer if problem.status in _BODY_UNREAD else Response
    return kind(
        written(body), problem.status, dict(headers or {}), media_type="application/problem+json"
    )


def _faults_answer(details: Sequence[Mapping[str, Any]], place: Sequence[str]) -> Response:
    """FastAPI's answer to what does not fit: `{"detail": [{type, loc, msg, input}]}`."""
    faults = [
        {
            "type": each["type"],
            "loc": [*place, *each["loc"]],
            "msg": each["msg"],
            "input": _shortened(each["input"]),
        }
        for each in details[:_MOST_FAULTS]
    ]
    return Json(written({"detail": faults}), 422)


def _fault_of(error: ValueRefusedError | InputRefusedError) -> Mapping[str, Any]:
    said = error.reason if isinstance(error, ValueRefusedError) else str(error)
    return fault("value_error", said, None)


def _shortened(value: Any) -> Any:
    """A value to send back, unless it is long."""
    text = written(value)
    return value if len(text) <= _LONGEST_INPUT else text[:_LONGEST_INPUT].decode(errors="replace")
