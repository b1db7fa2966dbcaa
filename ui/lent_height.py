"""More height for a dock while something in it is unfolded."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow


class LentHeight(QObject):
    """Makes a dock higher where what it shows needs it, and gives the height back afterwards.

    Where the operator has made it higher still meanwhile, it stays as they put it.

    Args:
        window: The window the dock belongs to.
        dock: The dock.
    """

    def __init__(self, window: QMainWindow, dock: QDockWidget) -> None:
        super().__init__(window)
        self._window = window
        self._dock = dock
        self._before = self._lent = 0

    def want(self, height: int) -> None:
        """Have the dock's contents at least so high.

        Args:
            height: In pixels; 0 where nothing needs more room any more.
        """
        if not height:
            self._give_back()
            return
        missing = height - self._dock.widget().height()
        if missing <= 0 or self._dock.isFloating():
            return
        if not self._lent:
            self._before = self._dock.height()
        self._lent = self._dock.height() + missing
        self._resize(self._lent)

    def _give_back(self) -> None:
        # There may have been less room than was wanted.
        if self._before < self._dock.height() <= self._lent and not self._dock.isFloating():
            self._resize(self._before)
        self._lent = 0

    def _resize(self, height: int) -> None:
        self._window.resizeDocks([self._dock], [height], Qt.Orientation.Vertical)
