"""What a list of runs needs to know of them, wherever they come from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import SignalInstance

from app.handles import InvocationSnapshot
from ui.states import State


class RowModel(Protocol):
    """Runs in the order of their rows: those of the window, or those of the ledger."""

    @property
    def changed(self) -> SignalInstance:
        """Rows came, went or moved."""

    @property
    def row_changed(self) -> SignalInstance:
        """One row is to be drawn anew; its id."""

    @property
    def rows(self) -> Sequence[UUID]:
        """The ids of the rows in order, filtered."""

    @property
    def active(self) -> Sequence[InvocationSnapshot]:
        """What runs or waits, and is drawn anew each second."""

    @property
    def nothing(self) -> str:
        """What is said in words where there are no rows."""

    def snapshot(self, invocation: UUID) -> InvocationSnapshot | None:
        """A run as it stands; None where there is none of that id."""

    def state(self, invocation: UUID) -> State:
        """What a row is shown as.

        Raises:
            KeyError: There is no such row.
        """

    def silent_s(self, invocation: UUID) -> float:
        """For how long one that reports progress has said nothing; 0 where it is no matter."""

    def elapsed_s(self, invocation: UUID) -> float:
        """How long it has been running, or ran, in seconds."""
