"""Files of the archive as everybody sees them, and how they are asked for. Needs no database."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from app.run_facts import Origin, Stamp
from app.run_records import Values

DEFAULT_PAGE = 100
LARGEST_PAGE = 1000

BlobPath = tuple[str | int, ...]
"""Where a blob stands in an output: () for the output itself, ('image',) for a field."""


class FileState(enum.Enum):
    """What is known of a file: `draft -> linked -> trashed`."""

    DRAFT = "draft"
    """A record without content: somebody means to upload it."""

    LINKED = "linked"
    """It has content."""

    TRASHED = "trashed"
    """It is in the trash, and can be brought back."""


class KeptBy(enum.Enum):
    """What made a file stay."""

    CLICK = "click"
    RULE = "rule"
    CODE = "code"
    UPLOAD = "upload"
    FOUND = "found"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a file came from. All of it is empty for one that was uploaded by itself.

    Attributes:
        run: The invocation that made it.
        path: Where in its output it stood.
        thing, action, title: Which action of which Thing.
        input: What it was asked for, in JSON form.
        origin: Who asked.
        stamp: Whose sample, in which session, under which operator.
        made_at: When the run ended, UTC.
        settings: Values of all properties of the Things involved, as they were when it was made,
            by Thing and property. In lists they are left out.
    """

    run: UUID | None = None
    path: BlobPath = ()
    thing: str = ""
    action: str = ""
    title: str = ""
    input: Any = None
    origin: Origin | None = None
    stamp: Stamp = field(default_factory=Stamp)
    made_at: datetime | None = None
    settings: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """A file as the catalogue has it. `file["id"]` and `file.id` are the same.

    Attributes:
        id: Its UUID.
        number: Counts the files of this archive, from 1, in the order they were made.
        name: What people call it, without its extension; any text, never a path.
        extension: Such as 'ome.tif', without the dot; '' for none.
        media_type: Such as 'image/png'.
        state: Where it stands.
        size: In bytes; None for a draft.
        sha256: Hex digest of its content, as `sha256sum` says it; '' for a draft.
        version: How often content was put into it: 1 after the first time, 0 for a draft.
        created, changed: UTC, with zone.
        trashed: When it was put into the trash; None where it was not.
        tags: Without doubles, sorted.
        notes: What people wrote about it.
        meta: Free metadata, in JSON form.
        provenance: Where it came from.
        kept_by: What made it stay.
        uri: Where it is served, percent-encoded.
        damaged: What the last scrub found wrong with its content; '' for nothing.
    """

    id: UUID
    number: int
    name: str
    extension: str
    media_type: str
    state: FileState
    size: int | None
    sha256: str
    version: int
    created: datetime
    changed: datetime
    trashed: datetime | None = None
    tags: tuple[str, ...] = ()
    notes: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)
    provenance: Provenance = field(default_factory=Provenance)
    kept_by: KeptBy = KeptBy.UPLOAD
    uri: str = ""
    damaged: str = ""

    def __getitem__(self, name: str) -> Any:
        """A field by its name, for those who are used to mappings.

        Raises:
            KeyError: There is none of that name.
        """
        if name == "hash":
            return self.sha256 or None
        try:
            return getattr(self, name)
        except AttributeError:
            raise KeyError(name) from None

    @property
    def file_name(self) -> str:
        """Name and extension together, as people would see it in a folder."""
        return f"{self.name}.{self.extension}" if self.extension else self.name


@dataclass(frozen=True, slots=True)
class FileVersion:
    """What a file held at some time.

    Attributes:
        version: From 1, the oldest first.
        size: In bytes.
        sha256: Hex digest.
        media_type: What it was.
        created: When it was put there, UTC.
        who: By whom.
    """

    version: int
    size: int
    sha256: str
    media_type: str
    created: datetime
    who: str


@dataclass(frozen=True, slots=True)
class FileEvent:
    """What was done to a file.

    Attributes:
        at: When, UTC.
        what: 'created', 'linked', 'changed', 'trashed', 'restored', 'deleted', 'damaged' or
            'sound again'.
        who: By whom, as `str(Origin)`.
        detail: In words.
    """

    at: datetime
    what: str
    who: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FileQuery:
    """Which files are wanted, newest first.

    Attributes:
        text: In name, notes, tags, metadata, Thing, action or stamp: every word of it has to be
            the beginning of a word there, whatever its case.
        since, until: Made at or after, and before; UTC, with zone.
        thing, action, sample, session, operator: Exactly these; None for all.
        media_type: Such as 'image/png', or 'image/*'.
        tags: All of them, whatever their case.
        meta: Metadata values by their keys: `{"lens": "10x", "stage.z": 3}` asks for
            `meta["lens"] == "10x"` and `meta["stage"]["z"] == 3`.
        settings: Values of properties at the end of the run that made it, by Thing and property:
            `{"camera.exposure": 25.0}`. Numbers are compared to six digits, whole ones exactly.
        run: Only what this run returned.
        sha256: Only with this content.
        state: In which state; None for all.
        limit: How many at most, 1 to `LARGEST_PAGE`.
        after: `FilePage.next` of the page before.
        oldest_first: Turn the order round.
        total: Whether to count all that fit.
    """

    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    thing: str | None = None
    action: str | None = None
    sample: str | None = None
    session: str | None = None
    operator: str | None = None
    media_type: str | None = None
    tags: tuple[str, ...] = ()
    meta: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    run: UUID | None = None
    sha256: str | None = None
    state: FileState | None = FileState.LINKED
    limit: int = DEFAULT_PAGE
    after: str | None = None
    oldest_first: bool = False
    total: bool = False


@dataclass(frozen=True, slots=True)
class FilePage:
    """Some files.

    Attributes:
        files: In the order asked for, without the values in their provenance.
        next: Asks for those after them; None where there are no more.
        total: How many fit in all, where that was asked for.
    """

    files: Sequence[ArchivedFile]
    next: str | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class ArchiveUsage:
    """How full the archive is.

    Attributes:
        files: How many are linked or in the trash.
        bytes: What their content takes on the disk, each content once.
        cache_bytes: What outputs that are not kept take.
        free_bytes: Room on the disk.
        quota_bytes: What files may take; None for as much as there is.
        low: Whether room is so short that actions that keep are refused, in words; '' if not.
        low_mark_bytes: With less room on the disk than this they are.
    """

    files: int
    bytes: int
    cache_bytes: int
    free_bytes: int
    quota_bytes: int | None = None
    low: str = ""
    low_mark_bytes: int = 0


@dataclass(frozen=True, slots=True)
class SettingDifference:
    """A property that has another value now than when a file was made.

    Attributes:
        thing, name: Which property.
        title: What to call it.
        then: Its value when the file was made.
        now: Its value now; None where it is not known.
        unit: Such as 'ms'; '' for none.
        refusal: Why it could not be set back, in words; '' where it could.
    """

    thing: str
    name: str
    title: str
    then: Any
    now: Any
    unit: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class SettingRestored:
    """What became of a property that was to be set back.

    Attributes:
        thing, name: Which property.
        value: What it is now; None where it could not be set.
        error: Why not, in words; '' where it was set.
    """

    thing: str
    name: str
    value: Any
    error: str = ""
