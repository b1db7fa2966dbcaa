"""What is known of the invocations on a bench elsewhere."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from app.actions.events import InvocationChanged, InvocationProgressed
from app.archive.events import Marking
from app.client.state import cleaned
from app.handles import InvocationSnapshot, InvocationStatus, Problem
from things.events import Event, now

MOST_KEPT: Final = 1000
"""Invocations that are remembered; those that run always are."""

_UNKNOWN_END: Final = Problem(
    "Interrupted",
    "How it ended is not known: the bench was not in reach then, or was started anew.",
    "urn:labwright:error#Interrupted",
    503,
)


class KnownInvocations:
    """Kept up to date by one thread, read by any.

    Args:
        publish: Where changes go.
    """

    def __init__(self, publish: Callable[[Event], None]) -> None:
        self._publish = publish
        self._known: dict[UUID, InvocationSnapshot] = {}
        self._lock = threading.Lock()
        self._seq = itertools.count(1)

    @property
    def all(self) -> Sequence[InvocationSnapshot]:
        """What runs and what ended recently, oldest first."""
        with self._lock:
            return list(self._known.values())

    def get(self, id: UUID) -> InvocationSnapshot | None:
        """One of them."""
        with self._lock:
            return self._known.get(id)

    def replace_all(self, snapshots: Sequence[InvocationSnapshot]) -> None:
        """Take what the bench knows now, and tell what changed meanwhile.

        One that ran and of which the bench knows nothing any more has ended, nobody knows how.
        """
        there = {snapshot.id for snapshot in snapshots}
        for snapshot in self.all:
            if snapshot.id not in there and not snapshot.status.ended:
                self._tell(
                    replace(
                        snapshot,
                        status=InvocationStatus.ERROR,
                        ended_at=now(),
                        error=_UNKNOWN_END,
                        waiting_for="",
                        version=snapshot.version + 1,
                    )
                )
        for snapshot in snapshots:
            known = self.get(snapshot.id)
            if known is None or known.status is not snapshot.status:
                self._tell(snapshot)
            else:
                self._keep(snapshot)

    def take(self, event: InvocationChanged | InvocationProgressed) -> None:
        """Take an event in and tell it, unless something newer is known."""
        snapshot = cleaned(event.snapshot)
        known = self.get(snapshot.id)
        if known is not None:
            if snapshot.version <= known.version:
                return
            if isinstance(event, InvocationProgressed):  # without input and output
                snapshot = replace(
                    snapshot, input=known.input, output=known.output, blobs=known.blobs
                )
        self._keep(snapshot)
        self._publish(replace(event, snapshot=snapshot))

    def mark(self, found: Marking) -> None:
        """An output was kept, or is not kept any more: whoever looks at its run sees that."""
        with self._lock:
            known = self._known.get(found.run)
            if known is not None:
                blobs = tuple(
                    replace(blob, kept=found.kept) if blob.path == found.path else blob
                    for blob in known.blobs
                )
                self._known[found.run] = replace(known, blobs=blobs)

    def _tell(self, snapshot: InvocationSnapshot) -> None:
        self._keep(snapshot)
        self._publish(
            InvocationChanged(thing=snapshot.thing, snapshot=snapshot, seq=next(self._seq))
        )

    def _keep(self, snapshot: InvocationSnapshot) -> None:
        with self._lock:
            self._known[snapshot.id] = snapshot
            surplus = len(self._known) - MOST_KEPT
            if surplus > 0:
                ended = [id for id, each in self._known.items() if each.status.ended]
                for id in ended[:surplus]:
                    del self._known[id]
