"""The schemas of the OpenAPI document: what Thing Descriptions say, and what all answers share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.actions.invocation_model import InvocationModel
from things.blobs import Blob
from things.schemas import prose

Schema = dict[str, Any]

SUMMARY_KEYS = (
    "status",
    "id",
    "action",
    "href",
    "timeStarted",
    "timeRequested",
    "timeCompleted",
    "links",
)
"""What a list tells of an invocation."""

_NOT_SCHEMA = frozenset({"forms", "observable", "uriVariables", "unit"})

_REF = "#/components/schemas/{model}"


def reference(name: str) -> Schema:
    """A reference to one of the shared schemas."""
    return {"$ref": _REF.format(model=name)}


def json_schema(described: Mapping[str, Any]) -> Schema:
    """A data schema of a Thing Description as JSON Schema 2020-12, which OpenAPI 3.1 wants.

    Args:
        described: A data schema, or a property of a Thing Description.
    """
    schema: Schema = {}
    for key, value in described.items():
        if key in _NOT_SCHEMA or ":" in key:
            continue
        if key == "items" and isinstance(value, list):
            schema["prefixItems"] = [json_schema(item) for item in value]
        elif key == "properties":
            schema[key] = {name: json_schema(field) for name, field in value.items()}
        elif key in ("oneOf", "allOf"):
            schema[key] = [json_schema(choice) for choice in value]
        elif key in ("items", "additionalProperties") and isinstance(value, Mapping):
            schema[key] = json_schema(value)
        elif value is not False or key not in ("readOnly", "writeOnly"):
            schema[key] = value
    return schema


def shared_schemas() -> dict[str, Schema]:
    """What all answers share, by name."""
    whole = InvocationModel.model_json_schema(mode="serialization", ref_template=_REF)
    schemas: dict[str, Schema] = whole.pop("$defs")
    schemas["Invocation"] = whole
    schemas["InvocationSummary"] = {
        "type": "object",
        "description": "What a list tells of an invocation: neither input, output nor log.",
        "properties": {key: whole["properties"][key] for key in SUMMARY_KEYS},
        "required": list(SUMMARY_KEYS),
        "additionalProperties": False,
    }
    schemas["Blob"] = json_schema(Blob.model_json_schema(mode="serialization"))
    schemas["Problem"] = _PROBLEM
    schemas["Faults"] = _FAULTS
    for schema in schemas.values():
        if "description" in schema:
            schema["description"] = prose(schema["description"])
    return schemas


_PROBLEM: Schema = {
    "type": "object",
    "description": "What went wrong, in the shape of RFC 9457.",
    "properties": {
        "type": {"type": "string", "description": "An address that stands for the kind."},
        "title": {"type": "string", "description": "The kind, in a word or three."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "In words."},
        "instance": {"type": "string", "description": "The path that was asked for."},
        "error_id": {"type": "string", "description": "The log tells more under this id."},
    },
    "required": ["type", "title", "status", "detail", "instance", "error_id"],
}

_FAULTS: Schema = {
    "type": "object",
    "description": "What does not fit, place by place.",
    "properties": {
        "detail": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "type": {"type": "string", "description": "The kind of fault."},
                    "loc": {
                        "type": "array",
                        "description": "Where: 'body', 'path' or 'query', then names and numbers.",
                        "items": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
                    },
                    "msg": {"type": "string", "description": "In words."},
                    "input": {"description": "What was given there."},
                },
                "required": ["type", "loc", "msg", "input"],
            },
        }
    },
    "required": ["detail"],
}
