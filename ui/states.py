"""How a state looks: always an icon and a word, and a colour where it matters."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QCoreApplication

from app.handles import InvocationSnapshot, InvocationStatus
from things.events import ThingState


def QT_TRANSLATE_NOOP(_context: str, text: str) -> str:
    """Mark a text for translation later. PySide6's own one is typed as returning `object`."""
    return text


class State(enum.Enum):
    """Everything the window calls a state, of a Thing, an invocation or a field."""

    NOT_STARTED = "not started"
    STARTING = "starting"
    READY = "ready"
    LIVE = "live"
    RUNNING = "running"
    WAITING = "waiting"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    STOPPING = "stopping"
    STUCK = "stuck"
    SILENT = "silent"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    FAULT = "fault"
    OFFLINE = "offline"
    CLOSED = "closed"
    EDITED = "edited"
    PENDING = "pending"
    REFUSED = "refused"
    INTERLOCK = "interlock"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class StateLook:
    """How one state is drawn.

    Attributes:
        icon: A key of `ui.icons.GLYPHS`.
        role: A colour role of `ui.theme.Colours`.
        source: The English word; `word` is the translated one.
    """

    icon: str
    role: str
    source: str

    @property
    def word(self) -> str:
        """The word in the operator's language."""
        return QCoreApplication.translate("State", self.source)


LOOKS: Final = {
    State.NOT_STARTED: StateLook(
        "cancelled", "secondary", QT_TRANSLATE_NOOP("State", "Not started")
    ),
    State.STARTING: StateLook("pending", "secondary", QT_TRANSLATE_NOOP("State", "Starting")),
    State.READY: StateLook("ready", "secondary", QT_TRANSLATE_NOOP("State", "Ready")),
    State.LIVE: StateLook("live", "running", QT_TRANSLATE_NOOP("State", "Live")),
    State.RUNNING: StateLook("running", "running", QT_TRANSLATE_NOOP("State", "Running")),
    State.WAITING: StateLook("waiting", "waiting", QT_TRANSLATE_NOOP("State", "Waiting")),
    State.COMPLETED: StateLook("completed", "secondary", QT_TRANSLATE_NOOP("State", "Completed")),
    State.CANCELLED: StateLook("cancelled", "secondary", QT_TRANSLATE_NOOP("State", "Cancelled")),
    State.STOPPING: StateLook("pending", "waiting", QT_TRANSLATE_NOOP("State", "Stopping")),
    State.STUCK: StateLook("stuck", "failed", QT_TRANSLATE_NOOP("State", "Stuck")),
    State.SILENT: StateLook("waiting", "waiting", QT_TRANSLATE_NOOP("State", "Silent")),
    State.FAILED: StateLook("failed", "failed", QT_TRANSLATE_NOOP("State", "Failed")),
    State.INTERRUPTED: StateLook(
        "interrupted", "failed", QT_TRANSLATE_NOOP("State", "Interrupted")
    ),
    State.FAULT: StateLook("failed", "failed", QT_TRANSLATE_NOOP("State", "Fault")),
    State.OFFLINE: StateLook("offline", "stale", QT_TRANSLATE_NOOP("State", "Offline")),
    State.CLOSED: StateLook("cancelled", "secondary", QT_TRANSLATE_NOOP("State", "Closed")),
    State.EDITED: StateLook("edited", "accent", QT_TRANSLATE_NOOP("State", "Not sent")),
    State.PENDING: StateLook("pending", "waiting", QT_TRANSLATE_NOOP("State", "Pending")),
    State.REFUSED: StateLook("refused", "failed", QT_TRANSLATE_NOOP("State", "Refused")),
    State.INTERLOCK: StateLook("interlock", "secondary", QT_TRANSLATE_NOOP("State", "Interlock")),
    State.STALE: StateLook("stale", "stale", QT_TRANSLATE_NOOP("State", "Stale")),
}
"""The look of every state. Ready and completed stay grey: a window is no Christmas tree."""

_OF_THINGS: Final = {
    ThingState.NOT_STARTED: State.NOT_STARTED,
    ThingState.STARTING: State.STARTING,
    ThingState.READY: State.READY,
    ThingState.DISCONNECTED: State.OFFLINE,
    ThingState.FAILED: State.FAULT,
    ThingState.CLOSED: State.CLOSED,
}

_OF_INVOCATIONS: Final = {
    InvocationStatus.PENDING: State.WAITING,
    InvocationStatus.RUNNING: State.RUNNING,
    InvocationStatus.COMPLETED: State.COMPLETED,
    InvocationStatus.CANCELLED: State.CANCELLED,
    InvocationStatus.ERROR: State.FAILED,
}


def state_of_thing(state: ThingState, *, running: bool = False, live: bool = False) -> State:
    """What a Thing is shown as; running wins over live, trouble over both."""
    shown = _OF_THINGS[state]
    if shown is not State.READY:
        return shown
    if running:
        return State.RUNNING
    return State.LIVE if live else State.READY


def state_of_invocation(invocation: InvocationSnapshot) -> State:
    """What an invocation is shown as; one that was asked to stop says so until it does."""
    shown = _OF_INVOCATIONS[invocation.status]
    if invocation.stuck and not invocation.status.ended:
        return State.STUCK
    if shown is State.RUNNING and invocation.cancel_requested:
        return State.STOPPING
    return shown
