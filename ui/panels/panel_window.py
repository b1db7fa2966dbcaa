"""A panel in a window of its own. It carries STOP ALL, like every window of ours."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget
from typing_extensions import override

from app.handles import BenchHandle
from ui.panels.depth import Depth
from ui.panels.thing_panel import ThingPanel
from ui.tasks import Tasks
from ui.theme import Size, Theme
from ui.widgets import StopAllButton


class PanelWindow(QWidget):
    """Borrows a panel; when it is closed the panel goes back."""

    closing = Signal()
    """The window is closing; take the panel back."""

    def __init__(
        self,
        theme: Theme,
        panel: ThingPanel,
        bench: BenchHandle,
        tasks: Tasks,
        owner: QWidget | None = None,
    ) -> None:
        """Take a panel.

        Args:
            theme: How it looks.
            panel: The panel to show.
            bench: For STOP ALL.
            tasks: Runs it.
            owner: The main window; this one goes when that one goes.
        """
        super().__init__(owner, Qt.WindowType.Window)
        self._bench = bench
        self._tasks = tasks
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(panel.model.title)
        self.stop = StopAllButton(theme, compact=True)
        self.stop.pressed.connect(self._stop_all)
        # No Ctrl+. here: the main window's works in every window, and of two Qt runs neither.
        top = QHBoxLayout()
        top.addWidget(self.stop)
        top.addStretch(1)
        inside = QWidget()
        inside.setProperty("canvas", "none")
        held = QVBoxLayout(inside)
        held.setContentsMargins(0, 0, 0, 0)
        held.addWidget(panel)
        held.addStretch(1)
        scroll = QScrollArea()
        scroll.setAccessibleName(panel.model.title)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(Size.GRID, Size.GRID, Size.GRID, Size.GRID)
        column.setSpacing(Size.GRID)
        column.addLayout(top)
        column.addWidget(scroll)
        # Not on STOP ALL, which is the first in line: a stray Space would stop everything.
        scroll.setFocus()
        if panel.shows is Depth.ROW:
            panel.set_depth(Depth.PANEL)
        panel.show()
        self.resize(880 if panel.shows is Depth.EVERYTHING else 420, 640)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self.closing.emit()
        super().closeEvent(event)

    def _stop_all(self) -> None:
        self._tasks.start(self._bench.stop_all(), self.tr("Stop all"))
