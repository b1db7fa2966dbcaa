"""What happens to invocations, as events on the bus."""

from __future__ import annotations

from dataclasses import dataclass

from app.handles import InvocationSnapshot
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
