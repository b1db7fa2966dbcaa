"""The editor of an object: its parts as rows, folded below the second level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.editors.base import Editor, EditorContext, editor, make_editor
from ui.editors.fold import Fold
from ui.models.counts import values_in_words
from ui.models.field import FieldState
from ui.models.numbers import format_value
from ui.models.schema import DataSchema, Kind
from ui.models.validation import Fault
from ui.theme import Size, TextSize
from ui.widgets import ElidedLabel, ReasonLabel, State

OPEN_LEVELS = 2
"""Objects deeper than this level begin folded."""

_NARROWEST_LABEL = 60


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
        """Build a row for each part; those of a folded part when it is first opened."""
        super().__init__(schema, context, parent)
        self._whole: Any = None
        self._given: set[str] = set()
        self._parts: dict[str, Editor] = {}
        self._reasons: dict[str, ReasonLabel] = {}
        self._state = FieldState.CONFIRMED
        self._names = ("", "")
        self._folds: dict[str, Fold] = {}
        self._build()

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
        for name in self._folds:
            self._sum_up(name)

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
        for name in {str(fault.loc[0]) for fault in faults if fault.loc} & set(self._folds):
            self._folds[name].set_open(True)
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

    def _build(self) -> None:
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(Size.PADDING, 0, 0, 0)
        self._grid.setHorizontalSpacing(Size.GRID)
        self._grid.setVerticalSpacing(4)
        # As much narrower as it is indented, so that the editors of all levels stand in one line.
        indented = Size.PADDING * (self.context.depth + 1)
        self._label = max(_NARROWEST_LABEL, Size.LABEL - indented)
        self._grid.setColumnMinimumWidth(0, self._label)
        self._grid.setColumnStretch(1, 1)
        for row, part in enumerate(self.schema.parts):
            self._add(part, 3 * row)
        self.set_names(*self._names)

    def _add(self, part: DataSchema, row: int) -> None:
        """Three lines of the grid: a label or a fold, the editor, the reason."""
        theme = self.context.theme
        if part.kind is Kind.OBJECT:
            fold = self._folds[part.name] = Fold(theme, part.title)
            fold.opened.connect(partial(self._open, part))
            fold.toggled.connect(lambda _open: self._sum_up(part.name))
            self._grid.addWidget(fold, row, 0, 1, 3)
            # The outermost object is level one, its parts are level two.
            fold.set_open(self.context.depth + 2 <= OPEN_LEVELS)
            return
        made = make_editor(part, self.context.inside(), self)
        label = ElidedLabel(theme, part.title, tone="secondary")
        label.setBuddy(made)
        label.setFixedHeight(Size.CONTROL)
        reason = ReasonLabel(theme, self)
        if made.full_width:
            self._grid.addWidget(label, row, 0, 1, 3)
            self._grid.addWidget(made, row + 1, 0, 1, 3)
        else:
            label.setFixedWidth(self._label)
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(made, row, 1)
            if made.beside:
                unit = ElidedLabel(theme, made.beside, size=TextSize.SMALL, tone="secondary")
                self._grid.addWidget(unit, row, 2)
        self._grid.addWidget(reason, row + 2, 1)
        self._take(part, made, reason)

    def _open(self, part: DataSchema, body: QWidget) -> None:
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        made = make_editor(part, self.context.inside(), body)
        reason = ReasonLabel(self.context.theme, body)
        column.addWidget(made)
        column.addWidget(reason)
        self._take(part, made, reason)
        self.set_names(*self._names)

    def _take(self, part: DataSchema, made: Editor, reason: ReasonLabel) -> None:
        self._parts[part.name] = made
        self._reasons[part.name] = reason
        made.edited.connect(lambda: self._given.add(part.name))
        self._grows_around(made)
        self._show_part(part)
        made.show_state(self._state)

    def _show_part(self, part: DataSchema) -> None:
        whole = self._whole if isinstance(self._whole, Mapping) else {}
        # A part that is not given shows its default and is sent only when it is touched.
        value = whole[part.name] if part.name in whole else part.start_value()
        self._parts[part.name].show_value(value)

    def _sum_up(self, name: str) -> None:
        """Say in a folded part's line what is in it."""
        part = next(part for part in self.schema.parts if part.name == name)
        count = len(part.parts)
        words = values_in_words(count)
        whole = self._whole.get(name) if isinstance(self._whole, Mapping) else None
        inside = whole if isinstance(whole, Mapping) else {}
        first = next((each for each in part.parts if each.name in inside), None)
        if first is not None and not self._folds[name].is_open:
            words = f"{format_value(inside[first.name], first, self.context.style)}, {words}"
        self._folds[name].set_summary(words)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""
