"""What is known of a run once it is in the ledger, and how runs are asked for."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from app.run_facts import InvocationStatus, LogLine, Origin, OriginKind, Problem, Stamp

DEFAULT_PAGE = 100
LARGEST_PAGE = 1000


class RunState(enum.Enum):
    """Where a run stands, or how it ended. As on the wire, and one more."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ERROR = "error"
    INTERRUPTED = "interrupted"
    """The program died, or ended without waiting for it."""

    @property
    def status(self) -> InvocationStatus:
        """The nearest that the wire knows: an interrupted run is one that failed."""
        if self is RunState.INTERRUPTED:
            return InvocationStatus.ERROR
        return InvocationStatus(self.value)


@dataclass(frozen=True, slots=True)
class RecordedBlob:
    """A blob of an output or an input, without its bytes.

    Attributes:
        path: Where in the output it stands; () for the output itself.
        media_type: Such as 'image/png'.
        name: A file name to suggest.
        size: In bytes; None while it had not been encoded.
        shape: Of the array, where it was made from one.
        sha256: Hex digest of its bytes; '' where it had not been encoded.
        pixels_sha256: Hex digest of dtype, shape and bytes of the array; '' where it has none.
    """

    path: tuple[str | int, ...]
    media_type: str
    name: str
    size: int | None
    shape: tuple[int, ...] | None = None
    sha256: str = ""
    pixels_sha256: str = ""


@dataclass(frozen=True, slots=True)
class RecordedValue:
    """A property's last known value.

    Attributes:
        value: In JSON form.
        at: When it was read or set, UTC.
    """

    value: Any
    at: datetime


Values = Mapping[str, Mapping[str, RecordedValue]]
"""By Thing, then by property."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run as the ledger has it.

    Attributes:
        id: The invocation's UUID.
        number: Counts the runs of this ledger, from 1, in the order they were accepted.
        parent, root: The run that started it, and the one at the beginning of that line; for a
            run that nobody's action started, None and itself.
        thing, action, title: Which action of which Thing.
        state: Where it stands.
        origin: Who asked.
        stamp: Whose sample, in which session, under which operator.
        requested_at, started_at, ended_at: UTC, with zone.
        elapsed_s: From start to end on the monotonic clock; None until it has ended.
        input, output: In JSON form, blobs replaced by `{"media_type": ...}`.
        blobs: The blobs in the output.
        input_blobs: The blobs in the input.
        error: Why it failed or was cancelled.
        log: What it logged, oldest first. In lists it is left out.
        before, after: Last known values of its Thing and of those in its slots, when it was
            accepted and when it had ended. In lists they are left out.
        stuck: Whether it ran on after it was asked to stop, longer than is allowed.
        note: What the operator wrote.
    """

    id: UUID
    number: int
    parent: UUID | None
    root: UUID
    thing: str
    action: str
    title: str
    state: RunState
    origin: Origin
    stamp: Stamp
    requested_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    elapsed_s: float | None
    input: Mapping[str, Any]
    output: Any
    blobs: tuple[RecordedBlob, ...]
    input_blobs: tuple[RecordedBlob, ...]
    error: Problem | None
    log: tuple[LogLine, ...]
    before: Values
    after: Values
    stuck: bool
    note: str


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs are wanted, newest first.

    Attributes:
        thing, action, state, origin: Only these; None for all.
        who: Only of this user, address or script.
        since, until: Requested at or after, and before; UTC.
        text: In title, input, output, error, log, note or stamp; every word has to be there.
        parent: Only those this run started.
        roots: Leave out those that another run started.
        limit: How many at most, 1 to `LARGEST_PAGE`.
        after: `RunPage.next` of the page before.
        total: Whether to count all that fit.
    """

    thing: str | None = None
    action: str | None = None
    state: RunState | None = None
    origin: OriginKind | None = None
    who: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str = ""
    parent: UUID | None = None
    roots: bool = False
    limit: int = DEFAULT_PAGE
    after: str | None = None
    total: bool = False


@dataclass(frozen=True, slots=True)
class RunPage:
    """Some runs.

    Attributes:
        runs: Newest first, without log and values.
        next: Asks for those after them; None where there are no more.
        total: How many fit in all, where that was asked for.
    """

    runs: Sequence[RunRecord]
    next: str | None = None
    total: int | None = None


class RunHistory(Protocol):
    """What was run. May wait for the disk: never on the Qt thread or a loop."""

    def find(self, query: RunQuery) -> RunPage:
        """The runs that fit.

        Raises:
            RunQueryError: The query cannot be understood.
            LedgerError: The ledger cannot be read.
        """

    def run(self, id: UUID) -> RunRecord:
        """One run with its log and values.

        Raises:
            InvocationNotFoundError: The ledger has none of that id.
            LedgerError: The ledger cannot be read.
        """

    def annotate(self, id: UUID, note: str) -> RunRecord:
        """Write a note to a run; returns once it is on disk.

        Raises:
            InvocationNotFoundError: The ledger has none of that id.
            LedgerError: It cannot be written.
        """
