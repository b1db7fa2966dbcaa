"""The viewer as the main window sees it: results by id, live streams by name."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtWidgets import QWidget

from app.handles import BenchHandle
from ui.viewer.arrivals import Arrivals
from ui.viewer.image_viewer import ImageViewer


class ViewerCentre:
    """The middle of the window.

    Args:
        bench: Where streams are opened.
        viewer: The viewer.
        arrivals: Brings pictures of invocations into it.
    """

    def __init__(self, bench: BenchHandle, viewer: ImageViewer, arrivals: Arrivals) -> None:
        self._bench = bench
        self._viewer = viewer
        self._arrivals = arrivals

    @property
    def widget(self) -> QWidget:
        """The viewer."""
        return self._viewer

    def show_result(self, invocation: UUID) -> None:
        """Show the picture an invocation gave, as if it had just arrived."""
        for snapshot in self._bench.invocations():
            if snapshot.id == invocation:
                self._arrivals.show_again(snapshot)

    def open_live(self, thing: str, stream: str) -> None:
        """Show a live stream in a tab of its own."""
        handle = self._bench.things[thing]
        described = handle.describe().get("lw:streams", {}).get(stream, {})
        title = f"{handle.title}, {described.get('title', stream).lower()}"
        self._viewer.open_live(f"{thing}/{stream}", title, handle, stream)

    def set_compact(self, _compact: bool) -> None:
        """Nothing to do: the strip of tools drops its zoom buttons by its own height."""
