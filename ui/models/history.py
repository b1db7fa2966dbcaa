"""What was run, as the ledger tells it: pages of rows, newest first, filtered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.handles import BenchHandle, InvocationSnapshot, OriginKind, OutputBlob
from app.run_records import RunPage, RunQuery, RunRecord, RunState
from things.errors import ThingError
from ui.models.rows import RowModel
from ui.states import State, state_of_invocation
from ui.tasks import Tasks

PAGE: Final = 100
"""So many rows are asked for at a time."""


@dataclass(frozen=True, slots=True)
class HistoryFilter:
    """Which runs are wanted.

    Attributes:
        thing: Only of this Thing; '' for all, and then without the parts of others.
        state: Only those that stand or ended so.
        origin: Only those that came this way.
        who: Only of this user, address or script; '' for all.
        days: Only of today and so many days before; None for all.
        text: Every word of it has to be in title, input, output, error, log, note or stamp.
    """

    thing: str = ""
    state: RunState | None = None
    origin: OriginKind | None = None
    who: str = ""
    days: int | None = None
    text: str = ""

    def query(
        self, after: str | None = None, now: datetime | None = None, *, count: bool = False
    ) -> RunQuery:
        """What the ledger is asked.

        Args:
            after: `RunPage.next` of the page before; None for the first one.
            now: The present, with its zone.
            count: Whether to count all that fit.
        """
        since = None
        if self.days is not None:
            today = (now or datetime.now()).astimezone()
            midnight = today.replace(hour=0, minute=0, second=0, microsecond=0)
            since = midnight - timedelta(days=self.days)
        return RunQuery(
            thing=self.thing or None,
            state=self.state,
            origin=self.origin,
            who=self.who or None,
            since=since,
            text=self.text.strip(),
            roots=not self.thing,
            limit=PAGE,
            after=after,
            total=count,
        )


class HistoryModel(QObject):
    """Rows of the ledger, read page by page while the operator scrolls.

    Args:
        bench: Whose ledger.
        tasks: Asks it.
        parent: The Qt owner.
        live: The runs of this window, which tell more of one that runs than the ledger can: how
            far it is, whether it gives a sign of life; None for none.
    """

    changed = Signal()
    """Rows came or went, or the ledger could not be read."""

    row_changed = Signal(object)
    """One row is to be drawn anew; its id."""

    def __init__(
        self,
        bench: BenchHandle,
        tasks: Tasks,
        parent: QObject | None = None,
        live: RowModel | None = None,
    ) -> None:
        super().__init__(parent)
        self._live = live
        if live is not None:
            live.row_changed.connect(self._changed_live)
        self._bench = bench
        self._tasks = tasks
        self._filter = HistoryFilter()
        self._records: dict[UUID, RunRecord] = {}
        self._rows: list[UUID] = []
        self._next: str | None = None
        self._asking = 0
        self._loading = False
        self._loaded = False
        self._counts = False
        self.total: int | None = None
        self.trouble = ""

    # What is shown.

    @property
    def rows(self) -> Sequence[UUID]:
        """The ids of the rows that were read, newest first."""
        return self._rows

    @property
    def active(self) -> Sequence[InvocationSnapshot]:
        """What runs or waits, as far as its row was read."""
        live = self._live
        return [run for run in live.active if run.id in self._records] if live is not None else ()

    @property
    def nothing(self) -> str:
        """What is said where there are no rows: why, in words."""
        if self.trouble:
            return self.trouble
        if not self._loaded:
            return self.tr("Reading what was run…")
        if self._filter != HistoryFilter():
            return self.tr("Nothing passes these filters.")
        return self.tr("Nothing has run yet.")

    @property
    def filter(self) -> HistoryFilter:
        """Which runs are shown."""
        return self._filter

    @property
    def has_more(self) -> bool:
        """Whether the ledger has older ones."""
        return self._next is not None

    def record(self, run: UUID) -> RunRecord | None:
        """A run as the ledger lists it, without log and values."""
        return self._records.get(run)

    def snapshot(self, invocation: UUID) -> InvocationSnapshot | None:
        """A run in the shape in which rows show it."""
        record = self._records.get(invocation)
        if record is None:
            return None
        return self._lively(record) or snapshot_of(record)

    def state(self, invocation: UUID) -> State:
        """What a row is shown as.

        Raises:
            KeyError: There is no such row.
        """
        record = self._records[invocation]
        if record.state is RunState.INTERRUPTED:
            return State.INTERRUPTED
        return state_of_invocation(self._lively(record) or snapshot_of(record))

    def silent_s(self, invocation: UUID) -> float:
        """For how long one that runs has said nothing; 0 where that is no matter."""
        return self._live.silent_s(invocation) if self._live is not None else 0.0

    def elapsed_s(self, invocation: UUID) -> float:
        """How long it has been running, or ran, in seconds."""
        record = self._records.get(invocation)
        if record is None:
            return 0.0
        if self._live is not None and self._lively(record) is not None:
            return self._live.elapsed_s(invocation)
        return _elapsed_s(record)

    # What the operator wants.

    def show(self, wanted: HistoryFilter) -> None:
        """Show other runs."""
        if wanted != self._filter:
            self._filter = wanted
            self.reload()

    def reload(self, *, count: bool = True) -> None:
        """Read the newest page anew; what is shown stays until the answer is there.

        Args:
            count: Whether all are counted anew, which takes a while in a ledger of millions;
                otherwise those that are new on the page are added to the number.
        """
        self._ask(None, count=count)

    def load_more(self) -> None:
        """Read the next page, unless one is on its way."""
        if self._next is not None and not self._loading:
            self._ask(self._next)

    def take(self, record: RunRecord) -> None:
        """A run was changed, such as by a note."""
        if record.id in self._records:
            self._records[record.id] = record
            self.row_changed.emit(record.id)

    # Inside.

    def _lively(self, record: RunRecord) -> InvocationSnapshot | None:
        """A run that had not ended when it was read, as the window has heard of it since."""
        if record.state.status.ended or self._live is None:
            return None
        return self._live.snapshot(record.id)

    def _changed_live(self, run: UUID) -> None:
        if run in self._records:
            self.row_changed.emit(run)

    def _ask(self, after: str | None, *, count: bool = False) -> None:
        self._asking += 1
        # An answer that is dropped for this one may have been asked to count.
        self._counts = count or (self._counts and self._loading)
        count = self._counts
        self._loading = True
        query = self._filter.query(after, count=count)
        self._tasks.start(self._read(self._asking, query), self.tr("Reading what was run"))

    async def _read(self, asking: int, query: RunQuery) -> None:
        page, trouble = RunPage(()), ""
        try:
            page = await self._bench.runs(query)
        except ThingError as error:
            trouble = str(error)
        # Asked for something else meanwhile, this answers nobody.
        if asking == self._asking:
            self._loading = False
            self._loaded = True
            self._show(page, trouble, first=query.after is None)

    def _show(self, page: RunPage, trouble: str, *, first: bool) -> None:
        self.trouble = trouble
        if first:
            known = set(self._rows)
            fresh = sum(record.id not in known for record in page.runs)
            self._records.clear()
            self._rows.clear()
            if page.total is not None or trouble:
                self.total = page.total
            elif self.total is not None:
                self.total += fresh
        self._take(page.runs)
        # A page that could not be read can be asked for again.
        if first or not trouble:
            self._next = page.next
        self.changed.emit()

    def _take(self, records: Iterable[RunRecord]) -> None:
        for record in records:
            if record.id not in self._records:
                self._rows.append(record.id)
            self._records[record.id] = record


def _elapsed_s(record: RunRecord) -> float:
    """How long a run took, or has taken up to now; 0 before it began."""
    if record.elapsed_s is not None:
        return record.elapsed_s
    if record.started_at is None or record.state.status.ended:
        return 0.0
    return max(0.0, (datetime.now(record.started_at.tzinfo) - record.started_at).total_seconds())


def snapshot_of(record: RunRecord) -> InvocationSnapshot:
    """A recorded run in the shape of one of the window."""
    return InvocationSnapshot(
        id=record.id,
        thing=record.thing,
        action=record.action,
        title=record.title,
        status=record.state.status,
        origin=record.origin,
        parent=record.parent,
        requested_at=record.requested_at,
        started_at=record.started_at,
        ended_at=record.ended_at,
        elapsed_s=_elapsed_s(record),
        progress=(),
        waiting_for="",
        input=record.input,
        output=record.output,
        blobs=tuple(
            OutputBlob(blob.path, blob.media_type, blob.name, blob.size, blob.shape)
            for blob in record.blobs
        ),
        error=record.error,
        last_log="",
        # Only what was asked to stop is ever stuck.
        cancel_requested=record.stuck,
        version=0,
        stuck=record.stuck,
    )
