"""The editor of an object: its parts as rows, folded below the second level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.editors.base import Editor, EditorContext, editor, make_editor
from ui.editors.fold import Fold
from ui.models.field import FieldState
from ui.models.numbers import format_value
from ui.models.schema import DataSchema
from ui.models.validation import Fault
from ui.theme import Size, TextSize
from ui.widgets import ElidedLabel, ReasonLabel, State

OPEN_LEVELS = 2
"""Objects deeper than this begin folded."""

_LABEL = 84
"""Labels inside a group are narrower than outside, since the group is indented."""


@editor("object")
def nested_group(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """The parts of an object, one a row."""
    return GroupEditor(schema, context, parent)


class GroupEditor(Editor):
    """An object: each part has its label, its editor and its own reason beneath."""

    full_width = True
    several = True

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Build a row for each part; those of a folded group when it is first opened."""
        super().__init__(schema, context, parent)
        self._whole: Any = None
        self._given: set[str] = set()
        self._parts: dict[str, Editor] = {}
        self._reasons: dict[str, ReasonLabel] = {}
        self._state = FieldState.CONFIRMED
        self._names = ("", "")
        self._fold: Fold | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if context.depth >= OPEN_LEVELS:
            self._fold = Fold(context.theme, self.tr("{n} values").format(n=len(schema.parts)))
            self._fold.opened.connect(self._build)
            column.addWidget(self._fold)
        else:
            body = QWidget(self)
            column.addWidget(body)
            self._build(body)

    @override
    def value(self) -> Any:
        whole = dict(self._whole) if isinstance(self._whole, Mapping) else {}
        for name, part in self._parts.items():
            if name in whole or name in self._given or name in self.schema.required:
                whole[name] = part.value()
        return whole

    @override
    def show_value(self, value: Any) -> None:
        self._whole, self._given = value, set()
        for part in self.schema.parts:
            if part.name in self._parts:
                self._show_part(part)
        if self._fold is not None:
            self._fold.set_summary(self._summary())

    @override
    def fault(self) -> str:
        for part in self.schema.parts:
            if part.name in self._parts and (fault := self._parts[part.name].fault()):
                return f"{part.title}: {fault}"
        return ""

    @override
    def show_state(self, state: FieldState) -> None:
        self._state = state
        for part in self._parts.values():
            part.show_state(state)

    @override
    def show_faults(self, faults: Sequence[Fault]) -> None:
        if faults and self._fold is not None:
            self._fold.set_open(True)
        for name, part in self._parts.items():
            mine = [fault for fault in faults if fault.loc[:1] == (name,)]
            words = "; ".join(fault.text for fault in mine if len(fault.loc) == 1)
            reason = self._reasons[name]
            reason.say(State.REFUSED if words else None, _sentence(words))
            if faults:
                part.show_state(FieldState.REFUSED if mine else FieldState.CONFIRMED)
            part.show_faults([Fault(fault.loc[1:], fault.text) for fault in mine])

    @override
    def boxes(self) -> list[QWidget]:
        return [box for part in self._parts.values() for box in part.boxes()]

    @override
    def set_names(self, name: str, description: str = "") -> None:
        self._names = (name, description)
        for part in self.schema.parts:
            if part.name in self._parts:
                self._parts[part.name].set_names(f"{name}, {part.title}", part.description)

    def part(self, name: str) -> Editor:
        """The editor of a part.

        Raises:
            KeyError: There is no such part, or its group was not opened yet.
        """
        return self._parts[name]

    def _build(self, body: QWidget) -> None:
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Size.GRID)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, _LABEL)
        grid.setColumnStretch(1, 1)
        theme = self.context.theme
        for part in self.schema.parts:
            made = make_editor(part, self.context.inside(), body)
            self._parts[part.name] = made
            label = ElidedLabel(theme, part.title, tone="secondary")
            label.setBuddy(made)
            label.setFixedHeight(Size.CONTROL)
            reason = self._reasons[part.name] = ReasonLabel(theme, body)
            row = grid.rowCount()
            if made.full_width:
                grid.addWidget(label, row, 0, 1, 3)
                grid.addWidget(made, row + 1, 0, 1, 3)
                row += 1
            else:
                grid.addWidget(label, row, 0)
                grid.addWidget(made, row, 1)
                if made.beside:
                    unit = ElidedLabel(theme, made.beside, size=TextSize.SMALL, tone="secondary")
                    grid.addWidget(unit, row, 2)
            grid.addWidget(reason, row + 1, 1)
            made.edited.connect(lambda name=part.name: self._given.add(name))
            self._grows_around(made)
            self._show_part(part)
        self.set_names(*self._names)
        self.show_state(self._state)

    def _show_part(self, part: DataSchema) -> None:
        whole = self._whole if isinstance(self._whole, Mapping) else {}
        # A part that is not given shows its default and is sent only when it is touched.
        value = whole[part.name] if part.name in whole else part.start_value()
        self._parts[part.name].show_value(value)

    def _summary(self) -> str:
        whole = self._whole if isinstance(self._whole, Mapping) else {}
        first = next((part for part in self.schema.parts if part.name in whole), None)
        count = f"{len(self.schema.parts)} values"
        if first is None:
            return count
        return f"{format_value(whole[first.name], first, self.context.style)}, {count}"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""
