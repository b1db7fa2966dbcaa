"""Docks that look like islands: rounded, borderless, with a header of our own."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QDockWidget, QWidget
from typing_extensions import override

from ui.theme import Theme
from ui.widgets import IconButton, IslandHeader, StopAllButton, paint_island


class IslandDock(QDockWidget):
    """A dock that is one island; popped out it carries STOP ALL and a button to go back.

    Attributes:
        stop_all: STOP ALL was pressed in the popped-out window.
    """

    stop_all = Signal()

    def __init__(
        self,
        theme: Theme,
        name: str,
        title: str,
        header: IslandHeader,
        body: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        """A dock.

        Args:
            theme: Where the colours come from.
            name: Under which its place is remembered.
            title: What the menu calls it.
            header: Its first 40 pixels; dragged by them.
            body: The rest.
            parent: The window.
        """
        super().__init__(title, parent)
        self._theme = theme
        self.setObjectName(name)
        self.setFeatures(
            QDockWidget.DockWidgetFeature.DockWidgetMovable
            | QDockWidget.DockWidgetFeature.DockWidgetFloatable
            | QDockWidget.DockWidgetFeature.DockWidgetClosable
        )
        self.stop_button = StopAllButton(theme, compact=True)
        self.stop_button.pressed.connect(self.stop_all)
        self.stop_button.hide()
        header.before.insertWidget(0, self.stop_button)
        self.pop_out_button = IconButton(theme, "pop-out", self.tr("Pop out {0}").format(title))
        self.pop_out_button.clicked.connect(lambda: self.setFloating(not self.isFloating()))
        header.tools.addWidget(self.pop_out_button)
        self.header = header
        self.setTitleBarWidget(header)
        self.setWidget(body)
        self.topLevelChanged.connect(self._popped)

    def _popped(self, out: bool) -> None:
        self.stop_button.setVisible(out)
        title = self.windowTitle()
        name = self.tr("Put {0} back") if out else self.tr("Pop out {0}")
        self.pop_out_button.set_name(name.format(title))

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_island(self, self._theme)


class BareDock(QDockWidget):
    """A dock without a header, for a column of islands; it stays where it is put."""

    def __init__(self, name: str, title: str, body: QWidget, parent: QWidget | None = None) -> None:
        """A dock.

        Args:
            name: Under which its size is remembered.
            title: What the menu calls it.
            body: All of it.
            parent: The window.
        """
        super().__init__(title, parent)
        self.setObjectName(name)
        self.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetClosable)
        self.setTitleBarWidget(_Nothing(self))
        self.setWidget(body)
        self.setAllowedAreas(
            Qt.DockWidgetArea.RightDockWidgetArea | Qt.DockWidgetArea.LeftDockWidgetArea
        )

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        """The canvas shows between its islands."""


class _Nothing(QWidget):
    """A title bar without height."""

    @override
    def sizeHint(self) -> QSize:
        return QSize(0, 0)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, 0)
