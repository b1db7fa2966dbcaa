"""What a window is opened on: a bench of this process, or one that another program serves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from app.bench_editing import BenchEditing
from app.handles import BenchHandle, ServerInfo
from app.settings import Settings


class Session(Protocol):
    """A bench with its beginning and its end; `app.program.Program` is one."""

    @property
    def handle(self) -> BenchHandle:
        """The bench, as the window sees it."""

    @property
    def settings(self) -> Settings:
        """Where the window keeps its layout, and the like."""

    @property
    def ends_bench(self) -> bool:
        """Whether the bench ends with the window; what runs on it is cancelled then."""

    @property
    def safe(self) -> bool:
        """Whether nothing of any driver is imported or started by itself."""

    @property
    def editing(self) -> BenchEditing | None:
        """Adds Things to the bench; None for one that another program runs."""

    @property
    def stuck(self) -> Sequence[str]:
        """What did not end in time when it was closed, in words."""

    def open(self) -> None:
        """Bring the bench up; may take as long as its instruments take."""

    def serve(self) -> ServerInfo:
        """Let others reach it; returns once it can be reached.

        Raises:
            PortError: No port could be had.
        """

    def close(self) -> Sequence[str]:
        """End it, or let go of it; a second time does nothing.

        Returns:
            What did not end in time, in words.
        """
