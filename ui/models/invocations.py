"""What runs, waits and ended: the rows of the activity list, in order, filtered and bounded."""

from __future__ import annotations

import enum
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.actions.events import InvocationChanged, InvocationProgressed
from app.handles import InvocationSnapshot, InvocationStatus, OriginKind
from ui.states import State, state_of_invocation

NEWEST: Final = 10_000
"""How many ended invocations the list keeps; older ones are in the ledger."""

SILENT_AFTER_S: Final = 10.0
"""After this long without a word, one that used to report is said to give no sign of life."""


class Only(enum.Enum):
    """Which states are shown."""

    ALL = "all"
    RUNNING = "running"
    WAITING = "waiting"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are of each, filters aside."""

    all: int
    running: int
    waiting: int
    failed: int

    def of(self, only: Only) -> int:
        """The count behind one filter."""
        return {
            Only.ALL: self.all,
            Only.RUNNING: self.running,
            Only.WAITING: self.waiting,
            Only.FAILED: self.failed,
        }[only]


@dataclass(slots=True)
class _Watch:
    """When something was last heard of a running invocation, on the model's clock.

    Attributes:
        heard_s: When it, or a part of it, said something.
        taken_s: When its snapshot came, whose elapsed time counts up to then.
    """

    heard_s: float
    taken_s: float


class InvocationListModel(QObject):
    """Invocations as the window shows them: running first, then waiting, then the newest ended.

    An invocation that another one started is a part of it and has no row of its own, unless only
    its Thing is shown: autofocus moves the stage thirty times.

    Fed with events on the Qt thread; a snapshot that is older than the one at hand is passed
    over, so events may overtake the list loaded at the start.

    Attributes:
        changed: Rows came, went or moved, or a filter changed.
        row_changed: One row's content changed; its id.
    """

    changed = Signal()
    row_changed = Signal(object)

    def __init__(
        self,
        newest: int = NEWEST,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        """An empty list.

        Args:
            newest: How many ended ones to keep.
            clock: Seconds, for silence.
            parent: The Qt owner.
        """
        super().__init__(parent)
        self._newest = newest
        self._clock = clock
        self._snapshots: dict[UUID, InvocationSnapshot] = {}
        self._running: list[UUID] = []
        self._waiting: list[UUID] = []
        self._ended: deque[UUID] = deque()
        self._watches: dict[UUID, _Watch] = {}
        self._parts: dict[UUID, UUID] = {}
        self._last_part: dict[UUID, UUID] = {}
        self._failed = 0
        self._things: dict[str, int] = {}
        self._only = Only.ALL
        self._thing = ""
        self._origin: OriginKind | None = None
        self._rows: list[UUID] | None = None

    # What is shown.

    @property
    def rows(self) -> Sequence[UUID]:
        """The ids of the rows in order, filtered."""
        if self._rows is None:
            self._rows = self._select()
        return self._rows

    @property
    def counts(self) -> Counts:
        """How many there are."""
        return Counts(
            len(self._snapshots) - len(self._parts),
            self._whole(self._running),
            self._whole(self._waiting),
            self._failed,
        )

    @property
    def nothing(self) -> str:
        """What is said in words where there are no rows."""
        if self._snapshots:
            return self.tr("Nothing passes these filters.")
        return self.tr("Nothing has run yet.")

    @property
    def things(self) -> list[str]:
        """The names of the Things that have rows, in alphabetical order."""
        return sorted(self._things)

    @property
    def active(self) -> list[InvocationSnapshot]:
        """What runs or waits, parts of others left out."""
        both = (*self._running, *self._waiting)
        return [self._snapshots[each] for each in both if each not in self._parts]

    def part(self, invocation: UUID) -> InvocationSnapshot | None:
        """What an invocation has started last, or None."""
        last = self._last_part.get(invocation)
        return self._snapshots.get(last) if last is not None else None

    def snapshot(self, invocation: UUID) -> InvocationSnapshot | None:
        """The newest snapshot of an invocation; None when the list has dropped it."""
        return self._snapshots.get(invocation)

    def state(self, invocation: UUID) -> State:
        """What a row is shown as, being stuck included.

        Raises:
            KeyError: There is no such row.
        """
        return state_of_invocation(self._snapshots[invocation])

    def silent_s(self, invocation: UUID) -> float:
        """For how long a running invocation that reports progress has said nothing; 0 if not."""
        snapshot = self._snapshots.get(invocation)
        watch = self._watches.get(invocation)
        if snapshot is None or watch is None or not snapshot.progress:
            return 0.0
        silent = self._clock() - watch.heard_s
        return silent if silent >= SILENT_AFTER_S else 0.0

    def elapsed_s(self, invocation: UUID) -> float:
        """How long an invocation has been running, or ran, in seconds.

        A snapshot tells the time up to itself; one that runs has gone on since it came.
        """
        snapshot = self._snapshots.get(invocation)
        watch = self._watches.get(invocation)
        if snapshot is None:
            return 0.0
        since = self._clock() - watch.taken_s if watch is not None else 0.0
        return snapshot.elapsed_s + since

    # Filters.

    @property
    def filtered(self) -> bool:
        """Whether a filter is on."""
        return self._only is not Only.ALL or bool(self._thing) or self._origin is not None

    def show_only(self, only: Only) -> None:
        """Show rows of these states only."""
        self._only = only
        self._filters_changed()

    def show_thing(self, thing: str) -> None:
        """Show rows of this Thing only; '' for all."""
        self._thing = thing
        self._filters_changed()

    def show_origin(self, origin: OriginKind | None) -> None:
        """Show rows that came this way only; None for all."""
        self._origin = origin
        self._filters_changed()

    # What comes from the bench.

    def load(self, snapshots: Iterable[InvocationSnapshot]) -> None:
        """Take in what ran before the window listened, oldest first."""
        for snapshot in snapshots:
            self._take(snapshot)
        self._rows = None
        self.changed.emit()

    def apply(self, event: InvocationChanged | InvocationProgressed) -> None:
        """Take an event in."""
        moved = self._take(event.snapshot)
        whole = self._parts.get(event.snapshot.id)
        if whole is not None:
            if whole in self._watches:
                self._watches[whole].heard_s = self._clock()
            self.row_changed.emit(whole)
        # A part has a row only where its Thing is asked for.
        if moved and (whole is None or self._thing):
            self._rows = None
            self.changed.emit()
        elif event.snapshot.id in self._snapshots:
            self.row_changed.emit(event.snapshot.id)

    def mark_kept(self, run: UUID, path: tuple[str | int, ...], file: UUID | None) -> None:
        """Say of a blob in an output which file of the archive it is; None for none any more.

        Args:
            run: Whose output; one that is not here is passed over.
            path: Where in it.
            file: The id of the file.
        """
        known = self._snapshots.get(run)
        if known is None:
            return
        blobs = tuple(
            replace(blob, kept=file) if blob.path == path else blob for blob in known.blobs
        )
        if blobs != known.blobs:
            self._snapshots[run] = replace(known, blobs=blobs)
            self.row_changed.emit(run)

    def _take(self, snapshot: InvocationSnapshot) -> bool:
        """Whether rows came, went or moved."""
        known = self._snapshots.get(snapshot.id)
        if known is not None and known.version >= snapshot.version:
            return False
        self._snapshots[snapshot.id] = snapshot
        self._watch(snapshot)
        if known is not None and known.status is snapshot.status:
            return False
        if known is None:
            self._things[snapshot.thing] = self._things.get(snapshot.thing, 0) + 1
            if snapshot.parent is not None and snapshot.parent in self._snapshots:
                whole = self._parts.get(snapshot.parent, snapshot.parent)
                self._parts[snapshot.id] = whole
                self._last_part[whole] = snapshot.id
        else:
            self._leave(known)
        self._enter(snapshot)
        return True

    def _watch(self, snapshot: InvocationSnapshot) -> None:
        if snapshot.status is not InvocationStatus.RUNNING:
            self._watches.pop(snapshot.id, None)
            return
        now_s = self._clock()
        watch = self._watches.setdefault(snapshot.id, _Watch(now_s, now_s))
        watch.heard_s = watch.taken_s = now_s

    def _enter(self, snapshot: InvocationSnapshot) -> None:
        if snapshot.status is InvocationStatus.RUNNING:
            self._running.insert(0, snapshot.id)
        elif snapshot.status is InvocationStatus.PENDING:
            self._waiting.append(snapshot.id)
        else:
            self._ended.appendleft(snapshot.id)
            self._failed += self._is_failed(snapshot)
            if len(self._ended) > self._newest:
                self._forget(self._ended.pop())

    def _leave(self, snapshot: InvocationSnapshot) -> None:
        if snapshot.status is InvocationStatus.RUNNING:
            self._running.remove(snapshot.id)
        elif snapshot.status is InvocationStatus.PENDING:
            self._waiting.remove(snapshot.id)
        else:
            self._ended.remove(snapshot.id)
            self._failed -= self._is_failed(snapshot)

    def _forget(self, invocation: UUID) -> None:
        gone = self._snapshots.pop(invocation)
        self._failed -= self._is_failed(gone)
        self._parts.pop(invocation, None)
        self._last_part.pop(invocation, None)
        self._things[gone.thing] -= 1
        if not self._things[gone.thing]:
            del self._things[gone.thing]

    def _filters_changed(self) -> None:
        self._rows = None
        self.changed.emit()

    def _select(self) -> list[UUID]:
        if self._only is Only.RUNNING:
            chosen: Iterable[UUID] = self._running
        elif self._only is Only.WAITING:
            chosen = self._waiting
        elif self._only is Only.FAILED:
            chosen = (
                each
                for each in self._ended
                if self._snapshots[each].status is InvocationStatus.ERROR
            )
        else:
            chosen = (*self._running, *self._waiting, *self._ended)
        if not self._thing:
            chosen = (each for each in chosen if each not in self._parts)
            if self._origin is None:
                return list(chosen)
        return [each for each in chosen if self._passes(self._snapshots[each])]

    def _whole(self, chosen: Sequence[UUID]) -> int:
        return sum(each not in self._parts for each in chosen)

    def _is_failed(self, snapshot: InvocationSnapshot) -> bool:
        return snapshot.status is InvocationStatus.ERROR and snapshot.id not in self._parts

    def _passes(self, snapshot: InvocationSnapshot) -> bool:
        if self._thing and snapshot.thing != self._thing:
            return False
        return self._origin is None or snapshot.origin.kind is self._origin
