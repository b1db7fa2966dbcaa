"""Where the docks of the window stand: presets, sizes, and what is remembered of a bench."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from ui.centre_area import CentreArea
from ui.docks import BareDock, IslandDock
from ui.large_screens import height_on, width_on
from ui.layout_memory import LayoutMemory, share_sizes


class Preset(enum.Enum):
    """An arrangement for a kind of work; each keeps what the operator changed in it."""

    OPERATE = "operate"
    """Everything that is needed to run instruments: the first layout of a bench."""
    IMAGE = "image"
    """The picture as large as it gets, with the panels beside it."""
    EVERYTHING = "everything"
    """Every dock there is, with more room for the activity."""


ALL: Final = frozenset(Preset)


@dataclass(frozen=True, slots=True)
class DockPlace:
    """A dock, and where it stands before anybody moved it.

    Attributes:
        dock: The dock.
        area: At which edge of the window.
        across: Whether `size` is its width; else it is its height.
        size: In pixels.
        compact_size: The same where room is short.
        large_size: The same in 'everything'; 0 for no difference.
        presets: Where it is shown.
    """

    dock: IslandDock | BareDock
    area: Qt.DockWidgetArea
    across: bool
    size: int
    compact_size: int
    large_size: int = 0
    presets: frozenset[Preset] = ALL

    def size_in(self, preset: Preset, window: QSize, *, compact: bool) -> int:
        """How large it is at first in a window of this size, in pixels."""
        if compact:
            return self.compact_size
        more = preset is Preset.EVERYTHING and self.large_size
        size = self.large_size if more else self.size
        return width_on(window, size) if self.across else height_on(window, size)


class RemembersPanels(Protocol):
    """What the layout needs of the panels."""

    def layout_state(self) -> dict[str, str]:
        """How much each panel shows, where the operator chose it."""

    def restore_layout(self, state: Mapping[str, str]) -> None:
        """Show as much as is remembered."""

    def reset_layout(self) -> None:
        """Forget what was chosen."""


class WindowLayout(QObject):
    """Puts the docks of a window in their places.

    Args:
        window: The window.
        places: Its docks.
        panels: The panels, whose depths belong to the layout.
        memory: Where it is remembered; None for not at all.
        centre: The middle, with the plot under the viewer.
    """

    def __init__(
        self,
        window: QMainWindow,
        places: Sequence[DockPlace],
        panels: RemembersPanels,
        memory: LayoutMemory | None,
        centre: CentreArea,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._places = tuple(places)
        self._panels = panels
        self._memory = memory
        self._centre = centre
        self._laid_out = False
        self._compact = False
        self._preset = Preset.OPERATE
        for place in self._places:
            window.addDockWidget(place.area, place.dock)
            place.dock.setVisible(self._preset in place.presets)

    @property
    def preset(self) -> Preset:
        """The arrangement chosen last."""
        return self._preset

    def lay_out(self) -> None:
        """Lay the docks out as remembered, or as at first; once, when the window has its size."""
        if self._laid_out:
            return
        self._laid_out = True
        memory = self._memory
        if memory is not None:
            self._preset = _preset_named(memory.preset)
        if memory is None or not memory.restore(self._window):
            self._arrange()
        elif not self._centre.restore(memory.centre_in(self._preset.value)):
            self._arrange_centre()
        if memory is not None:
            self._panels.restore_layout(memory.panels)

    def set_compact(self, compact: bool) -> None:
        """Give the docks less room, or more again."""
        self._compact = compact
        if self._laid_out:
            self._share_sizes()

    def choose(self, preset: Preset) -> None:
        """Arrange the docks for a kind of work, as they were left in it."""
        memory = self._memory
        if memory is not None and preset is not self._preset:
            memory.keep_docks(self._preset.value, self._window)
            memory.keep_centre(self._preset.value, self._centre.state())
        again = preset is self._preset
        self._preset = preset
        if memory is not None:
            memory.preset = preset.value
        # Chosen a second time it is put right.
        if again or memory is None or not memory.restore_docks(preset.value, self._window):
            self._arrange()
        elif not self._centre.restore(memory.centre_in(preset.value)):
            self._arrange_centre()

    def reset(self) -> None:
        """Put every dock back to its first place and size, and forget what was remembered."""
        self._preset = Preset.OPERATE
        if self._memory is not None:
            self._memory.forget()
        self._arrange()
        self._panels.reset_layout()

    def save(self) -> None:
        """Remember the layout as it is."""
        if self._memory is not None:
            self._memory.preset = self._preset.value
            self._memory.keep_centre(self._preset.value, self._centre.state())
            self._memory.save(self._window, self._panels.layout_state())

    def _arrange(self) -> None:
        for place in self._places:
            dock: QDockWidget = place.dock
            dock.setFloating(False)
            self._window.addDockWidget(place.area, dock)
            dock.setVisible(self._preset in place.presets)
        self._share_sizes()
        self._arrange_centre()

    def _arrange_centre(self) -> None:
        """Where room is short the picture needs all of it, until the operator wants the plot."""
        shown = self._preset is not Preset.IMAGE
        self._centre.reset(shown=shown and not (self._compact and self._preset is Preset.OPERATE))

    def _share_sizes(self) -> None:
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        share_sizes(
            self._window,
            [
                (
                    place.dock,
                    place.size_in(self._preset, self._window.size(), compact=self._compact),
                    across if place.across else down,
                )
                for place in self._places
            ],
        )


def _preset_named(name: str) -> Preset:
    try:
        return Preset(name)
    except ValueError:
        return Preset.OPERATE
