"""What every run is described with, while it runs and ever after."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime


class InvocationStatus(enum.Enum):
    """Where an invocation stands. The values are those of the wire."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    ERROR = "error"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self in (
            InvocationStatus.COMPLETED,
            InvocationStatus.CANCELLED,
            InvocationStatus.ERROR,
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something was refused or failed, in the shape of RFC 9457.

    Attributes:
        title: The kind, such as 'ValueError'.
        detail: In words.
        type: A URI naming the kind.
        status: The HTTP status it would be answered with.
    """

    title: str
    detail: str
    type: str = "about:blank"
    status: int = 500


class OriginKind(enum.Enum):
    """Which way in an invocation came."""

    WINDOW = "window"
    NETWORK = "network"
    SCHEDULE = "schedule"
    SCRIPT = "script"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asked.

    Attributes:
        kind: Which way in.
        who: A user, an address or a script; '' for the one at this computer.
    """

    kind: OriginKind
    who: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value} {self.who}".strip()


@dataclass(frozen=True, slots=True)
class Stamp:
    """What is written on everything that is run or kept, set once for all.

    Attributes:
        operator: Who works at the bench.
        sample: What is measured.
        session: What the work belongs to.
    """

    operator: str = ""
    sample: str = ""
    session: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line an invocation logged."""

    level: str
    message: str
    at: datetime
    filename: str
    lineno: int
