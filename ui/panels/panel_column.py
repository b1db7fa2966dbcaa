"""A column of islands that scrolls, and brings what is wanted in sight."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ui.panels.floating_bar import FloatingBar
from ui.theme import Size

SETTLING_MS = 1500
"""How long what was brought in sight is followed while its rows are built and take their place."""

AFTER_RESIZE_MS = 250
"""For so long at least after the column grew or shrank."""


class PanelColumn(QScrollArea):
    """Panels one above the other, 8 pixels apart."""

    def __init__(self, parent: QWidget | None = None) -> None:
        """Begin empty."""
        super().__init__(parent)
        self._wanted: QWidget | None = None
        self._led_to = 0
        self._inside = QWidget()
        self._inside.setProperty("canvas", "none")
        # One panel that needs more room than there is must not push all the others out of sight.
        self._inside.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._inside.installEventFilter(self)
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Size.GRID)
        self._column.addStretch(1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(self._inside)
        self._bar = FloatingBar(self)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.timeout.connect(self._settled)

    def add(self, panel: QWidget, position: int | None = None) -> None:
        """Put a panel at a position, or at the end."""
        end = self._column.count() - 1
        self._column.insertWidget(end if position is None else position, panel)

    def place_of(self, panel: QWidget) -> int:
        """At which position a panel stands; -1 where it is not here."""
        return self._column.indexOf(panel)

    @property
    def is_settling(self) -> bool:
        """Whether what was brought in sight is still followed."""
        return self._settling.isActive()

    def bring_in_sight(self, widget: QWidget) -> None:
        """Scroll to a widget, now and while the layout settles."""
        self._wanted = widget
        self._led_to = self.verticalScrollBar().value()
        self._settling.start(SETTLING_MS)
        QTimer.singleShot(0, self, self._follow)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # What was unfolded takes its place in several turns of the layout: follow it there.
        settling = watched is self._inside and event.type() == QEvent.Type.Resize
        if settling and self._wanted is not None:
            self._settling.start(max(AFTER_RESIZE_MS, self._settling.remainingTime()))
            QTimer.singleShot(0, self, self._follow)
        return super().eventFilter(watched, event)

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
