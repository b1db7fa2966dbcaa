"""Keeping outputs of runs: by click, by rule, by code. From an invocation to a file in the archive.

Its methods may be called from any thread and wait for the disk, but for those that say otherwise.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING
from uuid import UUID

from app.actions.outcome import blob_at, suffix_of
from app.archive.events import FileChanged, FileKept, FileRemoved
from app.archive.naming import fields_of
from app.archive.records import (
    LARGEST_PAGE,
    ArchivedFile,
    BlobPath,
    FileQuery,
    FileState,
    KeptBy,
    Provenance,
)
from app.errors import LedgerError
from app.ledger.known_values import KnownValues, known_values
from app.run_facts import Origin, Stamp
from app.run_records import RecordedValue, RunHistory, Values
from things.errors import NoBlobDataError
from things.events import Event, now

if TYPE_CHECKING:
    from app.actions.invocation import Invocation
    from app.actions.manager import ActionManager
    from app.archive.archive import Archive

_log = logging.getLogger(__name__)


class Keeping:
    """Brings blobs of outputs into the archive, each once.

    Args:
        actions: Has the runs of now and of a while ago.
        archive: Gives the archive, or raises ArchiveError.
        history: Gives the ledger, for the stamp of a run; None while there is none.
        stamp: Gives the stamp in force.
    """

    def __init__(
        self,
        actions: ActionManager,
        archive: Callable[[], Archive],
        history: Callable[[], RunHistory | None],
        stamp: Callable[[], Stamp],
    ) -> None:
        self._actions = actions
        self._archive = archive
        self._history = history
        self._stamp = stamp
        self._lock = threading.Lock()

    def keep(
        self,
        run: UUID,
        path: BlobPath = (),
        *,
        name: str = "",
        tags: Sequence[str] = (),
        origin: Origin,
        kept_by: KeptBy = KeptBy.CLICK,
    ) -> ArchivedFile:
        """Keep a blob of an output; one that is kept already stays the one file it is.

        One that was in the trash is brought back.

        Args:
            run: Which invocation.
            path: Where in its output.
            name: What to call it; by the pattern where ''.
            tags: To be found by.
            origin: Who asks.
            kept_by: Why.

        Raises:
            InvocationNotFoundError: There is no such run, or not any more.
            NoBlobDataError: It has no such output.
            ArchiveError: It cannot be kept.
        """
        archive = self._archive()
        with self._lock:  # so that two clicks make one file
            for file in self._files_of(archive, run):
                if file.provenance.path == path:
                    if file.state is FileState.TRASHED:
                        return archive.restore(file.id, who=str(origin))
                    return archive.get(file.id)
            invocation = self._actions.get_invocation(run)
            blob = blob_at(invocation.result, path)
            if blob is None:
                raise NoBlobDataError("This invocation has no such output.")
            provenance = self._provenance(invocation, path)
            media_type = blob.media_type
            with blob.open() as content:
                return archive.keep(
                    content,
                    name or self._named(archive, provenance),
                    extension=suffix_of(media_type),
                    media_type=media_type,
                    tags=tags,
                    provenance=provenance,
                    kept_by=kept_by,
                    who=str(origin),
                )

    def kept(self, run: UUID) -> Mapping[BlobPath, UUID]:
        """Which blobs of an output are kept: where they stand, and the ids of the files.

        Raises:
            ArchiveError: The catalogue cannot be read.
        """
        return {
            file.provenance.path: file.id
            for file in self._files_of(self._archive(), run)
            if file.state is FileState.LINKED
        }

    def mark(self, event: Event) -> None:
        """Let a run know what became of its outputs; returns at once."""
        match event:
            case FileKept() | FileChanged():
                made = event.file.provenance
                there = event.file.state is FileState.LINKED
                run, path, kept = made.run, made.path, event.file.id if there else None
            case FileRemoved():
                run, path, kept = event.run, event.path, None
            case _:
                return
        if run is None:
            return
        invocation = self._actions.find(run)
        if invocation is not None:
            invocation.mark_kept(path, kept)

    def _files_of(self, archive: Archive, run: UUID) -> Sequence[ArchivedFile]:
        return archive.find(FileQuery(run=run, state=None, limit=LARGEST_PAGE)).files

    def _named(self, archive: Archive, made: Provenance) -> str:
        output = "-".join(str(part) for part in made.path)
        at = made.made_at or now()
        return archive.names.name(
            fields_of(at, made.thing, made.action, asdict(made.stamp), output)
        )

    def _provenance(self, invocation: Invocation, path: BlobPath) -> Provenance:
        return Provenance(
            run=invocation.id,
            path=path,
            thing=invocation.thing_name,
            action=invocation.action_name,
            title=invocation.title,
            input=invocation.snapshot().input,
            origin=invocation.origin,
            stamp=self._stamp_of(invocation),
            made_at=invocation.standing.ended_at or now(),
            settings=recorded(invocation.values or _values_of(invocation)),
        )

    def _stamp_of(self, invocation: Invocation) -> Stamp:
        """The stamp of the moment it was asked for, where the ledger has it."""
        history = self._history()
        if history is not None:
            try:
                return history.run(invocation.id).stamp
            except (LedgerError, KeyError) as error:
                _log.debug("The stamp of %s is not known: %s", invocation.id, error)
        return self._stamp()


def recorded(values: KnownValues) -> Values:
    """Readings as the archive keeps them."""
    return {
        thing: {name: RecordedValue(each.value, each.at) for name, each in readings.items()}
        for thing, readings in values
    }


def _values_of(invocation: Invocation) -> KnownValues:
    thing = invocation.thing_ref()
    return () if thing is None else known_values(thing)
