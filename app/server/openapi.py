"""The OpenAPI 3.1 document of a bench, made of its Thing Descriptions.

Source: https://spec.openapis.org/oas/v3.1.0. Websockets cannot be said in it; docs/http.md tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.server.openapi_archive import archive_schemas
from app.server.openapi_fixed import fixed_paths
from app.server.openapi_parts import (
    EVENTS,
    LISTING,
    Operation,
    answer,
    body,
    nothing,
    operation,
    shared_parts,
)
from app.server.openapi_runs import run_schemas
from app.server.openapi_schemas import Schema, json_schema, reference, shared_schemas

_MOTION = "multipart/x-mixed-replace"


def openapi_document(
    title: str, version: str, descriptions: Mapping[str, Mapping[str, Any]], prefix: str = ""
) -> dict[str, Any]:
    """The document.

    Args:
        title: Of the bench.
        version: Of the program.
        descriptions: Thing Descriptions by the Things' names; their forms begin with the prefix.
        prefix: Path below which the bench is served.
    """
    paths: dict[str, dict[str, Operation]] = fixed_paths(prefix)
    for name, described in descriptions.items():
        paths |= _thing_paths(name, described, f"{prefix}/{name}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": title,
            "version": version,
            "description": "Instruments over HTTP. Each Thing is described at its own address, "
            "as a W3C Thing Description.",
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "bench", "description": "What concerns all Things."},
            {"name": "archive", "description": "Files that are kept, and how they were made."},
            *(_tag(name, described) for name, described in descriptions.items()),
        ],
        "paths": paths,
        "components": {
            "schemas": {**archive_schemas(), **shared_schemas(), **run_schemas()},
            **shared_parts(),
        },
    }


def _schemas() -> dict[str, Schema]:
    """All schemas; what the ledger and the archive both speak of is the ledger's."""
    found = {**shared_schemas(), **run_schemas()}
    for name, schema in archive_schemas().items():
        found.setdefault(name, schema)
    return found


def _tag(name: str, described: Mapping[str, Any]) -> dict[str, str]:
    text = described.get("description", described["title"])
    return {"name": name, "description": text}


def _thing_paths(
    name: str, described: Mapping[str, Any], base: str
) -> dict[str, dict[str, Operation]]:
    tags = [name]
    paths: dict[str, dict[str, Operation]] = {
        f"{base}/": {
            "get": operation(
                f"{described['title']}: its Thing Description",
                tags,
                {"200": answer("The description.", {"type": "object"}, "application/td+json")},
            )
        }
    }
    for affordance, prop in described["properties"].items():
        paths |= _property_paths(f"{base}/{affordance}", prop, tags)
    for affordance, action in described["actions"].items():
        paths[f"{base}/{affordance}"] = _action_path(action, tags)
    for affordance, event in described["events"].items():
        data = json_schema(event["data"])
        paths[f"{base}/{affordance}"] = {
            "get": operation(
                f"{event['title']}: each time it happens",
                tags,
                {"200": answer("Its data, server-sent.", data, EVENTS)},
                event.get("description", ""),
            )
        }
    for affordance, stream in described.get("lw:streams", {}).items():
        paths |= _stream_paths(f"{base}/{affordance}", stream, tags)
    return paths


def _property_paths(
    path: str, prop: Mapping[str, Any], tags: Sequence[str]
) -> dict[str, dict[str, Operation]]:
    title, text = prop["title"], prop.get("description", "")
    # Titles and texts are the operation's; what is left is the value.
    schema = json_schema({key: prop[key] for key in prop if key not in ("title", "description")})
    schema.pop("readOnly", None)
    unit = f" In {prop['unit']}." if "unit" in prop else ""
    found: dict[str, Operation] = {
        "get": operation(f"{title}: read", tags, {"200": answer("The value." + unit, schema)}, text)
    }
    if not prop["readOnly"]:
        found["put"] = operation(
            f"{title}: set", tags, {"201": nothing("It is set.")}, text, body=body(schema)
        )
    paths = {path: found}
    if prop.get("lw:resettable"):
        paths[f"{path}/reset"] = {
            "post": operation(f"{title}: back to the default", tags, {"200": nothing("It is set.")})
        }
    if prop["observable"]:
        paths[f"{path}/observe"] = {
            "get": operation(
                f"{title}: each change",
                tags,
                {"200": answer("Each new value, server-sent.", schema, EVENTS)},
            )
        }
    return paths


def _action_path(action: Mapping[str, Any], tags: Sequence[str]) -> dict[str, Operation]:
    title, text = action["title"], action.get("description", "")
    taken: Schema = json_schema(
        action.get("input", {"type": "object", "additionalProperties": False})
    )
    given: Schema = json_schema(action.get("output", {"type": "null"}))
    # It is null until the action has ended.
    output = given if given == {"type": "null"} else {"oneOf": [given, {"type": "null"}]}
    started: Schema = {
        "allOf": [reference("Invocation")],
        "properties": {"input": taken, "output": output},
    }
    return {
        "get": operation(
            f"{title}: its runs",
            tags,
            {
                "200": answer(
                    "Those that run or ended recently.",
                    {"type": "array", "items": reference("InvocationSummary")},
                )
            },
            parameters=LISTING,
        ),
        "post": operation(
            f"{title}: start",
            tags,
            {"201": answer("The invocation; its href tells what becomes of it.", started)},
            text,
            body=body(taken, required=bool(taken.get("required"))),
        ),
    }


def _stream_paths(
    path: str, stream: Mapping[str, Any], tags: Sequence[str]
) -> dict[str, dict[str, Operation]]:
    title, text = stream["title"], stream.get("description", "")
    picture: Schema = {"type": "string", "contentMediaType": "image/jpeg"}
    return {
        path: {
            "get": operation(
                f"{title}: moving",
                tags,
                {"200": answer("JPEG after JPEG, the newest only.", picture, _MOTION)},
                text,
            )
        },
        f"{path}/snapshot": {
            "get": operation(
                f"{title}: one picture", tags, {"200": answer("The newest.", picture, "image/jpeg")}
            )
        },
    }
