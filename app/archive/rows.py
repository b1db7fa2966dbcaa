"""Files as rows of the catalogue, and rows as files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from app.archive.facets import facets_of
from app.archive.records import (
    BlobPath,
    FileState,
    FileVersion,
    KeptBy,
    Provenance,
)
from app.archive.texts import folded, json_text, micros, moment, plain
from app.archive.words import searched, texts_in, values_in
from app.run_records import Values


@dataclass(frozen=True, slots=True)
class Content:
    """What is put into a file.

    Attributes:
        sha256: Hex digest.
        size: In bytes.
    """

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is to be in the catalogue; all of it is checked already.

    Attributes:
        id, name, extension, media_type, kept_by, provenance: As in `ArchivedFile`.
        meta: As JSON text.
        tags: What they are without regard to case, and as they were written.
        notes: As they are kept.
        who: Who asked, for the record of what was done.
    """

    id: UUID
    name: str
    extension: str
    media_type: str
    meta: str = "{}"
    tags: Mapping[str, str] = field(default_factory=dict)
    notes: str = ""
    provenance: Provenance = field(default_factory=Provenance)
    kept_by: KeptBy = KeptBy.UPLOAD
    who: str = ""


def row_of(new: NewFile, number: int, at_us: int, content: Content | None = None) -> dict[str, Any]:
    """A new file as a row: with its content, or a draft."""
    origin, made = new.provenance.origin, new.provenance
    row: dict[str, Any] = {
        "number": number,
        "id": new.id,
        "state": (FileState.LINKED if content else FileState.DRAFT).value,
        "version": 1 if content else 0,
        "size": content.size if content else None,
        "sha256": content.sha256 if content else None,
        "media_type": new.media_type,
        "created_us": at_us,
        "changed_us": at_us,
        "trashed_us": None,
        "kept_by": new.kept_by.value,
        "run": made.run,
        "path": path_text(made.path),
        "made_us": None if made.made_at is None else micros(made.made_at),
        "thing": plain(made.thing),
        "action": plain(made.action),
        "title": plain(made.title),
        "origin": "" if origin is None else origin.kind.value,
        "who": "" if origin is None else plain(origin.who),
        "operator": plain(made.stamp.operator),
        "sample": plain(made.stamp.sample),
        "session": plain(made.stamp.session),
        "name": new.name,
        "extension": new.extension,
        "notes": new.notes,
        "meta": new.meta,
        "input": json_text(made.input),
        "settings": settings_text(made.settings),
    }
    row["words"] = words_for(row, tuple(new.tags.values()))
    return row


def words_for(row: Mapping[str, Any], tags: Sequence[str]) -> str:
    """What a search finds a file by: its words and its facets.

    Args:
        row: As in the catalogue.
        tags: As they were written.
    """
    meta = json.loads(row["meta"])
    words = searched(
        row["name"],
        row["extension"],
        *tags,
        row["notes"],
        row["thing"],
        row["action"],
        row["title"],
        row["sample"],
        row["session"],
        row["operator"],
        *texts_in(meta),
    )
    facets = facets_of(row, map(folded, tags), values_in(meta))
    return f"{words} {facets}" if words else facets


def version_of(row: Row[Any]) -> FileVersion:
    """A row as a version."""
    return FileVersion(
        version=row.version,
        size=row.size,
        sha256=row.sha256,
        media_type=row.media_type,
        created=moment(row.created_us),
        who=row.who,
    )


def path_text(path: BlobPath) -> str:
    """Where a blob stands in an output, as text."""
    return json_text(list(path))


def path_from(text: str) -> BlobPath:
    """The same from text."""
    return tuple(json.loads(text))


def settings_text(values: Values) -> str:
    """Values as JSON: `{thing: {property: [value, microseconds]}}`."""
    return json_text(
        {
            thing: {name: (value.value, micros(value.at)) for name, value in known.items()}
            for thing, known in values.items()
        }
    )


def setting_values(text: str) -> dict[str, dict[str, Any]]:
    """The values alone, from the same JSON."""
    return {
        thing: {name: value for name, (value, _us) in known.items()}
        for thing, known in json.loads(text).items()
    }
