"""The middle of the window: the viewer, and the plot under it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QByteArray, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMainWindow, QWidget
from typing_extensions import override

from ui.docks import IslandDock
from ui.large_screens import height_on

PLOT_HEIGHT: Final = 132
"""Of the plot with its header, where nobody chose another, in pixels."""

_VERSION: Final = 1


class CentreArea(QMainWindow):
    """A main window within the main window.

    The docks of a window stand around its centre, and those below reach under the bench as well.
    The plot belongs under the picture alone, so the centre has a dock area of its own. Its
    separator is the same gutter, and the plot can be popped out like any other dock.
    """

    def __init__(self, viewer: QWidget, plot: IslandDock, parent: QWidget | None = None) -> None:
        """Put both together.

        Args:
            viewer: The middle.
            plot: The dock under it.
            parent: The window.
        """
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setObjectName("centre")
        self._plot = plot
        self._sized = False
        self.setCentralWidget(viewer)
        plot.setAllowedAreas(
            Qt.DockWidgetArea.BottomDockWidgetArea | Qt.DockWidgetArea.TopDockWidgetArea
        )
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, plot)
        # The window's own menu shows and hides the plot.
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def reset(self, *, shown: bool) -> None:
        """Put the plot back to its first place and size."""
        self._plot.setFloating(False)
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self._plot)
        self._plot.setVisible(shown)
        self._share()

    def state(self) -> QByteArray:
        """How it is laid out, to be remembered."""
        return self.saveState(_VERSION)

    def restore(self, state: object) -> bool:
        """Lay it out as remembered; False where that makes no sense."""
        self._sized = isinstance(state, QByteArray) and self.restoreState(state, _VERSION)
        return self._sized

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Share the room once there is some, unless it was remembered how."""
        super().showEvent(event)
        if not self._sized:
            self._sized = True
            QTimer.singleShot(0, self, self._share)

    def _share(self) -> None:
        height = height_on(self.window().size(), PLOT_HEIGHT)
        self.resizeDocks([self._plot], [height], Qt.Orientation.Vertical)
