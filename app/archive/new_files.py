"""What is said about a file that is to be kept, checked before anything is written."""

from __future__ import annotations

import mimetypes
import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from app.archive.records import KeptBy, Provenance
from app.archive.rows import NewFile
from app.archive.texts import (
    checked_extension,
    checked_media_type,
    checked_notes,
    checked_tags,
    meta_text,
    plain,
    shown_name,
)
from things.errors import ValueRefusedError


def checked_file(
    name: str,
    extension: str,
    media_type: str,
    meta: Mapping[str, Any] | None,
    tags: Iterable[str],
    notes: str,
    provenance: Provenance | None,
    kept_by: KeptBy,
    who: str,
    id: UUID | None,
) -> NewFile:
    """What was given, as it is kept.

    Raises:
        ValueRefusedError: Name, extension, tags, notes or metadata do not fit.
    """
    suffix = checked_extension(extension)
    kind = checked_media_type(media_type)
    if not kind:
        kind = mimetypes.guess_type(f"x.{suffix}")[0] or "application/octet-stream"
    return NewFile(
        id=uuid.uuid4() if id is None else id,
        name=shown_name(name),
        extension=suffix,
        media_type=kind,
        meta=meta_text(meta),
        tags=checked_tags(tags),
        notes=checked_notes(notes),
        provenance=provenance or Provenance(),
        kept_by=kept_by,
        who=plain(who),
    )


def extension_of(path: Path) -> str:
    """'ome.tif' of 'stack.ome.tif', 'txt' of 'notes.txt'; '' where it is no ending we keep."""
    endings = [ending.removeprefix(".") for ending in path.suffixes]
    if len(endings) > 1 and endings[-2].lower() in ("ome", "tar"):
        endings = endings[-2:]
    else:
        endings = endings[-1:]
    try:
        return checked_extension(".".join(endings))
    except ValueRefusedError:
        return ""
