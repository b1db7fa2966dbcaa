"""The manifest of an export: RO-Crate 1.1, readable by people, programs and repositories.

Source: https://www.researchobject.org/ro-crate/specification/1.1/.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from app.archive.records import ArchivedFile

MANIFEST = "ro-crate-metadata.json"

_CONTEXT = ["https://w3id.org/ro/crate/1.1/context", {"sha256": "https://schema.org/sha256"}]


@dataclass(frozen=True, slots=True)
class Exported:
    """A file as it lies in an export.

    Attributes:
        file: What it is a copy of, with the values in its provenance.
        name: What it is called there.
        size: In bytes, with what was written into it.
        sha256: Hex digest of it as it lies there.
    """

    file: ArchivedFile
    name: str
    size: int
    sha256: str


def manifest(exported: Sequence[Exported], title: str, at: datetime) -> dict[str, Any]:
    """The manifest of an export, as JSON.

    Args:
        exported: What is in it.
        title: What to call the whole.
        at: When it was made.
    """
    runs: dict[str, dict[str, Any]] = {}
    people: dict[str, dict[str, Any]] = {}
    instruments: dict[str, dict[str, Any]] = {}
    values: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for each in exported:
        part, said = _part(each)
        parts.append(part)
        values += said
        made = each.file.provenance
        if made.run is None:
            continue
        run = f"#run-{made.run}"
        if run not in runs:
            runs[run], said = _run(each.file, run)
            values += said
            values += _settings(each.file, run)
            instrument = _named("thing", made.thing)
            instruments[instrument] = {
                "@id": instrument,
                "@type": "IndividualProduct",
                "name": made.thing,
            }
            if made.stamp.operator:
                person = _named("person", made.stamp.operator)
                people[person] = {"@id": person, "@type": "Person", "name": made.stamp.operator}
        runs[run]["result"].append({"@id": _reference(each.name)})
    graph: list[dict[str, Any]] = [
        {
            "@id": MANIFEST,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "name": title,
            "description": f"{len(parts)} files exported from an archive of Labwright",
            "datePublished": at.isoformat(timespec="seconds"),
            "license": "not stated",
            "hasPart": [{"@id": part["@id"]} for part in parts],
            "mentions": [{"@id": run} for run in runs],
        },
        *parts,
        *runs.values(),
        *instruments.values(),
        *people.values(),
        *values,
    ]
    return {"@context": _CONTEXT, "@graph": graph}


def _reference(name: str) -> str:
    """A name in the export as a URI reference: a space, '%', '#' and the like are escaped."""
    return quote(name)


def _named(kind: str, name: str) -> str:
    """The id of something that is only spoken of."""
    return f"#{kind}-{quote(name, safe='')}"


def _values(owner: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Values of what has an id, entities of their own: the graph is flat."""
    return [
        {"@id": f"{owner}-{quote(name, safe='')}", "@type": "PropertyValue", "name": name}
        | {"value": value}
        for name, value in given.items()
    ]


def _part(each: Exported) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A file, and the values that belong to it."""
    file = each.file
    found: dict[str, Any] = {
        "@id": _reference(each.name),
        "@type": "File",
        "name": file.file_name,
        "identifier": f"urn:uuid:{file.id}",
        "encodingFormat": file.media_type,
        "contentSize": str(each.size),
        "sha256": each.sha256,
        "dateCreated": file.created.isoformat(),
    }
    if each.sha256 != file.sha256:
        # What was kept, before it was written into it how it was made.
        found["isBasedOn"] = {"@id": f"urn:sha256:{file.sha256}"}
    if file.notes:
        found["description"] = file.notes
    if file.tags:
        found["keywords"] = ", ".join(file.tags)
    if file.provenance.stamp.sample:
        found["about"] = file.provenance.stamp.sample
    said = _values(f"#meta-{file.id}", file.meta)
    if said:
        found["additionalProperty"] = [{"@id": value["@id"]} for value in said]
    return found, said


def _run(file: ArchivedFile, id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What made a file, and its input."""
    made = file.provenance
    said = _values(f"{id}-input", made.input if isinstance(made.input, dict) else {})
    found: dict[str, Any] = {
        "@id": id,
        "@type": "CreateAction",
        "name": f"{made.title or made.action} on {made.thing}",
        "instrument": {"@id": _named("thing", made.thing)},
        "object": [{"@id": value["@id"]} for value in said],
        "result": [],
        "additionalProperty": [
            {"@id": _setting(id, thing, name)}
            for thing, values in made.settings.items()
            for name in values
        ],
    }
    if made.made_at is not None:
        found["endTime"] = made.made_at.isoformat()
    if made.stamp.operator:
        found["agent"] = {"@id": _named("person", made.stamp.operator)}
    if made.stamp.session:
        found["isPartOf"] = made.stamp.session
    return found, said


def _setting(run: str, thing: str, name: str) -> str:
    return f"{run}-{quote(thing, safe='')}-{quote(name, safe='')}"


def _settings(file: ArchivedFile, run: str) -> list[dict[str, Any]]:
    return [
        {
            "@id": _setting(run, thing, name),
            "@type": "PropertyValue",
            "name": f"{thing}.{name}",
            "value": value.value,
            "dateModified": value.at.isoformat(),
        }
        for thing, values in file.provenance.settings.items()
        for name, value in values.items()
    ]
