"""Pieces of an OpenAPI document: operations, answers, bodies, parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.handles import InvocationStatus
from app.server.openapi_schemas import Schema, reference
from app.server.paging import MAX_PAGE

Operation = dict[str, Any]

JSON = "application/json"
EVENTS = "text/event-stream"
ANYTHING = "*/*"

_PROBLEM = "application/problem+json"


def operation(
    summary: str,
    tags: Sequence[str],
    responses: Mapping[str, Any],
    text: str = "",
    *,
    body: Mapping[str, Any] | None = None,
    parameters: Sequence[Mapping[str, Any]] = (),
) -> Operation:
    """One method of one path.

    Args:
        summary: What it does, in a few words.
        tags: Under which headings.
        responses: Status to answer; whatever goes wrong is added.
        text: More of it, in sentences.
        body: What it takes.
        parameters: Of path and query.
    """
    found: Operation = {"summary": summary, "tags": list(tags)}
    if text:
        found["description"] = text
    if parameters:
        found["parameters"] = list(parameters)
    answers = dict(responses)
    if body is not None:
        found["requestBody"] = body
    if body is not None or parameters:
        answers["422"] = {"$ref": "#/components/responses/Faults"}
    answers["default"] = {"$ref": "#/components/responses/Problem"}
    return {**found, "responses": answers}


def answer(text: str, schema: Schema, media_type: str = JSON) -> dict[str, Any]:
    """An answer with content."""
    return {"description": text, "content": {media_type: {"schema": schema}}}


def nothing(text: str) -> dict[str, Any]:
    """An answer that says null."""
    return answer(text, {"type": "null"})


def body(schema: Schema, media_type: str = JSON, *, required: bool = True) -> dict[str, Any]:
    """What is sent along."""
    return {"required": required, "content": {media_type: {"schema": schema}}}


def problem(text: str) -> dict[str, Any]:
    """An answer that tells what went wrong."""
    return answer(text, reference("Problem"), _PROBLEM)


def in_path(name: str, text: str, *, form: str = "uuid") -> dict[str, Any]:
    """A parameter in the path."""
    schema = {"type": "string", "format": form} if form else {"type": "string"}
    return {"name": name, "in": "path", "required": True, "description": text, "schema": schema}


def in_query(name: str, text: str, schema: Schema) -> dict[str, Any]:
    """A parameter in the query."""
    return {"name": name, "in": "query", "description": text, "schema": schema}


_LISTING = (
    in_query(
        "status",
        "Only those that stand so; may be repeated.",
        {
            "type": "array",
            "items": {"type": "string", "enum": [status.value for status in InvocationStatus]},
        },
    ),
    in_query(
        "limit",
        "How many at most. Where there are more, the Link header leads to them.",
        {"type": "integer", "minimum": 1, "maximum": MAX_PAGE},
    ),
    in_query("after", "Where the page before ended; the Link header has it.", {"type": "string"}),
    in_query(
        "order",
        "Which come first.",
        {"type": "string", "enum": ["oldest", "newest"], "default": "oldest"},
    ),
    in_query(
        "full",
        "Whole invocations instead of summaries.",
        {"type": "boolean", "default": False},
    ),
)
LISTING = tuple({"$ref": f"#/components/parameters/{each['name']}"} for each in _LISTING)
"""What a list of invocations can be asked for."""


def shared_parts() -> dict[str, Any]:
    """What operations refer to, beside the schemas."""
    return {
        "parameters": {each["name"]: each for each in _LISTING},
        "responses": {
            "Faults": answer("What was sent does not fit.", reference("Faults")),
            "Problem": answer("It went wrong.", reference("Problem"), _PROBLEM),
        },
    }
