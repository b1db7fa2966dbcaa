"""A value that can only be read: no box, and the same right edge as the boxes."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from ui.editors.base import Editor, EditorContext, editor
from ui.models.field import FieldState
from ui.models.numbers import UNKNOWN, format_value
from ui.models.schema import DataSchema, Kind
from ui.theme import Size
from ui.widgets import ElidedLabel

_INSET = 7
"""From a box's outer edge to its text."""


class ValueLabel(Editor):
    """A value as plain text: numbers end where they end in a box, text begins at the edge."""

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Begin with a dash for 'not known'."""
        super().__init__(schema, context, parent)
        self._value: Any = None
        inner = schema.inner if schema.kind is Kind.NULLABLE else schema
        self._numeric = inner.kind in (Kind.NUMBER, Kind.INTEGER)
        # A number without its end would read as another one: it is cut in its middle.
        elide = Qt.TextElideMode.ElideMiddle if self._numeric else Qt.TextElideMode.ElideRight
        self.label = ElidedLabel(context.theme, UNKNOWN, mode=elide, parent=self)
        self.label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.label.setFixedHeight(Size.CONTROL)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        if self._numeric:
            self.label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.label.setContentsMargins(0, 0, _INSET, 0)
            self.label.setMinimumWidth(Size.NUMBER)
            self._row.addWidget(self.label)
            self._row.addStretch(1)
        else:
            self._row.addWidget(self.label, 1)
        self._takes_focus()

    @override
    def value(self) -> Any:
        return self._value

    @override
    def show_value(self, value: Any) -> None:
        self._value = value
        text = format_value(value, self.schema, self.context.style)
        if isinstance(value, bool):
            # 'Moving: Off' is said of a switch; of a fact one says 'no'.
            text = self.tr("Yes") if value else self.tr("No")
        if text != self.label.text():
            self.label.setText(text)

    @override
    def show_state(self, state: FieldState) -> None:
        self.label.set_tone("secondary" if state is FieldState.STALE else "text")

    @override
    def boxes(self) -> list[QWidget]:
        return [self.label]


class ConstLabel(ValueLabel):
    """A constant, which is what it is before anybody says so."""

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Begin with the constant."""
        super().__init__(schema, context, parent)
        self.show_value(None)

    @override
    def show_value(self, value: Any) -> None:
        super().show_value(self.schema.raw.get("const") if value is None else value)


@editor("const", "null")
def fixed_label(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A value that is always the same; a form sends it without asking."""
    return ConstLabel(schema, context, parent)
