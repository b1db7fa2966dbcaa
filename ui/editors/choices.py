"""Editors of a choice: a switch for yes and no, a combo box for an enum."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from ui.editors.base import RING_ROLES, Editor, EditorContext, editor
from ui.editors.choice_box import ChoiceBox
from ui.editors.value_label import ValueLabel
from ui.models.field import FieldState
from ui.models.schema import DataSchema, option_text, same
from ui.widgets import PlainLabel, Switch


@editor("boolean")
def switch(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A switch with its word beside it; read-only, the word alone."""
    if context.read_only:
        return ValueLabel(schema, context, parent)
    return SwitchEditor(schema, context, parent)


@editor("enum")
def combo_box(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A combo box of the values."""
    if context.read_only:
        return ValueLabel(schema, context, parent)
    return EnumEditor(schema, context, parent)


class SwitchEditor(Editor):
    """A switch; flipping it sends the value."""

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Build the switch and its word."""
        super().__init__(schema, context, parent)
        self.switch = Switch(context.theme, self)
        self._word = PlainLabel(context.theme, option_text(False), parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.switch)
        row.addWidget(self._word)
        row.addStretch(1)
        self.switch.clicked.connect(self._flipped)
        self._takes_focus()

    @override
    def value(self) -> bool:
        return self.switch.isChecked()

    @override
    def show_value(self, value: Any) -> None:
        self.switch.setChecked(bool(value))
        # Nobody has said yet what it is: neither on nor off may be claimed.
        self.switch.set_known(value is not None)
        self._word.setText("–" if value is None else option_text(bool(value)))

    @override
    def show_state(self, state: FieldState) -> None:
        self.switch.set_role(RING_ROLES.get(state, ""))
        self._word.set_tone("secondary" if state is FieldState.STALE else "text")

    @override
    def boxes(self) -> list[QWidget]:
        return [self.switch]

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the switch does not take: Esc, which takes back that a flip was refused."""
        if event.key() == Qt.Key.Key_Escape:
            self.reverted.emit()
        else:
            super().keyPressEvent(event)

    def _flipped(self) -> None:
        self.switch.set_known(True)
        self._word.setText(option_text(self.switch.isChecked()))
        self.edited.emit()
        self.committed.emit()


class EnumEditor(Editor):
    """A combo box; choosing from its list sends the value, what keys change waits for Enter.

    A value that is none of the enum is shown too.
    """

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Build the combo box."""
        super().__init__(schema, context, parent)
        self._values: list[Any] = [value for value, _ in schema.options]
        self.combo = ChoiceBox(context.theme, self)
        self.combo.addItems([text for _, text in schema.options])
        self.combo.setCurrentIndex(-1)
        self.combo.setMinimumContentsLength(4)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.combo, 1)
        self.combo.stepped.connect(self.edited)
        self.combo.picked.connect(self._picked)
        self.combo.committed.connect(self.committed)
        self.combo.reverted.connect(self.reverted)
        self._takes_focus()

    @override
    def value(self) -> Any:
        index = self.combo.currentIndex()
        return self._values[index] if index >= 0 else None

    @override
    def show_value(self, value: Any) -> None:
        found = next((i for i, each in enumerate(self._values) if same(each, value)), -1)
        with QSignalBlocker(self.combo):
            while self.combo.count() > len(self.schema.options):
                self.combo.removeItem(self.combo.count() - 1)
                self._values.pop()
            if 0 <= found < self.combo.count():
                self.combo.setCurrentIndex(found)
            elif value is None:
                self.combo.setCurrentIndex(-1)
            else:
                self._values.append(value)
                self.combo.addItem(option_text(value))
                self.combo.setCurrentIndex(self.combo.count() - 1)

    @override
    def boxes(self) -> list[QWidget]:
        return [self.combo]

    def _picked(self) -> None:
        self.edited.emit()
        self.committed.emit()
