"""The manifest of an export: RO-Crate 1.1, readable by people, programs and repositories.

Source: https://www.researchobject.org/ro-crate/specification/1.1/.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
    settings: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for each in exported:
        parts.append(_part(each))
        made = each.file.provenance
        if made.run is None:
            continue
        run = f"#run-{made.run}"
        if run not in runs:
            runs[run] = _run(each.file, run)
            settings += _settings(each.file, run)
            instruments[f"#thing-{made.thing}"] = {
                "@id": f"#thing-{made.thing}",
                "@type": "IndividualProduct",
                "name": made.thing,
            }
            if made.stamp.operator:
                person = f"#person-{made.stamp.operator}"
                people[person] = {"@id": person, "@type": "Person", "name": made.stamp.operator}
        runs[run]["result"].append({"@id": each.name})
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
        *settings,
    ]
    return {"@context": _CONTEXT, "@graph": graph}


def _part(each: Exported) -> dict[str, Any]:
    file = each.file
    found: dict[str, Any] = {
        "@id": each.name,
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
    if file.meta:
        found["additionalProperty"] = [
            {"@type": "PropertyValue", "name": key, "value": value}
            for key, value in file.meta.items()
        ]
    return found


def _run(file: ArchivedFile, id: str) -> dict[str, Any]:
    made = file.provenance
    found: dict[str, Any] = {
        "@id": id,
        "@type": "CreateAction",
        "name": f"{made.title or made.action} on {made.thing}",
        "instrument": {"@id": f"#thing-{made.thing}"},
        "object": [
            {"@type": "PropertyValue", "name": name, "value": value}
            for name, value in (made.input.items() if isinstance(made.input, dict) else ())
        ],
        "result": [],
        "additionalProperty": [
            {"@id": f"{id}-{thing}-{name}"}
            for thing, values in made.settings.items()
            for name in values
        ],
    }
    if made.made_at is not None:
        found["endTime"] = made.made_at.isoformat()
    if made.stamp.operator:
        found["agent"] = {"@id": f"#person-{made.stamp.operator}"}
    if made.stamp.session:
        found["isPartOf"] = made.stamp.session
    return found


def _settings(file: ArchivedFile, run: str) -> list[dict[str, Any]]:
    return [
        {
            "@id": f"{run}-{thing}-{name}",
            "@type": "PropertyValue",
            "name": f"{thing}.{name}",
            "value": value.value,
            "dateModified": value.at.isoformat(),
        }
        for thing, values in file.provenance.settings.items()
        for name, value in values.items()
    ]
