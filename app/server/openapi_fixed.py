"""The paths that every bench has, for the OpenAPI document."""

from __future__ import annotations

from app.server.openapi_archive import archive_paths
from app.server.openapi_parts import (
    ANYTHING,
    EVENTS,
    LISTING,
    Operation,
    answer,
    body,
    in_path,
    in_query,
    nothing,
    operation,
    problem,
)
from app.server.openapi_runs import run_paths
from app.server.openapi_schemas import Schema, reference

_TAGS = ["bench"]
_FILE: Schema = {"type": "string", "format": "binary"}
_TEXT: Schema = {"type": "string"}
_NEEDED: Schema = {"type": "object", "properties": {"condition": _TEXT, "because": _TEXT}}
_INTERLOCKS: Schema = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "thing": _TEXT,
            "name": {**_TEXT, "description": "The action, or the property to write."},
            "conditions": {"type": "array", "items": _NEEDED},
            "reason": {**_TEXT, "description": "Why it would be refused now; '' if not."},
        },
    },
}
_ID = in_path("id", "Of the invocation.")
_NAME = in_path("name", "Of the Thing.", form="")


def fixed_paths(prefix: str) -> dict[str, dict[str, Operation]]:
    """The paths of everything that is not a Thing's own.

    Args:
        prefix: Path below which the bench is served.
    """
    return {
        prefix + path: methods
        for group in (
            _things(),
            _invocations(),
            run_paths(),
            archive_paths(),
            _blobs(),
            _events(),
            _documentation(),
        )
        for path, methods in group.items()
    }


def _things() -> dict[str, dict[str, Operation]]:
    addresses: Schema = {"type": "object", "additionalProperties": {"type": "string"}}
    descriptions: Schema = {"type": "object", "additionalProperties": {"type": "object"}}
    reports: Schema = {"type": "object", "properties": {"things": {"type": "array"}}}
    return {
        "/things/": {
            "get": operation(
                "Where each Thing is described",
                _TAGS,
                {"200": answer("Name to address.", addresses)},
            )
        },
        "/thing_descriptions/": {
            "get": operation(
                "All Thing Descriptions", _TAGS, {"200": answer("By name.", descriptions)}
            )
        },
        "/things/{name}/reconnect": {
            "post": operation(
                "Bring a Thing back",
                _TAGS,
                {"200": nothing("It is back.")},
                "Connects to its device again.",
                parameters=[_NAME],
            )
        },
        "/things/{name}/reload": {
            "post": operation(
                "Read a driver anew",
                _TAGS,
                {"200": nothing("It is back.")},
                "Reads the driver's file again and starts the Thing.",
                parameters=[_NAME],
            )
        },
        "/interlocks": {
            "get": operation(
                "What actions and writes need",
                _TAGS,
                {"200": answer("Each, and why it would be refused now.", _INTERLOCKS)},
            )
        },
        "/stop": {
            "post": operation(
                "Stop everything",
                _TAGS,
                {"200": answer("How each Thing stopped.", reports)},
                "Cancels all that runs or waits, and calls stop() of each Thing that has one.",
            )
        },
    }


def _invocations() -> dict[str, dict[str, Operation]]:
    one = reference("Invocation")
    only = [
        in_query("thing", "Only on this Thing.", {"type": "string"}),
        in_query("action", "Only of this action.", {"type": "string"}),
    ]
    summaries: Schema = {"type": "array", "items": reference("InvocationSummary")}
    return {
        "/action_invocations": {
            "get": operation(
                "All that run or ended recently",
                _TAGS,
                {"200": answer("Summaries.", summaries)},
                parameters=[*only, *LISTING],
            )
        },
        "/action_invocations/{id}": {
            "get": operation(
                "How an invocation stands",
                _TAGS,
                {"200": answer("All of it.", one)},
                parameters=[_ID],
            ),
            "delete": operation(
                "Cancel an invocation",
                _TAGS,
                {"200": nothing("It was asked to stop."), "503": problem("It has ended already.")},
                parameters=[_ID],
            ),
        },
        "/action_invocations/{id}/output": {
            "get": operation(
                "What an invocation returned",
                _TAGS,
                {
                    "200": {
                        "description": "JSON, or the bytes of a blob.",
                        "content": {"application/json": {}, ANYTHING: {"schema": _FILE}},
                    },
                    "503": problem("There is no result, or not yet."),
                },
                parameters=[_ID],
            )
        },
    }


def _blobs() -> dict[str, dict[str, Operation]]:
    return {
        "/blobs": {
            "post": operation(
                "Bring a file",
                _TAGS,
                {
                    "201": answer("A blob, to give to an action.", reference("Blob")),
                    "413": problem("It is too long."),
                    "415": problem("It does not say of what media type it is."),
                    "507": problem("There is no room for it now."),
                },
                "The body is the file, its content type the media type. One that is not used is "
                "forgotten after a while.",
                body=body(_FILE, ANYTHING),
            )
        },
        "/blob/{blob_id}": {
            method: operation(
                text,
                _TAGS,
                {
                    "200": answer("All of it.", _FILE, ANYTHING),
                    "206": answer("The range asked for.", _FILE, ANYTHING),
                    "304": {"description": "It is the one that the client has."},
                    "412": {"description": "It is not what `If-Match` names."},
                    "416": {"description": "The range begins behind its end."},
                },
                parameters=[in_path("blob_id", "Of the blob.")],
            )
            for method, text in (("get", "Fetch a blob"), ("head", "How large a blob is"))
        },
    }


def _events() -> dict[str, dict[str, Operation]]:
    event: Schema = {"type": "object"}
    return {
        "/events": {
            "get": operation(
                "Everything that happens",
                _TAGS,
                {"200": answer("Server-sent, with ids.", event, EVENTS)},
                "Goes on after the id in the header Last-Event-ID; the event `reset` says that "
                "what came in between is not known any more.",
            )
        },
        "/events/state": {
            "get": operation(
                "How everything stands",
                _TAGS,
                {"200": answer("And the id of the event it is after.", event)},
            )
        },
        "/events/state/disk": {
            "get": operation(
                "How much room is left on the disk", _TAGS, {"200": answer("In bytes.", event)}
            )
        },
    }


def _documentation() -> dict[str, dict[str, Operation]]:
    page: Schema = {"type": "string"}
    return {
        "/openapi.json": {
            "get": operation("This document", _TAGS, {"200": answer("It.", {"type": "object"})})
        },
        "/docs": {
            "get": operation(
                "This document to read", _TAGS, {"200": answer("A page.", page, "text/html")}
            )
        },
        "/docs/{file}": {
            "get": operation(
                "What the page is made of",
                _TAGS,
                {"200": answer("Its style or script.", page, ANYTHING)},
                parameters=[in_path("file", "Its name.", form="")],
            )
        },
    }
