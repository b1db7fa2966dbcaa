"""The pages of the window: the bench with its docks, and the archive in place of all of them."""

from __future__ import annotations

from typing import Final

import shiboken6
from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow, QStackedWidget, QWidget

_VERSION: Final = 11
"""Of the state kept while the bench is out of sight; never written to a file."""


class WindowPages(QObject):
    """Puts the archive in place of the bench, and the docks back as they were.

    Docks that were popped out stay where they are: somebody wants to look at them meanwhile.

    Args:
        window: The window.
        bench: What is in its middle while the bench is shown.

    Attributes:
        stack: The middle of the window.
        changed: Another page is shown; whether it is the archive.
    """

    changed = Signal(bool)

    def __init__(self, window: QMainWindow, bench: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._archive: QWidget | None = None
        self._docks = QByteArray()
        self._focus: QWidget | None = None
        self.stack = QStackedWidget()
        self.stack.addWidget(bench)

    @property
    def archive_shown(self) -> bool:
        """Whether the archive is shown."""
        return self._archive is not None and self.stack.currentWidget() is self._archive

    def add_archive(self, page: QWidget) -> None:
        """Have a page for the archive."""
        self._archive = page
        page.setParent(self.stack)
        page.hide()

    def show_archive(self) -> None:
        """Show the archive, where there is one."""
        if self._archive is None or self.archive_shown:
            return
        self._docks = self._window.saveState(_VERSION)
        self._focus = self._window.focusWidget()
        for dock in self._docked():
            dock.hide()
        self.stack.addWidget(self._archive)
        self.stack.setCurrentWidget(self._archive)
        self.changed.emit(True)

    def show_bench(self) -> None:
        """Show the bench again, with every dock as it was."""
        if self._archive is None or not self.archive_shown:
            return
        within = self._window.focusWidget()
        # Of no widget it is no ancestor: a window may have none with the focus.
        if self._archive.isAncestorOf(within):
            # Left to Qt it goes to what comes next, which may be STOP ALL, or a value.
            within.clearFocus()
        # Out of the stack: a hidden page would still claim its least width from the docks.
        self.stack.removeWidget(self._archive)
        self._window.restoreState(self._docks, _VERSION)
        self._give_focus_back()
        self.changed.emit(False)

    def _give_focus_back(self) -> None:
        """Where the operator was before; a widget may be gone by now."""
        widget, self._focus = self._focus, None
        if self._window.focusWidget() is not None or widget is None:
            return
        if shiboken6.isValid(widget) and widget.isVisible():
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _docked(self) -> list[QDockWidget]:
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        docks = self._window.findChildren(QDockWidget, options=direct)
        return [dock for dock in docks if not dock.isFloating() and dock.isVisible()]
