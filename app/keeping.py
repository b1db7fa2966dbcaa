"""Keeping outputs of runs: by click, by rule, by code. From an invocation to a file in the archive.

Its methods may be called from any thread and wait for the disk, but for those that say otherwise.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from app.actions.outcome import blobs_in, suffix_of
from app.archive.events import marking_of
from app.archive.naming import fields_of
from app.archive.records import (
    ArchivedFile,
    BlobPath,
    FileState,
    KeptBy,
    Provenance,
)
from app.archive.texts import sendable_media_type
from app.errors import LedgerError
from app.keep_rules import KeepRule
from app.ledger.known_values import KnownValues, known_values
from app.run_facts import InvocationStatus, Origin, Stamp
from app.run_records import RecordedValue, RunHistory, Values
from app.stamp import checked_stamp
from things.blobs import Blob, KeepWish, wish_of
from things.errors import ThingError
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
        history: Gives the ledger, for runs of long ago; None while there is none.
        stamp: Gives the stamp in force.
        rules: What is kept without a click.
        find: Finds a blob of an output of long ago.
        troubled: Told why something could not be kept that a rule says is, and '' when the next
            one was.
    """

    def __init__(
        self,
        actions: ActionManager,
        archive: Callable[[], Archive],
        history: Callable[[], RunHistory | None],
        stamp: Callable[[], Stamp],
        *,
        rules: Callable[[], Sequence[KeepRule]] = tuple,
        find: Callable[[UUID, BlobPath], Blob],
        troubled: Callable[[str], None] = lambda reason: None,
    ) -> None:
        self._actions = actions
        self._archive = archive
        self._history = history
        self._stamp = stamp
        self._rules = rules
        self._find = find
        self._troubled = troubled
        self._lock = threading.Lock()

    def keep(
        self,
        run: UUID,
        path: BlobPath = (),
        *,
        name: str = "",
        tags: Sequence[str] = (),
        notes: str = "",
        meta: Mapping[str, Any] | None = None,
        stamp: Stamp | None = None,
        origin: Origin,
    ) -> ArchivedFile:
        """Keep a blob of an output; one that is kept already stays the one file it is.

        One that was in the trash is brought back.

        Args:
            run: Which invocation.
            path: Where in its output.
            name: What to call it; by the pattern where ''.
            tags: To be found by.
            notes: What to write about it.
            meta: Free metadata.
            stamp: Another one than that of the run: whoever forgot to change it says it here.
            origin: Who asks.

        Raises:
            InvocationNotFoundError: There is no such run, or what it returned is gone.
            NoBlobDataError: It has no such output.
            ArchiveError: It cannot be kept.
            ValueRefusedError: Something that is said about it does not fit.
        """
        made = self._made(run, path, stamp)
        wish = _Wish(KeptBy.CLICK, name, tuple(tags), str(origin), notes=notes, meta=meta or {})
        return self._keep(self._find(run, path), made, wish)

    def coming_name(self, run: UUID, path: BlobPath = (), stamp: Stamp | None = None) -> str:
        """What a blob of an output would be called now if it were kept without a name.

        Args:
            run: Which invocation.
            path: Where in its output.
            stamp: Another one than that of the run.

        Raises:
            InvocationNotFoundError: There is no such run.
            ArchiveError: The catalogue cannot be read.
            ValueRefusedError: The stamp does not fit.
        """
        return self._archive().coming_name(_fields(self._made(run, path, stamp)))

    def _made(self, run: UUID, path: BlobPath, stamp: Stamp | None) -> Provenance:
        invocation = self._actions.find(run)
        if invocation is not None:
            made = self._provenance(invocation, path)
        else:
            made = self._recorded(run, path)
        return made if stamp is None else replace(made, stamp=checked_stamp(stamp))

    def by_itself(self, invocation: Invocation) -> None:
        """Keep what a run returned, where code or a rule says so.

        Raises:
            ArchiveError: It cannot be kept.
        """
        if invocation.status is not InvocationStatus.COMPLETED:
            return
        action = invocation.action_ref()
        rule = self._rule_for(invocation.thing_name, invocation.action_name)
        for path, blob in blobs_in(invocation.result):
            asked = wish_of(blob)
            if asked is None and action is not None and action.keep:
                asked = KeepWish()
            if asked is None and rule is None:
                continue
            by = KeptBy.RULE if asked is None else KeptBy.CODE
            tags = (*(asked.tags if asked else ()), *(rule.tags if rule else ()))
            name = asked.name if asked else ""
            pattern = rule.pattern if rule else ""
            wish = _Wish(by, name, tags, str(invocation.origin), pattern)
            try:
                self._keep(blob, self._provenance(invocation, path), wish)
            except ThingError as error:
                self._troubled(str(error))
                raise
            self._troubled("")

    def missed(self, invocation: Invocation, reason: str) -> None:
        """What a run returned was not looked after; said where it should have been kept.

        Args:
            invocation: Which run.
            reason: Why, in words.
        """
        action = invocation.action_ref()
        declared = action is not None and action.keep
        if self.keeps(invocation.thing_name, invocation.action_name, declared):
            self._troubled(f"the output of {invocation.title} was not kept: {reason}")

    def keeps(self, thing: str, action: str, declared: bool) -> bool:
        """Whether outputs of an action are kept without a click.

        Args:
            thing: Of which Thing.
            action: Which.
            declared: Whether the driver says so.
        """
        return declared or self._rule_for(thing, action) is not None

    def _keep(self, blob: Blob, made: Provenance, wish: _Wish) -> ArchivedFile:
        # Imported here: SQLAlchemy takes 0.16 s, and the window is drawn before it is needed.
        from app.archive.of_runs import file_of

        archive = self._archive()
        with self._lock:  # so that two clicks make one file
            there = None if made.run is None else file_of(archive, made.run, made.path)
            if there is not None:
                if there.state is FileState.TRASHED:
                    return archive.restore(there.id, who=wish.who)
                return archive.get(there.id)
            name = wish.name or archive.next_name(_fields(made), wish.pattern)
            with blob.open() as content:
                return archive.keep(
                    content,
                    name,
                    extension=suffix_of(blob.media_type),
                    media_type=sendable_media_type(blob.media_type),
                    tags=wish.tags,
                    notes=wish.notes,
                    meta=wish.meta,
                    provenance=made,
                    kept_by=wish.by,
                    who=wish.who,
                )

    def _rule_for(self, thing: str, action: str) -> KeepRule | None:
        return next((rule for rule in self._rules() if rule.fits(thing, action)), None)

    def kept(self, run: UUID) -> Mapping[BlobPath, UUID]:
        """Which blobs of an output are kept: where they stand, and the ids of the files.

        Raises:
            ArchiveError: The catalogue cannot be read.
        """
        from app.archive.of_runs import kept_of

        return kept_of(self._archive(), run)

    def mark(self, event: Event) -> None:
        """Let a run know what became of its outputs; returns at once."""
        found = marking_of(event)
        invocation = None if found is None else self._actions.find(found.run)
        if found is not None and invocation is not None:
            invocation.mark_kept(found.path, found.kept)

    def _provenance(self, invocation: Invocation, path: BlobPath) -> Provenance:
        return Provenance(
            run=invocation.id,
            path=path,
            thing=invocation.thing_name,
            action=invocation.action_name,
            title=invocation.title,
            input=invocation.input_json,
            origin=invocation.origin,
            stamp=self._stamp_of(invocation),
            made_at=invocation.standing.ended_at or now(),
            settings=recorded(invocation.values or _values_of(invocation)),
        )

    def _recorded(self, run: UUID, path: BlobPath) -> Provenance:
        """Of a run that only the ledger knows any more."""
        history = self._history()
        if history is None:
            return Provenance(run=run, path=path, stamp=self._stamp())
        record = history.run(run)
        return Provenance(
            run=run,
            path=path,
            thing=record.thing,
            action=record.action,
            title=record.title,
            input=record.input,
            origin=record.origin,
            stamp=record.stamp,
            made_at=record.ended_at,
            settings=record.after,
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


@dataclass(frozen=True, slots=True)
class _Wish:
    """Why something is kept, and how."""

    by: KeptBy
    name: str
    tags: tuple[str, ...]
    who: str
    pattern: str = ""
    notes: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)


def _fields(made: Provenance) -> dict[str, str]:
    output = "-".join(str(part) for part in made.path)
    return fields_of(made.made_at or now(), made.thing, made.action, asdict(made.stamp), output)


def recorded(values: KnownValues) -> Values:
    """Readings as the archive keeps them."""
    return {
        thing: {name: RecordedValue(each.value, each.at) for name, each in readings.items()}
        for thing, readings in values
    }


def _values_of(invocation: Invocation) -> KnownValues:
    thing = invocation.thing_ref()
    return () if thing is None else known_values(thing)
