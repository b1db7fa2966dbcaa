"""Editors and panels that installed packages bring along, read beside the window.

A driver package announces them in its `pyproject.toml`:

    [project.entry-points."labwright.editors"]
    "string:colour" = "my_drivers.window:colour_well"

    [project.entry-points."labwright.panels"]
    "my_drivers.laser:Laser" = "my_drivers.window:laser_panel"
"""

from __future__ import annotations

import logging
import threading
from importlib.metadata import EntryPoint, entry_points
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

from ui.editors import editor
from ui.panels.own_panels import OwnPanels

EDITORS: Final = "labwright.editors"
"""Functions that make an editor; the name is the kind of schema, as for `ui.editors.editor`."""

PANELS: Final = "labwright.panels"
"""Functions that make a panel; the name is the class of Things, 'module:Class'."""

_log = logging.getLogger(__name__)


class Extensions(QObject):
    """Imports them in a thread: somebody else's package may take its time, or never return.

    Args:
        panels: Takes the panels.
        parent: The Qt owner.

    Attributes:
        came: Some were registered: what is shown already should be built anew.
        failed: One is left out: its name, and why.
    """

    came = Signal()
    failed = Signal(str, str)
    _imported = Signal(str, str, object)
    _finished = Signal()

    def __init__(self, panels: OwnPanels, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._panels = panels
        self._count = 0
        queued = Qt.ConnectionType.QueuedConnection
        self._imported.connect(self._register, queued)
        self._finished.connect(self._finish, queued)

    def start(self) -> None:
        """Look for them; returns at once."""
        # A daemon that is not waited for: an import that never returns must not keep the window.
        threading.Thread(target=self._import_all, name="extensions", daemon=True).start()

    def _import_all(self) -> None:
        for group in (EDITORS, PANELS):
            for found in entry_points(group=group):
                self._import(group, found)
        self._tell(self._finished.emit)

    def _import(self, group: str, found: EntryPoint) -> None:
        package = found.dist.name if found.dist is not None else "?"
        name = f"{found.name} ({package})"
        try:
            made = found.load()
        except (Exception, SystemExit) as error:
            _log.exception("%s of %s cannot be imported", group, name)
            reason = f"{type(error).__name__}: {error}"
            self._tell(lambda: self.failed.emit(name, reason))
            return
        if not callable(made):
            self._tell(lambda: self.failed.emit(name, f"{found.value} is no function"))
            return
        self._tell(lambda: self._imported.emit(group, found.name, made))

    def _register(self, group: str, name: str, made: object) -> None:
        assert callable(made)
        if group == EDITORS:
            editor(name)(made)
        else:
            self._panels.register(name, made)
        self._count += 1

    def _finish(self) -> None:
        if self._count:
            self.came.emit()

    @staticmethod
    def _tell(emit: object) -> None:
        assert callable(emit)
        try:
            emit()
        except RuntimeError:  # the window was closed meanwhile and is deleted
            _log.debug("A window was closed before its extensions were read")
