"""Editors of 'this or that': nullable values, where 'none' is a state to be seen, and choices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QSignalBlocker
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.editors.base import Editor, EditorContext, editor, make_editor, mark
from ui.editors.choice_box import ChoiceBox
from ui.editors.value_label import ValueLabel
from ui.models.field import FieldState
from ui.models.schema import DataSchema, Kind
from ui.models.validation import Fault, first_fault
from ui.theme import Size

_SHORT = frozenset({Kind.NUMBER, Kind.INTEGER, Kind.BOOLEAN, Kind.STRING, Kind.CONST})
"""Kinds whose editor fits behind the combo box; the others stand beneath it."""

_PLAIN = frozenset({*_SHORT, Kind.ENUM, Kind.NULL})
"""Kinds that are read as plain text."""


def _tr(text: str) -> str:
    return QCoreApplication.translate("Variant", text)


@editor("nullable")
def value_or_none(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A combo box of 'None' and 'Value', the value's editor behind it; an enum in one box."""
    inner = schema.inner
    if context.read_only and inner.kind in _PLAIN:
        return ValueLabel(schema, context, parent)
    if inner.kind is Kind.ENUM:
        options = [{"const": None, "title": _tr("None")}]
        options += [{"const": value, "title": text} for value, text in inner.options]
        raw = {key: value for key, value in inner.raw.items() if key not in ("enum", "oneOf")}
        return make_editor(DataSchema({**raw, "oneOf": options}, schema.name), context, parent)
    null = DataSchema({"type": "null", "title": _tr("None")})
    value = DataSchema({**inner.raw, "title": _tr("Value")}, "", inner.unit)
    return VariantEditor(schema, (null, value), context, parent)


@editor("choice")
def choice_of_variant(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A combo box of the variants, the chosen one's editor behind or beneath it."""
    return VariantEditor(schema, schema.variants, context, parent)


class VariantEditor(Editor):
    """A combo box that says which variant the value is, and an editor for that variant.

    Each variant keeps what was last in it, so that choosing 'None' and thinking better of it
    loses nothing.
    """

    def __init__(
        self,
        schema: DataSchema,
        variants: Sequence[DataSchema],
        context: EditorContext,
        parent: QWidget | None = None,
    ) -> None:
        """Build the combo box; the variants' editors are built when they are chosen."""
        super().__init__(schema, context, parent)
        self._variants = tuple(variants)
        self._editors: dict[int, Editor] = {}
        self._names = ("", "")
        beneath = any(each.kind not in _SHORT | {Kind.NULL} for each in self._variants)
        self.full_width = self.several = beneath
        self.combo = ChoiceBox(context.theme, self)
        self.combo.addItems([variant_title(each) for each in self._variants])
        self.combo.setCurrentIndex(-1)
        self.combo.setEnabled(not context.read_only)
        self._row: QBoxLayout = QVBoxLayout(self) if beneath else QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4 if beneath else Size.GRID)
        self._row.addWidget(self.combo)
        if not beneath:
            self.combo.setFixedWidth(Size.NUMBER)
            self._row.addStretch(0)
        self.combo.stepped.connect(self._choose)
        self.combo.picked.connect(self._picked)
        self.combo.committed.connect(self.committed)
        self.combo.reverted.connect(self.reverted)
        self._takes_focus()

    @override
    def value(self) -> Any:
        shown = self._shown()
        return shown.value() if shown is not None else None

    @override
    def fault(self) -> str:
        shown = self._shown()
        return shown.fault() if shown is not None else ""

    @override
    def show_value(self, value: Any) -> None:
        fits = (i for i, each in enumerate(self._variants) if first_fault(value, each) is None)
        index = next(fits, -1)
        if index < 0 and value is not None:
            index = self._nearest(value)
        with QSignalBlocker(self.combo):
            self.combo.setCurrentIndex(index)
        self._show_variant(index)
        shown = self._shown()
        if shown is not None:
            shown.show_value(value)

    @override
    def show_state(self, state: FieldState) -> None:
        mark(self.combo, state)
        for each in self._editors.values():
            each.show_state(state)

    @override
    def show_faults(self, faults: Sequence[Fault]) -> None:
        shown = self._shown()
        if shown is not None:
            shown.show_faults(faults)

    @override
    def boxes(self) -> list[QWidget]:
        shown = self._shown()
        return [self.combo, *(shown.boxes() if shown is not None else [])]

    @override
    def set_names(self, name: str, description: str = "") -> None:
        self._names = (name, description)
        self.combo.setAccessibleName(self.tr("{0}, kind").format(name))
        self.combo.setAccessibleDescription(description)
        for each in self._editors.values():
            each.set_names(name, description)

    @property
    def inner(self) -> Editor | None:
        """The editor of the chosen variant; None where there is nothing to edit in it."""
        return self._shown()

    def _shown(self) -> Editor | None:
        return self._editors.get(self.combo.currentIndex())

    def _nearest(self, value: Any) -> int:
        """The variant of the value's own type, though the value does not quite fit it."""
        wanted = {bool: "boolean", int: "integer", float: "number", str: "string"}.get(type(value))
        types = [each.raw.get("type") for each in self._variants]
        for kind in (wanted, "number"):
            if kind in types:
                return types.index(kind)
        return next((i for i, kind in enumerate(types) if kind != "null"), 0)

    def _choose(self, index: int) -> None:
        fresh = index not in self._editors
        self._show_variant(index)
        shown = self._shown()
        if shown is not None and fresh:
            shown.show_value(self._variants[index].start_value())
        self.edited.emit()

    def _picked(self, index: int) -> None:
        self._choose(index)
        shown = self._shown()
        if shown is None:
            # 'None' is complete as it stands; a value wants to be looked at before it is sent.
            self.committed.emit()
        else:
            shown.setFocus()

    def _show_variant(self, index: int) -> None:
        if index >= 0 and index not in self._editors:
            variant = self._variants[index]
            if variant.kind is not Kind.NULL:
                made = make_editor(variant, self.context.inside(), self)
                made.set_names(*self._names)
                self._grows_around(made)
                self._row.addWidget(made, 1)
                self._editors[index] = made
        for i, each in self._editors.items():
            each.setVisible(i == index)


def variant_title(variant: DataSchema) -> str:
    """What to call a variant: its title, or what kind of value it is."""
    if variant.raw.get("title"):
        return str(variant.raw["title"])
    if variant.kind is Kind.CONST:
        return str(variant.raw["const"])
    names = {
        Kind.NULL: _tr("None"),
        Kind.INTEGER: _tr("Whole number"),
        Kind.NUMBER: _tr("Number"),
        Kind.STRING: _tr("Text"),
        Kind.BOOLEAN: _tr("On or off"),
        Kind.LIST: _tr("List"),
        Kind.NUMBERS: _tr("Numbers"),
        Kind.VECTOR: _tr("Vector"),
        Kind.OBJECT: _tr("Group"),
        Kind.MAP: _tr("Keys and values"),
        Kind.BLOB: _tr("File"),
    }
    return names.get(variant.kind) or _tr("Other")
