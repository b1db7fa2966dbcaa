"""Editors of lists: rows of scalars or of small records, and of keys with values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.editors.any_value import ANY, AnyValueEditor
from ui.editors.base import Editor, EditorContext, editor, make_editor
from ui.models.field import FieldState
from ui.models.schema import DataSchema, Kind
from ui.models.validation import Fault
from ui.theme import TextSize
from ui.widgets import ElidedLabel, IconButton, PlainLabel, TextButton

_TOP = Qt.AlignmentFlag.AlignTop

_KEY = 110
"""How wide a key may be, in pixels; the value beside it needs the room."""


@editor("list", "table")
def table_of_rows(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A table with buttons to add, remove and reorder."""
    return RowsEditor(schema, context, parent)


@editor(f"other:{ANY}")
def list_of_anything(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A list whose entries each have a kind that can be chosen."""
    return AnyListEditor(schema, context, parent)


@editor("map")
def keys_and_values(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A table of keys and values."""
    return MapEditor(schema, context, parent)


class _Row(QWidget):
    """The editors of one row and its buttons."""

    moved = Signal(int)
    removed = Signal()

    def __init__(self, cells: Sequence[Editor], context: EditorContext, *, ordered: bool) -> None:
        super().__init__()
        self.cells = list(cells)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for cell in self.cells:
            cell.setMinimumWidth(36)
            row.addWidget(cell, 1, _TOP)
        if context.read_only:
            return
        if ordered:
            self.up = self._button(context, "mdi6.arrow-up", self.tr("Move up"))
            self.up.clicked.connect(lambda: self.moved.emit(-1))
            self.down = self._button(context, "mdi6.arrow-down", self.tr("Move down"))
            self.down.clicked.connect(lambda: self.moved.emit(1))
            row.addWidget(self.up, 0, _TOP)
            row.addWidget(self.down, 0, _TOP)
        self.remove = self._button(context, "close", self.tr("Remove"))
        self.remove.clicked.connect(self.removed)
        row.addWidget(self.remove, 0, _TOP)

    def _button(self, context: EditorContext, glyph: str, name: str) -> IconButton:
        button = IconButton(context.theme, glyph, name, icon_size=14, parent=self)
        button.setFixedWidth(22)
        return button


class _Rows(Editor):
    """Rows that can be added and removed; what a row is, a subclass says."""

    full_width = True
    several = True
    ordered = True

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(schema, context, parent)
        self.rows: list[_Row] = []
        self._state = FieldState.CONFIRMED
        self._names = ("", "")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._head(column)
        self._column = QVBoxLayout()
        self._column.setSpacing(4)
        column.addLayout(self._column)
        self._empty = PlainLabel(context.theme, self.tr("Empty"), tone="secondary")
        column.addWidget(self._empty)
        if not context.read_only:
            self.add = TextButton(
                context.theme, self.tr("Add"), glyph="add", kind="quiet", role="accent"
            )
            self.add.clicked.connect(self._add_row)
            column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def _head(self, column: QVBoxLayout) -> None:
        """Put headings above the rows, where there are any."""

    def _cells(self, value: Any) -> list[Editor]:
        """The editors of a row that shows a value; None for a new row."""
        raise NotImplementedError

    @override
    def show_state(self, state: FieldState) -> None:
        self._state = state
        super().show_state(state)

    @override
    def boxes(self) -> list[QWidget]:
        return [box for row in self.rows for cell in row.cells for box in cell.boxes()]

    @override
    def fault(self) -> str:
        for i, row in enumerate(self.rows):
            for cell in row.cells:
                if fault := cell.fault():
                    return self.tr("entry {0}: {1}").format(i + 1, fault)
        return ""

    @override
    def show_faults(self, faults: Sequence[Fault]) -> None:
        if not faults:
            return
        wrong = {fault.loc[0] for fault in faults if fault.loc}
        for i, row in enumerate(self.rows):
            state = FieldState.REFUSED if not wrong or i in wrong else FieldState.CONFIRMED
            for cell in row.cells:
                cell.show_state(state)

    @override
    def set_names(self, name: str, description: str = "") -> None:
        self._names = (name, description)
        for i, row in enumerate(self.rows):
            for cell in row.cells:
                title = cell.schema.title
                cell.set_names(f"{name} {i + 1}{', ' + title if title else ''}", description)

    def _append(self, value: Any, position: int | None = None) -> _Row:
        cells = self._cells(value)
        row = _Row(cells, self.context, ordered=self.ordered)
        for cell in cells:
            self._grows_around(cell)
            cell.show_state(self._state)
        row.moved.connect(lambda by: self._move(row, by))
        row.removed.connect(lambda: self._remove(row))
        at = len(self.rows) if position is None else position
        self.rows.insert(at, row)
        self._column.insertWidget(at, row)
        return row

    def _changed(self) -> None:
        self._empty.setVisible(not self.rows)
        self.set_names(*self._names)

    def _add_row(self) -> None:
        row = self._append(None)
        self._changed()
        row.cells[0].setFocus()
        self.edited.emit()

    def _remove(self, row: _Row) -> None:
        at = self.rows.index(row)
        self._drop(row)
        self._changed()
        if self.rows:
            self.rows[min(at, len(self.rows) - 1)].cells[0].setFocus()
        else:
            self.add.setFocus()
        self.edited.emit()

    def _move(self, row: _Row, by: int) -> None:
        at = self.rows.index(row)
        to = at + by
        if not 0 <= to < len(self.rows):
            return
        self.rows.insert(to, self.rows.pop(at))
        self._column.removeWidget(row)
        self._column.insertWidget(to, row)
        self._changed()
        self.edited.emit()

    def _drop(self, row: _Row) -> None:
        self.rows.remove(row)
        self._column.removeWidget(row)
        row.hide()
        row.deleteLater()


class RowsEditor(_Rows):
    """A list of scalars, one a row, or of small objects with a column a key."""

    @override
    def value(self) -> list[Any]:
        if self.schema.kind is Kind.TABLE:
            names = [part.name for part in self.schema.items.parts]
            return [
                dict(zip(names, (cell.value() for cell in row.cells), strict=True))
                for row in self.rows
            ]
        return [row.cells[0].value() for row in self.rows]

    @override
    def show_value(self, value: Any) -> None:
        items = list(value) if isinstance(value, list | tuple) else []
        while len(self.rows) > len(items):
            self._drop(self.rows[-1])
        for row, item in zip(self.rows, items, strict=False):
            self._fill(row.cells, item)
        for item in items[len(self.rows) :]:
            self._append(item)
        self._changed()

    @override
    def _head(self, column: QVBoxLayout) -> None:
        if self.schema.kind is not Kind.TABLE:
            return
        heads = QHBoxLayout()
        heads.setContentsMargins(0, 0, 0 if self.context.read_only else 78, 0)
        heads.setSpacing(4)
        for part in self.schema.items.parts:
            title = f"{part.title}, {part.unit}" if part.unit else part.title
            label = ElidedLabel(self.context.theme, title, size=TextSize.SMALL, tone="secondary")
            heads.addWidget(label, 1)
        column.addLayout(heads)

    @override
    def _cells(self, value: Any) -> list[Editor]:
        items = self.schema.items
        parts = items.parts if self.schema.kind is Kind.TABLE else (items,)
        cells = [make_editor(part, self.context.inside()) for part in parts]
        self._fill(cells, items.start_value() if value is None else value)
        return cells

    def _fill(self, cells: Sequence[Editor], item: Any) -> None:
        if self.schema.kind is not Kind.TABLE:
            cells[0].show_value(item)
            return
        record = item if isinstance(item, Mapping) else {}
        for cell in cells:
            name = cell.schema.name
            cell.show_value(record[name] if name in record else cell.schema.start_value())


class AnyListEditor(RowsEditor):
    """A list of which nobody says what is in it."""

    @override
    def _cells(self, value: Any) -> list[Editor]:
        cell = AnyValueEditor(DataSchema({}), self.context.inside())
        cell.show_value("" if value is None else value)
        return [cell]


class MapEditor(_Rows):
    """A free-form object: a key and a value a row.

    Where nobody says what the values are, each has a kind that can be chosen.
    """

    ordered = False

    @override
    def value(self) -> dict[str, Any]:
        return {str(row.cells[0].value()): row.cells[1].value() for row in self.rows}

    @override
    def fault(self) -> str:
        keys = [str(row.cells[0].value()) for row in self.rows]
        if "" in keys:
            return self.tr("a key is empty")
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            return self.tr("the key “{0}” is there twice").format(twice)
        return super().fault()

    @override
    def show_value(self, value: Any) -> None:
        entries = dict(value) if isinstance(value, Mapping) else {}
        if [str(row.cells[0].value()) for row in self.rows] == list(entries):
            for row, each in zip(self.rows, entries.values(), strict=True):
                row.cells[1].show_value(each)
        else:
            for row in list(self.rows):
                self._drop(row)
            for entry in entries.items():
                self._append(entry)
        self._changed()

    @override
    def _cells(self, value: Any) -> list[Editor]:
        key, each = value if value is not None else ("", None)
        name = make_editor(DataSchema({"type": "string", "title": "key"}), self.context.inside())
        name.show_value(key)
        name.setMaximumWidth(_KEY)
        declared = self.schema.map_values
        if declared.raw:
            shown = make_editor(declared, self.context.inside())
            shown.show_value(declared.start_value() if value is None else each)
        else:
            shown = AnyValueEditor(declared, self.context.inside())
            shown.show_value("" if value is None else each)
        return [name, shown]
