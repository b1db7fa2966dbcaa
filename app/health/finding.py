"""What was looked at, and how it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """How something is."""

    WELL = "well"
    NOTE = "note"
    """It works, but somebody may want to know."""

    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: What it is.
        state: How it is.
        said: In words, with what can be done about it.
    """

    what: str
    state: State
    said: str
