"""The editor of one number: a box, and a slider beside it where the range is worth one."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from ui.editors.base import RING_ROLES, Editor, EditorContext, editor
from ui.editors.number_box import NumberBox
from ui.editors.value_label import ValueLabel
from ui.models.field import FieldState
from ui.models.numbers import decimals_of
from ui.models.schema import DataSchema, Kind, Number
from ui.theme import Size
from ui.widgets import RingSlider

SLIDER_PARTS = 200
"""Into how many steps a slider divides a range of real numbers."""


@editor("number", "integer")
def number_box(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A box with the schema's range, step and unit; read-only numbers stand without a box."""
    if context.read_only:
        return ValueLabel(schema, context, parent)
    return NumberEditor(schema, context, parent)


_WIDEST_WITH_SLIDER = 2 * Size.NUMBER - Size.LABEL // 2
"""A box wider than this, for a long unit say, leaves a slider no room."""

SHORTEST_SLIDER = 36
"""A slider with less room than this could not be aimed at; it gives way to the box."""


class NumberEditor(Editor):
    """A number box and perhaps a slider; letting the slider go sends the value, as Enter does."""

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Build box and slider."""
        super().__init__(schema, context, parent)
        self.box = NumberBox(schema, context, self)
        self.slider: RingSlider | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Size.GRID)
        row.addWidget(self.box)
        wanted = max(Size.NUMBER, self.box.width_for_range())
        self.box.set_wanted_width(wanted)
        if context.slider and schema.has_slider and wanted <= _WIDEST_WITH_SLIDER:
            self.box.setFixedWidth(wanted)
            self.slider = self._slider()
            row.addWidget(self.slider, 1)
        else:
            row.addStretch(1)
        self.box.stepped.connect(self._box_changed)
        self.box.committed.connect(self.committed)
        self.box.reverted.connect(self.reverted)
        self._takes_focus()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.slider is not None:
            room = self.width() - self.box.width() - Size.GRID
            self.slider.setVisible(room >= SHORTEST_SLIDER)

    @override
    def minimumSizeHint(self) -> QSize:
        if self.slider is None:
            return super().minimumSizeHint()
        # The slider gives way before anything else does.
        return QSize(self.box.width(), Size.CONTROL)

    @override
    def value(self) -> Number | None:
        return self.box.number()

    @override
    def fault(self) -> str:
        return self.box.fault()

    @override
    def typed(self) -> str | None:
        return self.box.text() if self.box.fault() else None

    @override
    def show_typed(self, typed: Any) -> None:
        self.box.show_typed(str(typed))

    @override
    def show_value(self, value: Any) -> None:
        number = value if isinstance(value, int | float) else None
        self.box.show_number(number)
        if self.slider is None:
            wanted = max(Size.NUMBER, self.box.width_for_range(), self.box.width_for_number())
            self.box.set_wanted_width(wanted)
        elif number is not None:
            self.slider.set_asked(number)

    @override
    def show_confirmed(self, value: Any) -> None:
        if self.slider is not None:
            known = isinstance(value, int | float)
            self.slider.set_confirmed(float(value) if known else None)

    @override
    def show_state(self, state: FieldState) -> None:
        super().show_state(state)
        if self.slider is not None:
            self.slider.set_role(RING_ROLES.get(state, ""))

    @override
    def boxes(self) -> list[QWidget]:
        return [self.box]

    @override
    def set_names(self, name: str, description: str = "") -> None:
        super().set_names(name, description)
        if self.slider is not None:
            self.slider.setAccessibleName(self.tr("{0}, slider").format(name))

    def _slider(self) -> RingSlider:
        slider = RingSlider(self.context.theme, self)
        low, high, step = slider_scale(self.schema)
        slider.set_scale(low, high, step)
        slider.moved.connect(self._slider_moved)
        slider.let_go.connect(lambda _value: self.committed.emit())
        slider.committed.connect(self.committed)
        slider.reverted.connect(self.reverted)
        return slider

    def _box_changed(self) -> None:
        number = self.box.number()
        if self.slider is not None and number is not None:
            self.slider.set_asked(number)
        self.edited.emit()

    def _slider_moved(self, asked: float) -> None:
        self.box.show_number(self._on_grid(asked))
        self.edited.emit()

    def _on_grid(self, asked: float) -> Number:
        if self.schema.kind is Kind.INTEGER:
            return round(asked)
        return round(asked, decimals_of(self.schema) or 0)


def slider_scale(schema: DataSchema) -> tuple[float, float, float]:
    """Lowest, highest and step of a slider; an excluded limit is one step outside.

    Raises:
        ValueError: The schema has no finite range.
    """
    if schema.limits is None:
        raise ValueError("a slider needs a finite range")
    low, high = schema.limits
    step: float = schema.step
    if schema.kind is Kind.NUMBER:
        parts = (high - low) / SLIDER_PARTS
        step = max(1, round(parts / step)) * step if schema.multiple_of is not None else parts
    first = low + step if schema.low_excluded else low
    last = high - step if schema.high_excluded else high
    return first, last, step
