"""Which ends of runs are worth a word, gathered for a moment so that many make one message."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from app.actions.events import InvocationChanged
from app.handles import BenchHandle, InvocationSnapshot, InvocationStatus
from ui.bridge import Bridge
from ui.notifications.choice import NotificationChoice, Tell

LONG_S: Final = 10.0
"""A run of this length is one that nobody waits for in front of the window."""

GATHER_MS: Final = 300
"""What ends within this time is told together."""


class Endings(QObject):
    """Watches the runs of a bench, parts of others left out.

    Args:
        bench: Whose runs.
        bridge: Its events.
        choice: What is to be told.
        parent: The Qt owner.

    Attributes:
        told: Runs that ended or do not stop; a list of `InvocationSnapshot`.
    """

    told = Signal(object)

    def __init__(
        self, bench: BenchHandle, bridge: Bridge, choice: NotificationChoice, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._choice = choice
        # A window that attaches hears of what ended long ago; only what was seen alive is told.
        self._alive = {run.id for run in bench.invocations() if not run.status.ended}
        self._stuck: set[UUID] = set()
        self._gathered: list[InvocationSnapshot] = []
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(GATHER_MS)
        self._soon.timeout.connect(self._tell)
        bridge.on(InvocationChanged, self._take, owner=self)

    def _take(self, event: InvocationChanged) -> None:
        run = event.snapshot
        if run.parent is not None:
            return
        if not run.status.ended:
            self._alive.add(run.id)
            if run.stuck and run.id not in self._stuck:
                self._stuck.add(run.id)
                if self._choice.tell is not Tell.NOTHING:
                    self._gather(run)
            return
        self._stuck.discard(run.id)
        if run.id in self._alive:
            self._alive.remove(run.id)
            if is_worth_a_word(run, self._choice.tell):
                self._gather(run)

    def _gather(self, run: InvocationSnapshot) -> None:
        self._gathered.append(run)
        if not self._soon.isActive():
            self._soon.start()

    def _tell(self) -> None:
        gathered, self._gathered = self._gathered, []
        self.told.emit(gathered)


def is_worth_a_word(run: InvocationSnapshot, tell: Tell) -> bool:
    """Whether the end of a run is to be told."""
    if tell in (Tell.NOTHING, Tell.ALL):
        return tell is Tell.ALL
    if run.status is InvocationStatus.ERROR:
        return True
    done = run.status is InvocationStatus.COMPLETED
    return tell is Tell.LONG and done and run.elapsed_s >= LONG_S
