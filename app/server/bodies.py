"""Bodies: JSON only, of bounded size and depth, with finite numbers, within a time."""

from __future__ import annotations

import asyncio
import math
from typing import Any

from pydantic_core import from_json
from starlette.types import Receive, Scope

from app.server.addresses import header
from app.server.answers import Faulty, Refused, fault

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
        Faulty: It is no JSON, or holds a number that is not finite.
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
        Faulty: It is no JSON, or holds a number that is not finite.
    """
    try:
        value = from_json(body, allow_inf_nan=True)
    except ValueError as error:
        if "recursion limit" in str(error):
            raise _too_deep() from None
        raise Faulty([fault("json_invalid", f"JSON decode error: {error}", {})]) from None
    _look_through(value)
    return value


def _look_through(root: Any) -> None:
    """Refuse depth and numbers that are not finite, without recursion and with little memory."""
    level: list[Any] = [[root]]
    for _ in range(MAX_DEPTH + 1):
        deeper: list[Any] = []
        for container in level:
            items = container.values() if type(container) is dict else container
            for item in items:
                kind = type(item)
                if kind is float:
                    if not math.isfinite(item):
                        where, value = _where_not_finite(root, ()) or ((), item)
                        message = "Input should be a finite number"
                        raise Faulty([fault("finite_number", message, str(value), where)])
                elif kind is dict or kind is list:
                    deeper.append(item)
        if not deeper:
            return
        level = deeper
    raise _too_deep()


def _where_not_finite(value: Any, place: tuple[str | int, ...]) -> Any:
    """The place of the first number that is not finite; at most as deep as JSON is parsed."""
    if type(value) is float:
        return None if math.isfinite(value) else (place, value)
    if type(value) in (dict, list):
        items = value.items() if type(value) is dict else enumerate(value)
        for key, item in items:
            found = _where_not_finite(item, (*place, key))
            if found is not None:
                return found
    return None


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
    return Refused(413, "Too large", f"The body is longer than {limit_bytes} bytes.")


def _too_deep() -> Refused:
    return Refused(400, "Too deep", f"The JSON is nested deeper than {MAX_DEPTH} levels.")
