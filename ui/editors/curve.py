"""Editors of many numbers: a small curve or picture, and the numbers as text."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.editors.base import Editor, EditorContext, editor
from ui.editors.curve_view import CurveView, PictureView
from ui.editors.json_text import JsonEditor, SmallText
from ui.models.field import FieldState
from ui.models.numbers import NumberStyle, format_number, parse_number
from ui.models.schema import DataSchema
from ui.theme import TextSize
from ui.widgets import ElidedLabel, TextButton

_LISTED = 4
"""Up to so many numbers are written out beneath the curve."""


@editor("numbers")
def curve(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A curve of the numbers, and 'Edit as text' where they can be written."""
    return NumbersEditor(schema, context, parent)


@editor("grid")
def picture(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A picture of a table of numbers; where it can be written, its JSON text on a click."""
    return GridEditor(schema, context, parent)


class _Drawn(Editor):
    """Numbers that are drawn, with a line that sums them up and a way to their text."""

    full_width = True
    several = True

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        super().__init__(schema, context, parent)
        self._value: Any = None
        self.summary = ElidedLabel(context.theme, size=TextSize.SMALL, tone="secondary")
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.summary, 1)
        self.as_text = TextButton(context.theme, self.tr("Edit as text"), kind="quiet")
        self.as_text.setCheckable(True)
        self.as_text.setVisible(not context.read_only)
        line.addWidget(self.as_text)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self._column.addLayout(line)


class NumbersEditor(_Drawn):
    """A long list of numbers: a curve; short ones are shown as text as well."""

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Build the curve and, hidden, the text."""
        super().__init__(schema, context, parent)
        self.view = CurveView(context.theme, context.style, schema.unit)
        self.text = SmallText(self)
        self.text.hide()
        self._typed = False
        self._drawn = True
        self._column.insertWidget(0, self.view)
        self._column.insertWidget(1, self.text)
        self.as_text.toggled.connect(self._show_text)
        self.text.textChanged.connect(self._text_changed)

    def set_axis(self, positions: Any, unit: str = "", title: str = "") -> None:
        """Where along the x axis the numbers stand.

        Args:
            positions: As many numbers as the value has; else it is counted from 0.
            unit: Of the positions.
            title: What they are.
        """
        self.view.set_axis(as_row(positions), unit, title)

    def set_drawn(self, drawn: bool) -> None:
        """Draw the curve or only sum it up, as for an array that is the axis of another."""
        self._drawn = drawn
        self._show_view()

    @override
    def value(self) -> Any:
        if not self._typed:
            return self._value
        return [parse_number(word, self.schema.items) for word in self._words()]

    @override
    def fault(self) -> str:
        if not self._typed:
            return ""
        for i, word in enumerate(self._words()):
            if parse_number(word, self.schema.items) is None:
                return self.tr("entry {0}: “{1}” is not a number").format(i + 1, word)
        return ""

    @override
    def show_value(self, value: Any) -> None:
        self._value, self._typed = value, False
        row = as_row(value)
        self.view.show_row(row)
        self._show_view()
        self.summary.setText(self._summed_up(row))
        if self.as_text.isChecked():
            self._write_text()

    @override
    def show_state(self, state: FieldState) -> None:
        super().show_state(state)
        self.view.set_stale(state is FieldState.STALE)

    @override
    def boxes(self) -> list[QWidget]:
        return [self.text]

    def _words(self) -> list[str]:
        return [word for word in re.split(r"[,;\s]+", self.text.toPlainText()) if word]

    def _summed_up(self, row: NDArray[np.float64]) -> str:
        style = self.context.style
        if row.size == 0:
            return self.tr("Empty") if self._value is not None else self.tr("Not known")
        if row.size <= _LISTED:
            return ", ".join(format_number(each, self.schema.items, style) for each in row.tolist())
        finite = row[np.isfinite(row)]
        count = self.tr("{0} values").format(f"{row.size:,}".replace(",", style.group))
        if finite.size == 0:
            return count
        low, high = (_rounded(float(each), style) for each in (finite.min(), finite.max()))
        unit = f" {self.schema.unit}" if self.schema.unit else ""
        return self.tr("{0}, {1} to {2}").format(count, low, high) + unit

    def _show_text(self, wanted: bool) -> None:
        self.text.setVisible(wanted)
        self._show_view()
        if wanted:
            self._write_text()
            self.text.setFocus()

    def _show_view(self) -> None:
        enough = isinstance(self._value, list | tuple) and len(self._value) > 1
        self.view.setVisible(self._drawn and enough and not self.as_text.isChecked())

    def _write_text(self) -> None:
        self.text.blockSignals(True)
        values = self._value if isinstance(self._value, list | tuple) else []
        self.text.setPlainText(", ".join(map(repr, values)))
        self.text.blockSignals(False)
        self.text.updateGeometry()

    def _text_changed(self) -> None:
        self._typed = True
        self.edited.emit()


class GridEditor(_Drawn):
    """A table of numbers, drawn as a picture from dark (lowest) to light (highest)."""

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Build the picture; the text when it is asked for."""
        super().__init__(schema, context, parent)
        self.view = PictureView(context.theme)
        self._json: JsonEditor | None = None
        self._column.insertWidget(0, self.view)
        self.as_text.toggled.connect(self._show_text)

    @override
    def value(self) -> Any:
        return self._value if self._json is None else self._json.value()

    @override
    def fault(self) -> str:
        return "" if self._json is None else self._json.fault()

    @override
    def show_value(self, value: Any) -> None:
        self._value = value
        grid = as_grid(value)
        self.view.show_grid(grid)
        if grid is None:
            self.summary.setText(self.tr("Not known") if value is None else self.tr("Uneven rows"))
        else:
            rows, columns = grid.shape
            self.summary.setText(f"{columns:,} × {rows:,}".replace(",", self.context.style.group))
        if self._json is not None:
            self._json.show_value(value)

    @override
    def boxes(self) -> list[QWidget]:
        return [] if self._json is None else self._json.boxes()

    def _show_text(self, wanted: bool) -> None:
        if wanted and self._json is None:
            self._json = JsonEditor(self.schema, self.context, self)
            self._json.show_value(self._value)
            self._grows_around(self._json)
            self._column.insertWidget(1, self._json)
        if self._json is not None:
            self._json.setVisible(wanted)
        self.view.setVisible(not wanted)


def _rounded(number: float, style: NumberStyle) -> str:
    return format_number(float(f"{number:.4g}"), None, style)


def as_row(value: Any) -> NDArray[np.float64]:
    """A JSON list of numbers as a row; what is no number becomes NaN."""
    if not isinstance(value, list | tuple):
        return np.empty(0)
    try:
        row = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        row = np.array([each if isinstance(each, int | float) else np.nan for each in value])
    return row if row.ndim == 1 else np.empty(0)


def as_grid(value: Any) -> NDArray[np.float64] | None:
    """A JSON list of rows as a grid; None where the rows are not equally long."""
    try:
        grid = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    return grid if grid.ndim == 2 and grid.size else None
