"""Islands that scroll: one above the other, beside each other, or one at a time."""

from __future__ import annotations

import enum
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ui.panels.floating_bar import FloatingBar
from ui.theme import Size

SETTLING_MS: Final = 1500
"""How long what was brought in sight is followed while its rows are built and take their place."""

AFTER_RESIZE_MS: Final = 250
"""For so long at least after the column grew or shrank."""

TILE_WIDTH: Final = 340
"""Beside each other, a panel gets at least that many pixels."""


class Arrangement(enum.Enum):
    """How the panels of a bench stand."""

    COLUMN = "column"
    """One above the other."""
    TILES = "tiles"
    """Beside each other, as many as there is room for."""
    ONE = "one"
    """One at a time: the one that was chosen last."""


class PanelColumn(QScrollArea):
    """Panels 8 pixels apart, in the order in which they were added."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty, as a column."""
        super().__init__(parent)
        self._wanted: QWidget | None = None
        self._led_to = 0
        self._panels: list[QWidget] = []
        self._current: QWidget | None = None
        self._arrangement = Arrangement.COLUMN
        self._inside = QWidget()
        self._inside.setProperty("canvas", "none")
        # One panel that needs more room than there is must not push all the others out of sight.
        self._inside.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._inside.installEventFilter(self)
        self._row = QHBoxLayout(self._inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(Size.GRID)
        self._columns: list[QVBoxLayout] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._inside)
        self._bar = FloatingBar(self)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.timeout.connect(self._settled)
        self._distribute()

    @property
    def arrangement(self) -> Arrangement:
        """How they stand."""
        return self._arrangement

    def arrange(self, arrangement: Arrangement) -> None:
        """Have them stand otherwise."""
        if arrangement is not self._arrangement:
            self._arrangement = arrangement
            self._distribute()

    def add(self, panel: QWidget, position: int | None = None) -> None:
        """Put a panel at a position, or at the end."""
        self._panels.insert(len(self._panels) if position is None else position, panel)
        panel.setParent(self._inside)
        self._distribute()

    def take(self, panel: QWidget) -> None:
        """Let go of a panel, which gets another place or none."""
        if panel in self._panels:
            self._panels.remove(panel)
            if self._current is panel:
                self._current = None
            self._distribute()

    def place_of(self, panel: QWidget) -> int:
        """At which position a panel stands; -1 where it is not here."""
        return self._panels.index(panel) if panel in self._panels else -1

    @property
    def is_settling(self) -> bool:
        """Whether what was brought in sight is still followed."""
        return self._settling.isActive()

    def bring_in_sight(self, widget: QWidget) -> None:
        """Scroll to a widget, now and while the layout settles."""
        panel = next((each for each in self._panels if each.isAncestorOf(widget)), widget)
        if panel in self._panels and panel is not self._current:
            self._current = panel
            if self._arrangement is Arrangement.ONE:
                self._distribute()
        self._wanted = widget
        self._led_to = self.verticalScrollBar().value()
        self._settling.start(SETTLING_MS)
        QTimer.singleShot(0, self, self._follow)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._count() != len(self._columns):
            self._distribute()

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # What was unfolded takes its place in several turns of the layout: follow it there.
        settling = watched is self._inside and event.type() == QEvent.Type.Resize
        if settling and self._wanted is not None:
            self._settling.start(max(AFTER_RESIZE_MS, self._settling.remainingTime()))
            QTimer.singleShot(0, self, self._follow)
        return super().eventFilter(watched, event)

    def _count(self) -> int:
        """How many columns there is room for."""
        if self._arrangement is not Arrangement.TILES:
            return 1
        fit = (self.viewport().width() + Size.GRID) // (TILE_WIDTH + Size.GRID)
        return max(1, min(fit, len(self._panels)))

    def _distribute(self) -> None:
        """Give every panel its place; from left to right, then down."""
        count = self._count()
        while len(self._columns) < count:
            column = QVBoxLayout()
            column.setSpacing(Size.GRID)
            column.addStretch(1)
            self._row.addLayout(column, 1)
            self._columns.append(column)
        for number, panel in enumerate(self._panels):
            column = self._columns[number % count]
            if column.indexOf(panel) != number // count:
                self._leave(panel)
                column.insertWidget(number // count, panel)
        while len(self._columns) > count:
            empty = self._columns.pop()
            self._row.removeItem(empty)
            empty.deleteLater()
        one = self._arrangement is Arrangement.ONE
        current = self._current or next(iter(self._panels), None)
        for panel in self._panels:
            panel.setVisible(not one or panel is current)

    def _leave(self, panel: QWidget) -> None:
        for column in self._columns:
            column.removeWidget(panel)

    def _settled(self) -> None:
        self._follow()
        self._wanted = None

    def _follow(self) -> None:
        bar = self.verticalScrollBar()
        if bar.value() not in (self._led_to, bar.maximum()):
            # Whoever scrolled meanwhile is not to be led back.
            self._wanted = None
        self._scroll_to(self._wanted)
        self._led_to = bar.value()

    def _scroll_to(self, widget: QWidget | None) -> None:
        if widget is None or not shiboken6.isValid(widget):
            return
        if not self._inside.isAncestorOf(widget):
            return
        top = widget.mapTo(self._inside, widget.rect().topLeft()).y()
        if widget.height() >= self.viewport().height():
            self.verticalScrollBar().setValue(top)
        else:
            self.ensureWidgetVisible(widget, 0, Size.GRID)
