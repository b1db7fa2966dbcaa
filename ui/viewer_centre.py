"""The viewer as the main window sees it: results by id, live streams by name."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from PySide6.QtWidgets import QAbstractButton, QWidget

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

    def has_stream(self, thing: str) -> bool:
        """Whether a Thing can be seen live."""
        return bool(self._streams(thing))

    def open_first_live(self, thing: str) -> None:
        """Show the first live stream of a Thing, where it has one."""
        for stream in self._streams(thing)[:1]:
            self.open_live(thing, stream)

    def layout_state(self) -> dict[str, str]:
        """What the operator chose in the viewer, to be remembered."""
        buttons = self._buttons()
        return {name: "on" for name, button in buttons.items() if button.isChecked()}

    def restore_layout(self, state: Mapping[str, str]) -> None:
        """Take what is remembered; what is not understood is left as it is."""
        for name, button in self._buttons().items():
            button.setChecked(state.get(name) == "on")

    def reset_layout(self) -> None:
        """Forget what was chosen."""
        self.restore_layout({})

    def _buttons(self) -> dict[str, QAbstractButton]:
        viewer = self._viewer
        return {
            "beside each other": viewer.tile_button,
            "linked": viewer.link_button,
            "how it was made": viewer.made_button,
        }

    def _streams(self, thing: str) -> list[str]:
        handle = self._bench.things.get(thing)
        return [] if handle is None else list(handle.describe().get("lw:streams", {}))

    def set_compact(self, _compact: bool) -> None:
        """Nothing to do: the strip of tools drops its zoom buttons by its own height."""
