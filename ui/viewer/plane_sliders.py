"""Which plane of a stack is shown: a slider for each of its axes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import Size, TextSize, Theme
from ui.viewer.axes import StackAxis
from ui.widgets import PlainLabel, RingSlider


class PlaneSlider(QWidget):
    """A slider along one axis, in words 'Plane 21 of 41'.

    Attributes:
        chosen: The operator chose a place, counted from 0.
        slider: The slider, counted from 1.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._axis = StackAxis("Z", 0)
        self._label = PlainLabel(theme, size=TextSize.SMALL, tone="secondary")
        self._label.setMinimumWidth(110)
        self.slider = RingSlider(theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(Size.PADDING, 0, Size.PADDING, 0)
        row.setSpacing(Size.GRID)
        row.addWidget(self._label)
        row.addWidget(self.slider, 1)
        self.setFixedHeight(Size.ROW)
        self.slider.moved.connect(self._moved)
        self.slider.let_go.connect(self._moved)

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def show_place(self, axis: StackAxis, place: int) -> None:
        """Show where along an axis of more than one plane."""
        if axis != self._axis:
            self._axis = axis
            self.slider.setAccessibleName(axis.title)
            self.slider.set_scale(1, axis.length, 1)
        self.slider.set_asked(place + 1)
        self._say(place)

    def _moved(self, value: float) -> None:
        place = round(value) - 1
        self._say(place)
        self.chosen.emit(place)

    def _say(self, place: int) -> None:
        self._label.setText(
            self.tr("{axis} {number} of {count}").format(
                axis=self._axis.title, number=place + 1, count=self._axis.length
            )
        )


class PlaneSliders(QWidget):
    """A row for each axis of a stack; hidden where there is none.

    Attributes:
        chosen: The operator chose another plane; a tuple with a place along each axis.
        rows: The sliders that are shown, outermost axis first.
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._at: tuple[int, ...] = ()
        self._spare: list[PlaneSlider] = []
        self.rows: list[PlaneSlider] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.hide()

    def show_stack(self, axes: Sequence[StackAxis], at: tuple[int, ...]) -> None:
        """Show which plane is shown; no axes hide the rows."""
        self._at = at
        while len(self._spare) < len(axes):
            self._add_row(len(self._spare))
        self.rows = self._spare[: len(axes)]
        for row, axis, place in zip(self.rows, axes, at, strict=True):
            row.show_place(axis, place)
        for number, row in enumerate(self._spare):
            row.setVisible(number < len(axes))
        self.setVisible(bool(axes))

    def _add_row(self, number: int) -> None:
        row = PlaneSlider(self._theme)
        row.chosen.connect(lambda place: self._chosen(number, place))
        self._column.addWidget(row)
        self._spare.append(row)

    def _chosen(self, number: int, place: int) -> None:
        self._at = (*self._at[:number], place, *self._at[number + 1 :])
        self.chosen.emit(self._at)
