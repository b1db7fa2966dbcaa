"""As what something is to be kept; no widgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.archive.readable import FOLDER_KEY
from app.run_facts import Stamp


@dataclass(frozen=True, slots=True)
class KeepWish:
    """What an operator says about something when it is kept.

    Attributes:
        name: What to call it; '' by the pattern.
        folder: Where it goes when it leaves the archive; '' for nowhere in particular.
        tags: With commas between them.
        notes: What to write about it.
        stamp: Whose sample, in which session, under which operator; None as when it was made.
    """

    name: str = ""
    folder: str = ""
    tags: str = ""
    notes: str = ""
    stamp: Stamp | None = field(default=None)

    def asked(self) -> Mapping[str, Any]:
        """The same as `ArchiveHandle.keep` takes it; what is not said is not in it."""
        tags = tags_in(self.tags)
        said: dict[str, Any] = {}
        if self.name.strip():
            said["name"] = self.name.strip()
        if tags:
            said["tags"] = tags
        if self.notes.strip():
            said["notes"] = self.notes
        if self.folder.strip():
            said["meta"] = {FOLDER_KEY: self.folder.strip()}
        if self.stamp is not None:
            said["stamp"] = self.stamp
        return said


def tags_in(text: str) -> tuple[str, ...]:
    """Tags as they are typed, with commas between them."""
    return tuple(tag.strip() for tag in text.split(",") if tag.strip())
