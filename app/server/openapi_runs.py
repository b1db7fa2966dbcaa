"""The ledger and the stamp in the OpenAPI document."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from app.run_facts import OriginKind, Stamp
from app.run_records import DEFAULT_PAGE, LARGEST_PAGE, RunRecord, RunState
from app.run_wire import RUNS_PATH, TIMES
from app.server.openapi_parts import (
    ANYTHING,
    Operation,
    answer,
    body,
    in_path,
    in_query,
    operation,
    problem,
)
from app.server.openapi_schemas import Schema, reference
from app.words import LONGEST_LINE, LONGEST_NOTE
from things.schemas import prose

_TAGS = ["bench"]
_ONLY_WHOLE = ("log", "before", "after")
_TEXT: Schema = {"type": "string", "maxLength": LONGEST_LINE}
_ANY_TEXT: Schema = {"type": "string", "default": "[]"}
_BYTES: Schema = {"type": "string", "format": "binary"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_NO_LEDGER = problem("There is no ledger, or it cannot be read.")

_RENAMED = {"Problem": "RunProblem", "LogLine": "RunLogLine"}
"""Other answers have schemas of these names."""

_QUERY = (
    in_query("thing", "Only on this Thing.", _TEXT),
    in_query("action", "Only of this action.", _TEXT),
    in_query(
        "state",
        "Only in this state.",
        {"type": "string", "enum": [each.value for each in RunState]},
    ),
    in_query(
        "origin",
        "Only those that came this way.",
        {"type": "string", "enum": [each.value for each in OriginKind]},
    ),
    in_query("who", "Only of this user, address or script.", _TEXT),
    in_query("since", "Only those asked for then or later; with a zone.", _TIME),
    in_query("until", "Only those asked for before; with a zone.", _TIME),
    in_query(
        "text",
        "Only those with all of these words in title, input, output, error, log, note or stamp.",
        _TEXT,
    ),
    in_query("parent", "Only those this run started.", {"type": "string", "format": "uuid"}),
    in_query("roots", "Leave out those that a run started.", {"type": "boolean", "default": False}),
    in_query(
        "limit",
        "How many at most. Where there are more, `next` and the Link header lead to them.",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": DEFAULT_PAGE},
    ),
    in_query("after", "`next` of the page before.", _TEXT),
    in_query("total", "Count all that fit, too.", {"type": "boolean", "default": False}),
)


def run_paths() -> dict[str, dict[str, Operation]]:
    """The paths of the ledger and of the stamp, without a prefix."""
    id = in_path("id", "Of the run.")
    note: Schema = {
        "type": "object",
        "properties": {"note": {"type": "string", "maxLength": LONGEST_NOTE}},
        "required": ["note"],
        "additionalProperties": False,
    }
    return {
        RUNS_PATH: {
            "get": operation(
                "What was run",
                _TAGS,
                {"200": answer("A page, newest first.", reference("RunPage")), "503": _NO_LEDGER},
                "However long ago: this is the ledger. Parameters that are not known are refused.",
                parameters=_QUERY,
            )
        },
        RUNS_PATH + "/{id}": {
            "get": operation(
                "One run",
                _TAGS,
                {"200": answer("All of it.", reference("Run")), "503": _NO_LEDGER},
                "With its log and the values of properties before and after.",
                parameters=[id],
            ),
            "patch": operation(
                "Write a note to a run",
                _TAGS,
                {"200": answer("The run with its note.", reference("Run")), "503": _NO_LEDGER},
                "In place of the one it has.",
                body=body(note),
                parameters=[id],
            ),
        },
        RUNS_PATH + "/{id}/output": {
            "get": operation(
                "What a run returned, wherever that is now",
                _TAGS,
                {
                    "200": answer("The bytes of a blob.", _BYTES, ANYTHING),
                    "206": answer("The range asked for.", _BYTES, ANYTHING),
                    "404": problem("It has no such output, or not any more."),
                },
                "With the run, put aside on the disk, or in the archive.",
                parameters=[
                    id,
                    in_query("path", 'Where in the output, as ["images", 0].', _ANY_TEXT),
                ],
            )
        },
        "/stamp": {
            "get": operation(
                "What is written on everything that is run",
                _TAGS,
                {"200": answer("The stamp.", reference("Stamp"))},
            ),
            "put": operation(
                "Write something else from now on",
                _TAGS,
                {"200": answer("The stamp as it is in force.", reference("Stamp"))},
                "A field that is not named is empty from now on.",
                body=body(reference("Stamp")),
            ),
        },
    }


def run_schemas() -> dict[str, Schema]:
    """What the ledger answers, by name."""
    whole: Schema = TypeAdapter(RunRecord).json_schema(
        mode="serialization", ref_template="#/components/schemas/{model}"
    )
    schemas: dict[str, Schema] = whole.pop("$defs")
    schemas = {_RENAMED.get(name, name): schema for name, schema in schemas.items()}
    properties = {
        **{_on_the_wire(name): schema for name, schema in whole["properties"].items()},
        "href": {"type": "string", "title": "Href"},
    }
    listed = {name: each for name, each in properties.items() if name not in _ONLY_WHOLE}
    run: Schema = {**whole, "properties": properties, "required": list(properties), "title": "Run"}
    schemas["Run"] = run
    schemas["RunSummary"] = {
        "type": "object",
        "description": "A run as a list tells of it: neither log nor values.",
        "properties": listed,
        "required": list(listed),
    }
    schemas["RunPage"] = {
        "type": "object",
        "description": "Some runs, newest first.",
        "properties": {
            "invocations": {"type": "array", "items": reference("RunSummary")},
            "next": {"type": ["string", "null"], "description": "Asks for those after them."},
            "total": {"type": ["integer", "null"], "description": "How many fit in all."},
        },
        "required": ["invocations", "next", "total"],
    }
    fields: dict[str, Schema] = TypeAdapter(Stamp).json_schema()["properties"]
    schemas["Stamp"] = {
        **schemas["Stamp"],
        "properties": {name: {**field, **_TEXT} for name, field in fields.items()},
        "additionalProperties": False,
    }
    for schema in schemas.values():
        if "description" in schema:
            schema["description"] = prose(schema["description"])
    return {name: _renamed(schema) for name, schema in schemas.items()}


def _on_the_wire(name: str) -> str:
    return next((wire for wire, own in TIMES.items() if own == name), name)


def _renamed(schema: Any) -> Any:
    """The same with references to the names that schemas have here."""
    if isinstance(schema, list):
        return [_renamed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: _renamed(value) for key, value in schema.items()}
    target = str(found.get("$ref", "")).rpartition("/")[2]
    return reference(_RENAMED[target]) if target in _RENAMED else found
