"""A switch for a boolean."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget
from typing_extensions import override

from ui.theme import Size, Theme, blend


class Switch(QAbstractButton):
    """A switch: on is filled with the accent and its knob stands right.

    Checkable like any button (`toggled`, `clicked`, Space). Give it an accessible name, or make
    it the buddy of its label.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._role = ""
        self._known = True
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    @property
    def known(self) -> bool:
        """Whether it stands for a value; else its knob is drawn in the middle."""
        return self._known

    def set_known(self, known: bool) -> None:
        """Say whether there is a value at all."""
        if known != self._known:
            self._known = known
            self.update()

    def set_role(self, role: str) -> None:
        """Draw the track's outline in a state's colour, such as 'waiting'; '' for none."""
        self._role = role
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(36, Size.CONTROL)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(3, (self.height() - 16) / 2, 30, 16)
        if not self.isEnabled() or not self._known:
            fill = colours.line
        elif self.isChecked():
            fill = blend(colours.accent, colours.island, 0.15)
        else:
            fill = colours.field_border
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(track, 8, 8)
        knob = QRectF(track.right() - 14 if self.isChecked() else track.left() + 2, 0, 12, 12)
        if not self._known:
            knob.moveLeft(track.center().x() - 6)
        knob.moveTop(track.top() + 2)
        painter.setBrush(colours.on_stop if self.isEnabled() else colours.island)
        painter.drawEllipse(knob)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 2))
            painter.drawRoundedRect(track.adjusted(-2, -2, 2, 2), 10, 10)
        elif self._role:
            painter.setPen(QPen(colours.role(self._role), 1.5))
            painter.drawRoundedRect(track.adjusted(-1.5, -1.5, 1.5, 1.5), 9, 9)
