"""Remembers how a bench's window was laid out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow

from ui.theme import Scheme

VERSION = 1
"""Grows when docks change so much that an older layout makes no sense."""


class LayoutMemory:
    """Keeps geometry and docks per bench, and the colour scheme, in a settings file.

    The file is small and touched when the window opens and closes, not in between.
    """

    def __init__(self, settings: QSettings, bench: str) -> None:
        """Keep a layout.

        Args:
            settings: Where; never the application's global ones.
            bench: Which bench, such as the path of its file.
        """
        self._settings = settings
        # A slash would make a group of each folder.
        self._group = f"layout/{bench.replace('/', '|')}"

    def save(self, window: QMainWindow, panels: Mapping[str, str]) -> None:
        """Remember the window as it is.

        Args:
            window: Its geometry and docks.
            panels: How much each panel shows.
        """
        self._settings.setValue(f"{self._group}/panels", json.dumps(dict(panels)))
        self._settings.setValue(f"{self._group}/geometry", window.saveGeometry())
        self._settings.setValue(f"{self._group}/docks", window.saveState(VERSION))
        self._settings.sync()

    def restore(self, window: QMainWindow) -> bool:
        """Lay the window out as remembered; False where nothing (sound) is remembered."""
        geometry = self._settings.value(f"{self._group}/geometry")
        docks = self._settings.value(f"{self._group}/docks")
        if not isinstance(geometry, QByteArray) or not isinstance(docks, QByteArray):
            return False
        return window.restoreGeometry(geometry) and window.restoreState(docks, VERSION)

    def keep_docks(self, preset: str, window: QMainWindow) -> None:
        """Remember how the docks stand in a preset that is left for another."""
        self._settings.setValue(f"{self._group}/presets/{preset}", window.saveState(VERSION))

    def restore_docks(self, preset: str, window: QMainWindow) -> bool:
        """Put the docks as they stood in a preset; False where nothing (sound) is remembered."""
        docks = self._settings.value(f"{self._group}/presets/{preset}")
        return isinstance(docks, QByteArray) and window.restoreState(docks, VERSION)

    def keep_centre(self, preset: str, state: QByteArray) -> None:
        """Remember how the middle of the window stands in a preset."""
        self._settings.setValue(f"{self._group}/centre/{preset}", state)

    def centre_in(self, preset: str) -> object:
        """How the middle of the window stood in a preset; None where nothing is remembered."""
        return self._settings.value(f"{self._group}/centre/{preset}")

    @property
    def plotted(self) -> list[str]:
        """What was plotted; empty where nothing (sound) is remembered."""
        try:
            found = json.loads(str(self._settings.value(f"{self._group}/plotted", "[]")))
        except ValueError:
            return []
        return [str(each) for each in found] if isinstance(found, list) else []

    @plotted.setter
    def plotted(self, plotted: Sequence[str]) -> None:
        self._settings.setValue(f"{self._group}/plotted", json.dumps(list(plotted)))

    @property
    def preset(self) -> str:
        """The arrangement chosen last; '' for none."""
        return str(self._settings.value(f"{self._group}/preset", ""))

    @preset.setter
    def preset(self, preset: str) -> None:
        self._settings.setValue(f"{self._group}/preset", preset)

    @property
    def panels(self) -> dict[str, str]:
        """How much each panel showed; empty where nothing (sound) is remembered."""
        return self._words("panels")

    @property
    def viewer(self) -> dict[str, str]:
        """What was chosen in the viewer; empty where nothing (sound) is remembered."""
        return self._words("viewer")

    @viewer.setter
    def viewer(self, state: Mapping[str, str]) -> None:
        self._settings.setValue(f"{self._group}/viewer", json.dumps(dict(state)))

    def forget(self) -> None:
        """Forget the layout of this bench."""
        self._settings.remove(self._group)

    def _words(self, key: str) -> dict[str, str]:
        try:
            found = json.loads(str(self._settings.value(f"{self._group}/{key}", "{}")))
        except ValueError:
            return {}
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}

    @property
    def scheme(self) -> Scheme:
        """The colour scheme chosen last."""
        try:
            return Scheme(self._settings.value("scheme", Scheme.SYSTEM.value))
        except ValueError:
            return Scheme.SYSTEM

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self._settings.setValue("scheme", scheme.value)


def share_sizes(
    window: QMainWindow, docks: Sequence[tuple[QDockWidget, int, Qt.Orientation]]
) -> None:
    """Give docks their sizes in pixels."""
    for orientation in (Qt.Orientation.Horizontal, Qt.Orientation.Vertical):
        chosen = [(dock, size) for dock, size, which in docks if which == orientation]
        window.resizeDocks([dock for dock, _ in chosen], [size for _, size in chosen], orientation)
