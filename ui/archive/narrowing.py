"""What a question leaves out beside the choices that are always in sight; no widgets."""

from __future__ import annotations

import enum
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QCoreApplication, QLocale

from app.archive.records import FileQuery
from ui.activity.wording import one_line, value_in_short

_SHA256: Final = re.compile(r"[0-9a-fA-F]{64}")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Part(enum.Enum):
    """Which part of a `FileQuery`."""

    ACTION = "action"
    SESSION = "session"
    OPERATOR = "operator"
    META = "meta"
    SETTING = "settings"


@dataclass(frozen=True, slots=True)
class Narrowing:
    """One thing that is asked for.

    Attributes:
        part: Which part of the query.
        value: What is asked for.
        key: Of the metadata, or 'thing.property'; '' for the other parts.
        said: How the value is said, where that differs from what it is, such as '25.0 ms'.
        named: How the key is said, such as 'Exposure, Camera'.
    """

    part: Part
    value: Any
    key: str = ""
    said: str = ""
    named: str = ""

    @property
    def words(self) -> str:
        """What is asked for, in a few words."""
        said = one_line(self.said or value_in_short(self.value) or '""')
        named = {
            Part.ACTION: _tr("Action"),
            Part.SESSION: _tr("Session"),
            Part.OPERATOR: _tr("Operator"),
        }.get(self.part, one_line(self.named or self.key))
        return f"{named}: {said}"

    @property
    def place(self) -> tuple[Part, str]:
        """Two of one place cannot be asked for at once."""
        return self.part, self.key


def narrowed(query: FileQuery, by: Iterable[Narrowing]) -> FileQuery:
    """A query with more left out."""
    for each in by:
        match each.part:
            case Part.META:
                query = replace(query, meta={**query.meta, each.key: each.value})
            case Part.SETTING:
                query = replace(query, settings={**query.settings, each.key: each.value})
            case part:
                query = replace(query, **{part.value: each.value})
    return query


def with_words(query: FileQuery, text: str) -> FileQuery:
    """A query with what was typed: words, or an id of a run, or the SHA-256 of a content."""
    said = text.strip()
    if _SHA256.fullmatch(said):
        return replace(query, sha256=said.lower())
    if _UUID.fullmatch(said):
        return replace(query, run=UUID(said))
    return replace(query, text=said)


def typed_value(text: str) -> Any:
    """A value as people type it: a number, true, false, null, a list; anything else is text.

    A number may be written as this computer's language does: '25,5'.
    """
    said = text.strip()
    try:
        return json.loads(said)
    except ValueError:
        number, fits = QLocale().toDouble(said)
        return number if fits else said


def _tr(text: str) -> str:
    return QCoreApplication.translate("Archive", text)
