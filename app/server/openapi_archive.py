"""The archive in the OpenAPI document."""

from __future__ import annotations

from typing import Any, Final

from pydantic import TypeAdapter

from app.archive.records import (
    DEFAULT_PAGE,
    LARGEST_PAGE,
    ArchivedFile,
    ArchiveUsage,
    FileEvent,
    FileState,
    FileVersion,
    SettingDifference,
    SettingRestored,
)
from app.archive.scrubbing import ScrubReport
from app.archive.sweeping import SweepReport
from app.file_wire import ANY_STATE, ARCHIVE_PATH, FILES_PATH
from app.server.openapi_parts import (
    ANYTHING,
    Operation,
    answer,
    body,
    in_path,
    in_query,
    nothing,
    operation,
    problem,
)
from app.server.openapi_schemas import Schema, reference
from app.thumbnails import LARGEST, SMALLEST
from app.words import LONGEST_LINE
from things.schemas import prose

_TAGS: Final = ["archive"]
_TEXT: Schema = {"type": "string", "maxLength": LONGEST_LINE}
_ANY_TEXT: Schema = {"type": "string"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_UUID: Schema = {"type": "string", "format": "uuid"}
_BYTES: Schema = {"type": "string", "format": "binary"}
_OBJECT: Schema = {"type": "object"}
_NO_ARCHIVE = problem("No files are kept here, or the archive cannot be used.")
_NO_FILE = problem("There is no file of that id.")
_OTHER_FILE = problem("It is not what `If-Match` names any more: somebody has changed it.")
_OTHER_CONTENT = {"description": "It is not what `If-Match` names."}
_ID = in_path("id", "Of the file.")
_SHA256 = in_path("sha256", "Hex digest of the content.", form="")

_QUERY = (
    in_query(
        "text",
        "Only those with all of these words, or their beginnings, in name, notes, tags, metadata, "
        "Thing, action or stamp.",
        _TEXT,
    ),
    in_query("since", "Only those made then or later; with a zone.", _TIME),
    in_query("until", "Only those made before; with a zone.", _TIME),
    *(
        in_query(name, f"Only those of this {what}.", _TEXT)
        for name, what in (
            ("thing", "Thing"),
            ("action", "action"),
            ("sample", "sample"),
            ("session", "session"),
            ("operator", "operator"),
        )
    ),
    in_query("media_type", "Such as image/png, or image/*.", _TEXT),
    in_query(
        "tag", "Only those with this tag; may be repeated.", {"type": "array", "items": _TEXT}
    ),
    in_query("meta.KEY", "Only those whose metadata has this value under KEY.", _TEXT),
    in_query(
        "setting.THING.PROPERTY",
        "Only those that were made while this property had this value; numbers to six digits.",
        _TEXT,
    ),
    in_query("run", "Only what this run returned.", _UUID),
    in_query("sha256", "Only those with this content.", _TEXT),
    in_query(
        "state",
        "Only in this state.",
        {
            "type": "string",
            "enum": [*(each.value for each in FileState), ANY_STATE],
            "default": FileState.LINKED.value,
        },
    ),
    in_query(
        "limit",
        "How many at most. Where there are more, `next` and the Link header lead to them.",
        {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": DEFAULT_PAGE},
    ),
    in_query("after", "`next` of the page before.", _TEXT),
    in_query("oldest_first", "Turn the order round.", {"type": "boolean", "default": False}),
    in_query("total", "Count all that fit, too.", {"type": "boolean", "default": False}),
)

_CHANGED: Schema = {
    "name": _ANY_TEXT,
    "notes": _ANY_TEXT,
    "tags": {"type": "array", "items": _ANY_TEXT},
    "meta": _OBJECT,
}


def archive_paths() -> dict[str, dict[str, Operation]]:
    """The paths of the archive, without a prefix."""
    path = ARCHIVE_PATH
    return {
        path: {
            "get": operation(
                "Files that are kept",
                _TAGS,
                {"200": answer("A page, newest first.", reference("FilePage")), "503": _NO_ARCHIVE},
                "Parameters that are not known are refused.",
                parameters=_QUERY,
            ),
            "post": operation(
                "Make a record",
                _TAGS,
                {"201": answer("A draft; PUT its content.", reference("File"))},
                "One that gets no content goes after a day.",
                body=body(
                    _fields({**_CHANGED, "extension": _ANY_TEXT, "media_type": _ANY_TEXT}),
                    required=False,
                ),
            ),
        },
        **_one(path),
        **_contents(path),
        **_of_runs(path),
        **_upkeep(path),
    }


def _one(path: str) -> dict[str, dict[str, Operation]]:
    def changing(text: str, more: str = "") -> dict[str, Operation]:
        return {
            "post": operation(
                text,
                _TAGS,
                {"200": answer("The file.", reference("File")), "404": _NO_FILE},
                more,
                parameters=[_ID],
            )
        }

    def listing(text: str, name: str) -> dict[str, Operation]:
        schema: Schema = {"type": "array", "items": reference(name)}
        return {
            "get": operation(
                text,
                _TAGS,
                {"200": answer("The oldest first.", schema), "404": _NO_FILE},
                parameters=[_ID],
            )
        }

    counts: Schema = {"type": "object", "additionalProperties": {"type": "integer"}}
    return {
        f"{path}/tags": {
            "get": operation(
                "All tags", _TAGS, {"200": answer("And how many files have each.", counts)}
            )
        },
        f"{path}/usage": {
            "get": operation(
                "How full the archive is",
                _TAGS,
                {"200": answer("In files and bytes.", reference("ArchiveUsage"))},
            )
        },
        f"{path}/{{id}}": {
            "get": operation(
                "One file",
                _TAGS,
                {
                    "200": answer(
                        "All that is known of it; its ETag changes with it.", reference("File")
                    ),
                    "404": _NO_FILE,
                    "412": _OTHER_FILE,
                },
                parameters=[_ID],
            ),
            "patch": operation(
                "Change what is said about a file",
                _TAGS,
                {
                    "200": answer("The file.", reference("File")),
                    "404": _NO_FILE,
                    "412": _OTHER_FILE,
                },
                "What is not named stays. The hash is nobody's to set. With `If-Match` nobody "
                "undoes unseen what somebody else has changed.",
                body=body(_fields(_CHANGED)),
                parameters=[_ID],
            ),
            "delete": operation(
                "Delete a file for good",
                _TAGS,
                {
                    "200": nothing("It is gone."),
                    "404": _NO_FILE,
                    "409": problem("It is neither a draft nor in the trash."),
                    "412": _OTHER_FILE,
                },
                parameters=[_ID],
            ),
        },
        f"{path}/{{id}}/trash": changing("Put a file into the trash"),
        f"{path}/{{id}}/restore": changing("Bring a file back from the trash"),
        f"{path}/{{id}}/versions": listing("What a file held", "FileVersion"),
        f"{path}/{{id}}/events": listing("What was done to a file", "FileEvent"),
    }


def _contents(path: str) -> dict[str, dict[str, Operation]]:
    version = in_query(
        "version",
        "Which version; its address never leads to anything else.",
        {"type": "integer", "minimum": 1},
    )
    name = in_path("name", "What a download is called; of no effect.", form="")
    zipped = {"200": answer("A zip with a manifest.", _BYTES, "application/zip"), "404": _NO_FILE}
    uploads: Schema = {
        "type": "object",
        "properties": {"offset": {"type": "integer"}, "complete": {"type": "boolean"}},
        "required": ["offset", "complete"],
    }
    nothing_came = {"404": problem("Nothing of it came.")}
    read = _reading(version)
    return {
        f"{path}/{{id}}/content": {
            **read,
            "put": operation(
                "Put a content into a file",
                _TAGS,
                {
                    "200": answer("The file, with a new version.", reference("File")),
                    "201": answer("The file, with its first content.", reference("File")),
                    "202": answer("The rest is still to come.", uploads),
                    "409": problem("It goes on elsewhere, or the file is in the trash."),
                    "413": problem("It is too long."),
                    "507": problem("There is no room for it."),
                },
                "The body is the content. With its hash known it can be resumed: Content-Range "
                "says where the body belongs.",
                body=body(_BYTES, ANYTHING),
                parameters=[_ID, in_query("sha256", "Hex digest of the whole.", _TEXT)],
            ),
        },
        f"{path}/uploads/{{sha256}}": {
            "get": operation(
                "How much of an upload is here",
                _TAGS,
                {"200": answer("Also as the header Upload-Offset.", uploads), **nothing_came},
                parameters=[_SHA256],
            ),
            "delete": operation(
                "Forget an upload that is not complete",
                _TAGS,
                {"200": nothing("It is gone.")},
                parameters=[_SHA256],
            ),
        },
        f"{path}/{{id}}/thumbnail": {
            "get": operation(
                "A small picture of a picture",
                _TAGS,
                {"200": answer("As PNG.", _BYTES, "image/png"), "404": _NO_FILE},
                parameters=[
                    _ID,
                    version,
                    in_query(
                        "size",
                        "The longer side, in pixels.",
                        {
                            "type": "integer",
                            "minimum": SMALLEST,
                            "maximum": LARGEST,
                            "default": 256,
                        },
                    ),
                ],
            )
        },
        f"{path}/{{id}}/export": {
            "get": operation(
                "A copy that says how it was made",
                _TAGS,
                {"200": answer("Where its format can hold that.", _BYTES, ANYTHING)},
                parameters=[_ID],
            )
        },
        f"{path}/export": {
            "get": operation(
                "Several files as a zip",
                _TAGS,
                zipped,
                parameters=[
                    in_query(
                        "id", "Of a file; may be repeated.", {"type": "array", "items": _UUID}
                    ),
                    in_query("title", "What to call the whole.", _TEXT),
                ],
            ),
            "post": operation(
                "Many files as a zip",
                _TAGS,
                zipped,
                body=body(
                    _fields({"ids": {"type": "array", "items": _UUID}, "title": _TEXT}, "ids")
                ),
            ),
        },
        f"{FILES_PATH}/{{id}}": read,
        f"{FILES_PATH}/{{id}}/{{name}}": _reading(version, name),
    }


def _reading(*more: dict[str, Any]) -> dict[str, Operation]:
    return {
        "get": operation(
            "The content of a file",
            _TAGS,
            {
                "200": answer("All of it; its ETag is its SHA-256.", _BYTES, ANYTHING),
                "206": answer("The range asked for.", _BYTES, ANYTHING),
                "304": {"description": "It is the one that the client has."},
                "404": _NO_FILE,
                "409": problem("Nothing was put into it yet."),
                "412": _OTHER_CONTENT,
                "416": {"description": "The range begins behind its end."},
            },
            parameters=[_ID, *more],
        )
    }


def _of_runs(path: str) -> dict[str, dict[str, Operation]]:
    differences: Schema = {"type": "array", "items": reference("SettingDifference")}
    restored: Schema = {"type": "array", "items": reference("SettingRestored")}
    place: Schema = {"type": "array", "items": {"oneOf": [_ANY_TEXT, {"type": "integer"}]}}
    kept: Schema = {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"path": place, "file": _UUID},
            "required": ["path", "file"],
        },
    }
    pair: Schema = {"type": "array", "items": _ANY_TEXT, "minItems": 2, "maxItems": 2}
    stamp: Schema = reference("Stamp")
    named: Schema = {"type": "object", "properties": {"name": _ANY_TEXT}, "required": ["name"]}
    return {
        f"{path}/kept": {
            "post": operation(
                "Keep an output of a run",
                _TAGS,
                {"201": answer("The file; the one it is where it was kept.", reference("File"))},
                body=body(
                    _fields(
                        {
                            "invocation": _UUID,
                            "path": place,
                            "name": _ANY_TEXT,
                            "tags": {"type": "array", "items": _ANY_TEXT},
                            "notes": _ANY_TEXT,
                            "meta": _OBJECT,
                            "stamp": stamp,
                        },
                        "invocation",
                    )
                ),
            )
        },
        f"{path}/kept/{{invocation}}": {
            "get": operation(
                "Which outputs of a run are kept",
                _TAGS,
                {"200": answer("Where they stand, and the files.", kept)},
                parameters=[in_path("invocation", "Of the run.")],
            )
        },
        f"{path}/kept/{{invocation}}/name": {
            "post": operation(
                "What an output of a run would be called",
                _TAGS,
                {"200": answer("By the pattern; the name stays free.", named)},
                body=body(_fields({"path": place, "stamp": stamp}), required=False),
                parameters=[in_path("invocation", "Of the run.")],
            )
        },
        f"{path}/{{id}}/settings": {
            "get": operation(
                "Which settings are others than when a file was made",
                _TAGS,
                {"200": answer("Each with both values.", differences), "404": _NO_FILE},
                parameters=[_ID],
            ),
            "post": operation(
                "Put settings back",
                _TAGS,
                {"200": answer("What became of each.", restored), "404": _NO_FILE},
                "Each is a write like any other. All that differ where `only` is not given.",
                body=body(
                    _fields({"only": {"type": ["array", "null"], "items": pair}}), required=False
                ),
                parameters=[_ID],
            ),
        },
    }


def _upkeep(path: str) -> dict[str, dict[str, Operation]]:
    return {
        f"{path}/sweep": {
            "post": operation(
                "Sweep up what no file names",
                _TAGS,
                {"200": answer("What went, or would go.", reference("SweepReport"))},
                "In two phases: noted first, gone after a day.",
                body=body(_fields({"dry_run": {"type": "boolean"}}), required=False),
            )
        },
        f"{path}/views": {
            "post": operation(
                "Make the folder of readable names anew",
                _TAGS,
                {
                    "200": answer(
                        "How many files are in it.", _fields({"files": {"type": "integer"}})
                    )
                },
                "For people and static servers: copies, or relative links where `links` is true.",
                body=body(_fields({"links": {"type": "boolean"}}), required=False),
            )
        },
        f"{path}/scrub": {
            "post": operation(
                "Read and hash every content again",
                _TAGS,
                {"200": answer("What was found.", reference("ScrubReport"))},
                "May take hours. What differs goes into quarantine.",
            )
        },
    }


def _fields(properties: Schema, *required: str) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def archive_schemas() -> dict[str, Schema]:
    """What the archive answers, by name; those that the ledger has too are not among them."""
    found: dict[str, Schema] = {}
    for name, kind in (
        ("File", ArchivedFile),
        ("ArchiveUsage", ArchiveUsage),
        ("FileVersion", FileVersion),
        ("FileEvent", FileEvent),
        ("SettingDifference", SettingDifference),
        ("SettingRestored", SettingRestored),
        ("SweepReport", SweepReport),
        ("ScrubReport", ScrubReport),
    ):
        schema: Schema = TypeAdapter(kind).json_schema(
            mode="serialization", ref_template="#/components/schemas/{model}"
        )
        found |= schema.pop("$defs", {})
        found[name] = {**schema, "title": name}
    found["FilePage"] = {
        "type": "object",
        "description": "Some files. Their provenance has neither input nor settings.",
        "properties": {
            "files": {"type": "array", "items": reference("File")},
            "next": {"type": ["string", "null"], "description": "Asks for those after them."},
            "total": {"type": ["integer", "null"], "description": "How many fit in all."},
        },
        "required": ["files", "next", "total"],
    }
    for schema in found.values():
        if "description" in schema:
            schema["description"] = prose(schema["description"])
    return found
