"""A slider that shows apart what was asked for and what is confirmed."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget
from typing_extensions import override

from ui.theme import Size, Theme

_MARGIN = 7.0
_RING = 5.0


class RingSlider(QSlider):
    """The ring is what was asked for, the tick what is confirmed.

    It counts in steps inside (so that keyboard and screen readers work as with any slider) and
    in the property's own unit outside. The wheel is ignored unless the slider has focus.

    Attributes:
        moved: The operator moved the ring; the new value, at every step.
        let_go: The operator released the ring; the value that is meant.
        committed: Enter: what a key or the wheel has moved it to is meant.
        reverted: Esc.
    """

    moved = Signal(float)
    let_go = Signal(float)
    committed = Signal()
    reverted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._low = 0.0
        self._step = 1.0
        self._held_at = 0.0
        self._dragged = False
        self._confirmed: float | None = None
        self._role = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._value_changed)

    def set_scale(self, low: float, high: float, step: float) -> None:
        """The range and the step, in the property's unit.

        Raises:
            ValueError: The range is empty or the step is not positive.
        """
        if not high > low or not step > 0:
            raise ValueError(f"no scale from {low} to {high} in steps of {step}")
        self._low = low
        self._step = step
        steps = max(1, round((high - low) / step))
        with QSignalBlocker(self):
            self.setRange(0, steps)
            self.setPageStep(max(1, steps // 10))
        self.update()

    @property
    def asked(self) -> float:
        """Where the ring stands, in the property's unit."""
        return self._low + self.value() * self._step

    def set_asked(self, value: float) -> None:
        """Put the ring there, without telling anybody."""
        steps = (value - self._low) / self._step
        if math.isnan(steps):
            return
        with QSignalBlocker(self):
            # What is typed beside it may be beyond every range, and even beyond Qt's numbers.
            self.setValue(round(min(float(self.maximum()), max(0.0, steps))))
        self.update()

    @property
    def confirmed(self) -> float | None:
        """Where the tick stands, or None."""
        return self._confirmed

    def set_confirmed(self, value: float | None) -> None:
        """Put the tick there; None takes it away."""
        self._confirmed = value
        self.update()

    def set_role(self, role: str) -> None:
        """Draw the ring in a state's colour, such as 'waiting'; '' for plain."""
        self._role = role
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, Size.CONTROL)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(48, Size.CONTROL)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self.hasFocus():
            event.ignore()
            return
        super().wheelEvent(event)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self.setSliderDown(True)
        x, ring = event.position().x(), self._x(self.value())
        # The ring itself is taken hold of where it is: that alone asks for nothing.
        self._held_at = x - ring if abs(x - ring) <= _RING + 2 else 0.0
        self._dragged = False
        self._move_to(x - self._held_at)
        event.accept()

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._move_to(event.position().x() - self._held_at)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown() and event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(False)
            if self._dragged:
                self.let_go.emit(self.asked)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.committed.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.reverted.emit()
        super().keyPressEvent(event)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        ring_x = self._x(self.value())
        tick_x = ring_x
        if self._confirmed is not None:
            tick_x = self._x((self._confirmed - self._low) / self._step)
        groove = QRectF(_MARGIN, middle - 2, self.width() - 2 * _MARGIN, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.line)
        painter.drawRoundedRect(groove, 2, 2)
        groove.setRight(tick_x)
        painter.setBrush(colours.field_border if self.isEnabled() else colours.line)
        painter.drawRoundedRect(groove, 2, 2)
        if abs(tick_x - ring_x) > 1:
            painter.setBrush(colours.text)
            painter.drawRect(QRectF(tick_x - 1, middle - 6, 2, 12))
        if self.hasFocus():
            ring = colours.accent
        elif self._role:
            ring = colours.role(self._role)
        else:
            ring = colours.secondary if self.isEnabled() else colours.disabled
        painter.setPen(QPen(ring, 2))
        painter.setBrush(colours.field)
        radius = _RING + (1 if self.hasFocus() else 0)
        painter.drawEllipse(QPointF(ring_x, middle), radius, radius)

    def _x(self, steps: float) -> float:
        share = min(1.0, max(0.0, steps / max(1, self.maximum())))
        return _MARGIN + share * (self.width() - 2 * _MARGIN)

    def _move_to(self, x: float) -> None:
        share = (x - _MARGIN) / max(1.0, self.width() - 2 * _MARGIN)
        self.setValue(round(min(1.0, max(0.0, share)) * self.maximum()))

    def _value_changed(self) -> None:
        self._dragged = True
        self.moved.emit(self.asked)
