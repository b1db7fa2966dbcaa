"""What is read of files, and how that becomes files.

The database writes each file as one JSON array, tags and damage with it: one statement for a page,
and one value a row, whose parts need not be converted one by one on their way.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final
from urllib.parse import quote
from uuid import UUID

from app.archive.records import ArchivedFile, FileState, KeptBy, Provenance
from app.archive.texts import moment
from app.database.archive_tables import files
from app.run_facts import Origin, OriginKind, Stamp
from app.run_records import RecordedValue, Values

_AS_JSON: Final = frozenset({"path", "meta", "input", "settings"})
_ONLY_WHOLE: Final = ("input", "settings")
_LISTED: Final = tuple(c.name for c in files.c if c.name not in ("words", *_ONLY_WHOLE))

_TAGS: Final = "SELECT tag FROM file_tags WHERE file_tags.number = files.number ORDER BY folded"
_DAMAGE: Final = "SELECT damage FROM objects WHERE objects.sha256 = files.sha256"

_SHOWN_BYTES: Final = 120
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9_.~-]*")


@cache
def columns(*, sqlite: bool, whole: bool = False) -> str:
    """What to select of `files` for `files_from`.

    Args:
        sqlite: Whether it is for SQLite.
        whole: With the values in their provenance.
    """
    given = [
        (f"json(files.{name})" if sqlite else f"CAST(files.{name} AS json)")
        if name in _AS_JSON
        else f"files.{name}"
        for name in (*_LISTED, *(_ONLY_WHOLE if whole else ()))
    ]
    if sqlite:
        tags = f"json((SELECT json_group_array(tag) FROM ({_TAGS})))"
        return f"json_array({tags}, ({_DAMAGE}), {', '.join(given)})"
    tags = f"array_to_json(ARRAY({_TAGS}))"
    return f"CAST(json_build_array({tags}, ({_DAMAGE}), {', '.join(given)}) AS text)"


def files_from(rows: Iterable[Sequence[Any]], uri_prefix: str) -> list[ArchivedFile]:
    """Rows of these columns as files; what a list leaves out is empty."""
    found = []
    for (text,) in rows:
        tags, damage, *values = json.loads(text)
        known = dict(zip((*_LISTED, *_ONLY_WHOLE), values, strict=False))
        found.append(_file(known, tags, damage or "", uri_prefix))
    return found


def file_of_row(row: Mapping[str, Any], tags: Mapping[str, str], uri_prefix: str) -> ArchivedFile:
    """A file that was just put in, as it would be read.

    Args:
        row: As it was written.
        tags: By what they are without regard to case.
        uri_prefix: What the addresses of files begin with.
    """
    known = {name: json.loads(row[name]) if name in _AS_JSON else row[name] for name in row}
    return _file(known, [tags[key] for key in sorted(tags)], "", uri_prefix)


def uri_of(prefix: str, id: UUID, name: str, extension: str) -> str:
    """Where a file is served; its name comes last, so that a download is called by it."""
    shown = f"{name}.{extension}" if extension else name
    # '.' and '..' would be taken for folders by whoever reads the address.
    last = shown[:_SHOWN_BYTES] if shown.strip(".") else "file"
    return f"{prefix}{id}/{last if _PLAIN_NAME.fullmatch(last) else quote(last, safe='')}"


def _file(
    known: Mapping[str, Any], tags: Sequence[str], damage: str, uri_prefix: str
) -> ArchivedFile:
    id = _uuid(known["id"])
    return ArchivedFile(
        id=id,
        number=known["number"],
        name=known["name"],
        extension=known["extension"],
        media_type=known["media_type"],
        state=FileState(known["state"]),
        size=known["size"],
        sha256=known["sha256"] or "",
        version=known["version"],
        created=moment(known["created_us"]),
        changed=moment(known["changed_us"]),
        trashed=None if known["trashed_us"] is None else moment(known["trashed_us"]),
        tags=tuple(tags),
        notes=known["notes"],
        meta=known["meta"],
        provenance=_provenance(known),
        kept_by=KeptBy(known["kept_by"]),
        uri=uri_of(uri_prefix, id, known["name"], known["extension"]),
        damaged=damage,
    )


def _provenance(known: Mapping[str, Any]) -> Provenance:
    origin, made_us = known["origin"], known["made_us"]
    return Provenance(
        run=None if known["run"] is None else _uuid(known["run"]),
        path=tuple(known["path"]),
        thing=known["thing"],
        action=known["action"],
        title=known["title"],
        input=known.get("input"),
        origin=Origin(OriginKind(origin), known["who"]) if origin else None,
        stamp=Stamp(known["operator"], known["sample"], known["session"]),
        made_at=None if made_us is None else moment(made_us),
        settings=_settings(known.get("settings", {})),
    )


def _settings(written: dict[str, Any]) -> Values:
    return {
        thing: {name: RecordedValue(value, moment(us)) for name, (value, us) in known.items()}
        for thing, known in written.items()
    }


def _uuid(digits: str | UUID) -> UUID:
    """From hex digits, with hyphens or without; `UUID` itself takes five times as long."""
    if isinstance(digits, UUID):
        return digits
    return UUID(int=int(digits.replace("-", ""), 16))
