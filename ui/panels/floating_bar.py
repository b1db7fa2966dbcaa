"""A scroll bar that lies over the edge of what it scrolls and takes no room from it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QScrollArea, QScrollBar
from typing_extensions import override

_WIDTH = 8


class FloatingBar(QScrollBar):
    """Stands at the right edge of a scroll area; away while there is nothing to scroll.

    The islands beneath keep their width when it comes and goes.
    """

    def __init__(self, area: QScrollArea) -> None:
        """Replace the vertical bar of a scroll area."""
        super().__init__(Qt.Orientation.Vertical, area)
        self._area = area
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._real = area.verticalScrollBar()
        self._real.rangeChanged.connect(self._follow)
        self._real.valueChanged.connect(self.setValue)
        self.valueChanged.connect(self._real.setValue)
        area.installEventFilter(self)
        self._follow()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._follow()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        real = self._real
        self.setPageStep(real.pageStep())
        self.setSingleStep(real.singleStep())
        self.setRange(real.minimum(), real.maximum())
        self.setValue(real.value())
        self.setGeometry(self._area.width() - _WIDTH, 0, _WIDTH, self._area.height())
        self.setVisible(real.maximum() > real.minimum())
        self.raise_()
