"""What happens to invocations, what hinders them and is written on them, as events on the bus."""

from __future__ import annotations

from dataclasses import dataclass

from app.handles import InvocationSnapshot, Stamp
from app.run_records import RunRecord
from things.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class InvocationChanged(Event):
    """The status of an invocation changed. Numbered, never dropped.

    Attributes:
        snapshot: The invocation after the change.
        seq: Counts all status changes of this bench, from 1.
    """

    snapshot: InvocationSnapshot
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvocationProgressed(Event):
    """Progress, a log line or a reason to wait changed; only the newest matters.

    Attributes:
        snapshot: The invocation after the change.
    """

    snapshot: InvocationSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class InterlockChanged(Event):
    """An action or a write is refused from now on, for another reason, or no more.

    Attributes:
        name: The action or property.
        reason: Why it would be refused, in words; '' where it would not.
    """

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StampChanged(Event):
    """Something else is written on all runs from now on. Its Thing is ''.

    Attributes:
        stamp: What.
    """

    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerTroubled(Event):
    """Runs can be recorded no more, or can again. Its Thing is ''.

    Attributes:
        reason: Why not, in words; '' where all is well again.
    """

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunAnnotated(Event):
    """Somebody wrote a note to a run.

    Attributes:
        run: The run with its note.
    """

    run: RunRecord
