"""Which plane of a stack is shown."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.theme import Size, TextSize, Theme
from ui.widgets import PlainLabel, RingSlider


class PlaneSlider(QWidget):
    """A slider over the planes, in words 'Plane 21 of 41'; hidden where there is only one.

    Attributes:
        chosen: The operator chose a plane, counted from 0.
        slider: The slider, counted from 1.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._planes = 0
        self._label = PlainLabel(theme, size=TextSize.SMALL, tone="secondary")
        self._label.setMinimumWidth(110)
        self.slider = RingSlider(theme)
        self.slider.setAccessibleName(self.tr("Plane"))
        row = QHBoxLayout(self)
        row.setContentsMargins(Size.PADDING, 0, Size.PADDING, 0)
        row.setSpacing(Size.GRID)
        row.addWidget(self._label)
        row.addWidget(self.slider, 1)
        self.setFixedHeight(Size.ROW)
        self.slider.moved.connect(self._moved)
        self.slider.let_go.connect(self._moved)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def show_stack(self, planes: int, plane: int) -> None:
        """Show which plane of how many is shown; fewer than two hide it."""
        if planes > 1:
            if planes != self._planes:
                self.slider.set_scale(1, planes, 1)
            self.slider.set_asked(plane + 1)
            self._say(plane, planes)
        self._planes = planes
        self.setVisible(planes > 1)

    def _moved(self, value: float) -> None:
        plane = round(value) - 1
        self._say(plane, self._planes)
        self.chosen.emit(plane)

    def _say(self, plane: int, planes: int) -> None:
        self._label.setText(
            self.tr("Plane {number} of {planes}").format(number=plane + 1, planes=planes)
        )
