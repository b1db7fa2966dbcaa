"""The editor of a vector: one row of boxes, such as x, y and z."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget
from typing_extensions import override

from ui.editors.base import Editor, EditorContext, editor, make_editor, mark
from ui.editors.number_box import NumberBox
from ui.models.field import FieldState
from ui.models.numbers import common_decimals, components
from ui.models.schema import DataSchema, Kind, same
from ui.models.validation import Fault

_NUMBERS = (Kind.NUMBER, Kind.INTEGER)


@editor("vector")
def row_of_boxes(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A row of boxes, one a component; read-only, the same without boxes."""
    return VectorEditor(schema, context, parent)


class VectorEditor(Editor):
    """A value of fixed length: a list, or an object with short keys."""

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Build a box for each component."""
        super().__init__(schema, context, parent)
        self._as_object = schema.raw.get("type") == "object"
        self._whole: Any = None
        self._confirmed: Any = None
        self._parts: dict[str, NumberBox | Editor] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for part in schema.parts:
            widget = self._part(part)
            self._parts[part.name] = widget
            row.addWidget(widget, 1)
        units = {part.unit for part in schema.parts}
        self.beside = units.pop() if len(units) == 1 else ""
        self._takes_focus()

    @override
    def value(self) -> Any:
        values = {name: self._value_of(part) for name, part in self._parts.items()}
        if not self._as_object:
            return list(values.values())
        # Keys beyond the ones drawn are kept as they came.
        rest = self._whole if isinstance(self._whole, Mapping) else {}
        return {**rest, **values}

    @override
    def show_value(self, value: Any) -> None:
        self._whole = value
        each = components(value, self.schema)
        decimals = common_decimals(value, self.schema)
        for part, number in zip(self._parts.values(), each, strict=True):
            self._show_in(part, number, decimals)

    @override
    def typed(self) -> dict[str, Any] | None:
        texts = {
            name: part.text() if isinstance(part, NumberBox) else part.typed()
            for name, part in self._parts.items()
            if part.fault()
        }
        return texts or None

    @override
    def show_typed(self, typed: Any) -> None:
        for name, text in typed.items():
            if text is not None:
                self._parts[name].show_typed(text)

    @override
    def show_confirmed(self, value: Any) -> None:
        self._confirmed = value

    @override
    def follow(self, value: Any) -> None:
        self._whole = value
        decimals = common_decimals(value, self.schema)
        for part, number in zip(self._parts.values(), components(value, self.schema), strict=True):
            typed = part.is_typed if isinstance(part, NumberBox) else part.fault() != ""
            if not typed and not same(self._value_of(part), number):
                self._show_in(part, number, decimals)

    @override
    def show_state(self, state: FieldState) -> None:
        confirmed = components(self._confirmed, self.schema)
        for part, number in zip(self._parts.values(), confirmed, strict=True):
            # Which component would be driven is to be seen before Enter is pressed.
            as_it_is = state is FieldState.EDITED and same(self._value_of(part), number)
            for box in self._boxes_of(part):
                mark(box, FieldState.CONFIRMED if as_it_is else state)

    @override
    def fault(self) -> str:
        for name, part in self._parts.items():
            if fault := part.fault():
                return f"{name}: {fault}" if self._as_object else fault
        return ""

    @override
    def show_faults(self, faults: Sequence[Fault]) -> None:
        if not faults:
            return
        wrong = {str(fault.loc[0]) for fault in faults if fault.loc}
        for name, part in self._parts.items():
            if wrong and name not in wrong:
                for box in self._boxes_of(part):
                    mark(box, FieldState.CONFIRMED)

    @override
    def boxes(self) -> list[QWidget]:
        found: list[QWidget] = []
        for part in self._parts.values():
            found.extend(self._boxes_of(part))
        return found

    @override
    def set_names(self, name: str, description: str = "") -> None:
        for part in self.schema.parts:
            widget = self._parts[part.name]
            place = part.name if self._as_object else f"{int(part.name) + 1}"
            if isinstance(widget, NumberBox):
                widget.setAccessibleName(f"{name} {place}")
                widget.setAccessibleDescription(description)
            else:
                widget.set_names(f"{name} {place}", description)

    def box(self, name: str) -> QLineEdit:
        """The box of a component by its key or index.

        Raises:
            KeyError: There is no such component, or it is not a number.
        """
        found = self._parts[name]
        if not isinstance(found, QLineEdit):
            raise KeyError(name)
        return found

    def _part(self, part: DataSchema) -> NumberBox | Editor:
        if part.kind not in _NUMBERS:
            made = make_editor(part, self.context.inside(), self)
            self._grows_around(made)
            return made
        prefix = part.name if self._as_object else ""
        box = NumberBox(part, self.context, self, prefix, in_row=True)
        box.setMinimumWidth(40)
        box.stepped.connect(self.edited)
        box.committed.connect(self.committed)
        box.reverted.connect(self.reverted)
        return box

    @staticmethod
    def _show_in(part: NumberBox | Editor, number: Any, decimals: int | None) -> None:
        if isinstance(part, NumberBox):
            known = isinstance(number, int | float)
            whole = part.schema.kind is Kind.INTEGER
            part.show_number(number if known else None, None if whole else decimals)
        else:
            part.show_value(number)

    @staticmethod
    def _boxes_of(part: NumberBox | Editor) -> list[QWidget]:
        return [part] if isinstance(part, NumberBox) else part.boxes()

    @staticmethod
    def _value_of(part: NumberBox | Editor) -> Any:
        return part.number() if isinstance(part, NumberBox) else part.value()
