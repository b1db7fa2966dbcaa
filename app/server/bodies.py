"""Bodies: JSON only, of bounded size and depth, with finite numbers, within a time."""

from __future__ import annotations

import asyncio
import math
from typing import Any

from pydantic_core import from_json
from starlette.types import Receive, Scope

from app.server.addresses import header
from app.server.answers import FaultyBody, Refused

BODY_WITHIN_S = 15.0
"""A body that takes longer to arrive is not waited for."""

MAX_DEPTH = 64

NOTHING: Any = object()
"""There was no body."""


async def json_body(scope: Scope, receive: Receive, limit_bytes: int) -> Any:
    """The body of a request, parsed.

    Args:
        scope: Of the request.
        receive: Its ASGI channel.
        limit_bytes: The longest body that is read.

    Returns:
        The value, or `NOTHING` where there was no body.

    Raises:
        Refused: Too long (413), not JSON by its own word (415), nested too deeply (400), too
            slow (408), or the client left.
        FaultyBody: It is no JSON, or holds a number that is not finite.
    """
    declared = header(scope, b"content-length")
    if declared.isdigit():
        if int(declared) > limit_bytes:
            raise _too_long(limit_bytes)
        if int(declared) > 0:
            _refuse_other_types(scope)
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            body = await _collected(receive, limit_bytes)
    except TimeoutError:
        raise Refused(408, "Too slow", "The body did not arrive in time.") from None
    if not body:
        return NOTHING
    _refuse_other_types(scope)
    return parsed(body)


def parsed(body: bytes) -> Any:
    """JSON as Python.

    Raises:
        Refused: It is nested too deeply.
        FaultyBody: It is no JSON, or holds a number that is not finite.
    """
    try:
        value = from_json(body, allow_inf_nan=True)
    except ValueError as error:
        if "recursion limit" in str(error):
            raise _too_deep() from None
        raise FaultyBody(
            [{"type": "json_invalid", "loc": (), "msg": f"JSON decode error: {error}", "input": {}}]
        ) from None
    _look_through(value)
    return value


def _look_through(root: Any) -> None:
    """Refuse depth and numbers that are not finite, without recursion."""
    level: list[tuple[Any, tuple[str | int, ...]]] = [(root, ())]
    for _ in range(MAX_DEPTH):
        deeper: list[tuple[Any, tuple[str | int, ...]]] = []
        for value, where in level:
            kind = type(value)
            if kind is float and not math.isfinite(value):
                raise FaultyBody(
                    [
                        {
                            "type": "finite_number",
                            "loc": where,
                            "msg": "Input should be a finite number",
                            "input": str(value),
                        }
                    ]
                )
            if kind is dict:
                deeper += [
                    (item, (*where, key))
                    for key, item in value.items()
                    if type(item) in (dict, list, float)
                ]
            elif kind is list:
                deeper += [
                    (item, (*where, index))
                    for index, item in enumerate(value)
                    if type(item) in (dict, list, float)
                ]
        if not deeper:
            return
        level = deeper
    raise _too_deep()


async def _collected(receive: Receive, limit_bytes: int) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise Refused(400, "Gone", "The client left before its body was complete.")
    if not message.get("more_body", False):
        if len(body) > limit_bytes:
            raise _too_long(limit_bytes)
        return body
    parts = bytearray(body)
    while message.get("more_body", False):
        if len(parts) > limit_bytes:
            raise _too_long(limit_bytes)
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "Gone", "The client left before its body was complete.")
        parts += message.get("body", b"")
    if len(parts) > limit_bytes:
        raise _too_long(limit_bytes)
    return bytes(parts)


def _refuse_other_types(scope: Scope) -> None:
    given = header(scope, b"content-type").partition(";")[0].strip().lower()
    kind, _, subtype = given.partition("/")
    if given != "application/json" and not (kind == "application" and subtype.endswith("+json")):
        raise Refused(
            415,
            "Not JSON",
            f"The body is {given or 'of no type'}; 'content-type: application/json' was expected.",
            {"accept": "application/json"},
        )


def _too_long(limit_bytes: int) -> Refused:
    return Refused(
        413,
        "Too large",
        f"The body is longer than {limit_bytes} bytes.",
        {"connection": "close"},
    )


def _too_deep() -> Refused:
    return Refused(400, "Too deep", f"The JSON is nested deeper than {MAX_DEPTH} levels.")
