"""What is read of files, and how rows become files.

Tags and damage come with the row: one statement for a page instead of three.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from app.archive.records import ArchivedFile
from app.archive.rows import file_of
from app.database.archive_tables import files

_WORDS: Final = "words"
_ONLY_WHOLE: Final = frozenset({"input", "settings"})
_WHOLE: Final = tuple(c.name for c in files.c if c.name != _WORDS)
_LISTED: Final = tuple(name for name in _WHOLE if name not in _ONLY_WHOLE)

_TAGS: Final = "SELECT tag FROM file_tags WHERE file_tags.number = files.number ORDER BY folded"
_DAMAGE: Final = "SELECT damage FROM objects WHERE objects.sha256 = files.sha256"


@cache
def columns(*, sqlite: bool, whole: bool = False) -> str:
    """What to select of `files` for `files_from`.

    Args:
        sqlite: Whether it is for SQLite.
        whole: With the values in their provenance.
    """
    tags = f"(SELECT json_group_array(tag) FROM ({_TAGS}))" if sqlite else f"ARRAY({_TAGS})"
    names = (f"files.{name}" for name in (_WHOLE if whole else _LISTED))
    return f"{', '.join(names)}, {tags}, ({_DAMAGE})"


def files_from(
    rows: Iterable[Sequence[Any]], uri_prefix: str, *, whole: bool = False
) -> list[ArchivedFile]:
    """Rows of these columns as files."""
    names = _WHOLE if whole else _LISTED
    found = []
    for row in rows:
        *values, tags, damage = row
        known = dict(zip(names, values, strict=True))
        for name in ("id", "run"):
            if isinstance(known[name], str):  # SQLite keeps them as hex digits
                known[name] = UUID(known[name])
        written = json.loads(tags) if isinstance(tags, str) else tags
        found.append(file_of(known, tuple(written), damage or "", uri_prefix))
    return found
