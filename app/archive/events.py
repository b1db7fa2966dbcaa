"""What happens to files of the archive, as events on the bus."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from app.archive.records import ArchivedFile, BlobPath, FileState
from things.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKept(Event):
    """A file is in the archive. Its Thing is the one that made it; '' for one that was uploaded.

    Where it is an output, `file.provenance.run` and `.path` say of which run and where.

    Attributes:
        file: The file, without the values in its provenance.
    """

    file: ArchivedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChanged(Event):
    """A file's name, notes, tags, metadata, content or state changed: into the trash, or back.

    Attributes:
        file: The file as it is now, without the values in its provenance.
    """

    file: ArchivedFile


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRemoved(Event):
    """A file was deleted for good.

    Attributes:
        id: Its id.
        run: The run that made it; None for one that was uploaded.
        path: Where it stood in the run's output.
    """

    id: UUID
    run: UUID | None = None
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveTroubled(Event):
    """Nothing can be kept any more, or can again. Its Thing is ''.

    Attributes:
        reason: Why not, in words; '' where all is well again.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Marking:
    """What became of a blob that a run gave.

    Attributes:
        run: The run.
        path: Where the blob stood in its output.
        kept: The file that it is now; None where it is not kept, or not any more.
    """

    run: UUID
    path: BlobPath
    kept: UUID | None


def marking_of(event: Event) -> Marking | None:
    """What an event says of an output; None where it says nothing of one."""
    match event:
        case FileKept() | FileChanged():
            file, made = event.file, event.file.provenance
            there = file.state is FileState.LINKED
            return (
                None
                if made.run is None
                else Marking(made.run, made.path, file.id if there else None)
            )
        case FileRemoved():
            return None if event.run is None else Marking(event.run, event.path, None)
    return None
