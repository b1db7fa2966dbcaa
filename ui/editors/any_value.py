"""The editor of a value of which no schema says what it is: its kind is chosen beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget
from typing_extensions import override

from ui.editors.base import Editor, EditorContext, make_editor
from ui.icons import icon
from ui.models.field import FieldState
from ui.models.schema import DataSchema
from ui.models.validation import Fault, first_fault
from ui.states import QT_TRANSLATE_NOOP
from ui.widgets import IconButton, PlainLabel

ANY: Final = "any"
"""The format of a list of which nobody says what is in it."""


_DEEPEST: Final = 2
"""Further inside than this a list or an object has no room for rows: it is JSON text."""


@dataclass(frozen=True, slots=True)
class ValueKind:
    """One of the kinds of JSON.

    Attributes:
        type: JSON Schema's word for it.
        glyph: As for `ui.icons.icon`.
        source: The English words.
        start: What a new value is.
    """

    type: str
    glyph: str
    source: str
    start: Any

    @property
    def words(self) -> str:
        """What it is called, in the operator's language."""
        return QCoreApplication.translate("ValueKind", self.source)

    @property
    def schema(self) -> DataSchema:
        """The data schema of any value of it."""
        return DataSchema(
            {"type": self.type, "format": ANY} if self.type == "array" else {"type": self.type}
        )


KINDS: Final = (
    ValueKind("string", "mdi6.format-text", QT_TRANSLATE_NOOP("ValueKind", "Text"), ""),
    ValueKind("integer", "mdi6.numeric", QT_TRANSLATE_NOOP("ValueKind", "Whole number"), 0),
    ValueKind("number", "mdi6.decimal", QT_TRANSLATE_NOOP("ValueKind", "Number"), 0.0),
    ValueKind(
        "boolean", "mdi6.toggle-switch-outline", QT_TRANSLATE_NOOP("ValueKind", "On or off"), False
    ),
    ValueKind("array", "mdi6.format-list-bulleted", QT_TRANSLATE_NOOP("ValueKind", "List"), ()),
    ValueKind(
        "object", "mdi6.code-braces", QT_TRANSLATE_NOOP("ValueKind", "Keys and values"), None
    ),
    ValueKind("null", "mdi6.circle-off-outline", QT_TRANSLATE_NOOP("ValueKind", "Nothing"), None),
)
"""Every kind of JSON, text first: what is typed is text unless one says otherwise."""


class AnyValueEditor(Editor):
    """A button that says and chooses the kind, and behind it the editor of that kind.

    A value keeps its meaning where it can when another kind is chosen: the text '12' becomes the
    number 12.

    Attributes:
        kind_button: Opens the kinds.
    """

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Begin with an empty text."""
        super().__init__(schema, context, parent)
        self._names = ("", "")
        self._state = FieldState.CONFIRMED
        self._inner: Editor | None = None
        self.kind = KINDS[0]
        self.kind_button = IconButton(context.theme, self.kind.glyph, self.kind.words, parent=self)
        self.kind_button.setFixedWidth(24)
        self.kind_button.setEnabled(not context.read_only)
        self.kind_button.clicked.connect(self.open_menu)
        self._nothing = PlainLabel(context.theme, self.tr("Nothing"), tone="secondary")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addWidget(self.kind_button, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self._nothing, 1)
        self.show_value("")

    @property
    def inner(self) -> Editor | None:
        """The editor of the kind; None where it is nothing."""
        return self._inner

    @override
    def value(self) -> Any:
        return self._inner.value() if self._inner is not None else None

    @override
    def fault(self) -> str:
        return self._inner.fault() if self._inner is not None else ""

    @override
    def show_value(self, value: Any) -> None:
        kind = next((each for each in KINDS if _is_of(value, each)), KINDS[0])
        if kind is not self.kind or (self._inner is None and kind.type != "null"):
            self._take(kind)
        if self._inner is not None:
            self._inner.show_value(value)

    def choose(self, kind: ValueKind) -> None:
        """Make it a value of another kind, with the same meaning where it has one there."""
        if kind is self.kind:
            return
        value = converted(self.value() if not self.fault() else None, kind)
        self._take(kind)
        if self._inner is not None:
            self._inner.show_value(value)
            self._inner.setFocus()
        self.edited.emit()

    def open_menu(self) -> None:
        """Offer the kinds, below the button."""
        menu = self.kind_menu()
        menu.popup(self.kind_button.mapToGlobal(QPoint(0, self.kind_button.height())))

    def kind_menu(self) -> QMenu:
        """The kinds, the one it is of checked; the menu deletes itself when it is closed."""
        menu = QMenu(self)
        for kind in KINDS:
            action = QAction(icon(self.context.theme, kind.glyph), kind.words, menu)
            action.setCheckable(True)
            action.setChecked(kind is self.kind)
            action.triggered.connect(lambda _checked=False, chosen=kind: self.choose(chosen))
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    @override
    def show_state(self, state: FieldState) -> None:
        self._state = state
        if self._inner is not None:
            self._inner.show_state(state)

    @override
    def show_faults(self, faults: Sequence[Fault]) -> None:
        if self._inner is not None:
            self._inner.show_faults(faults)

    @override
    def boxes(self) -> list[QWidget]:
        return self._inner.boxes() if self._inner is not None else []

    @override
    def set_names(self, name: str, description: str = "") -> None:
        self._names = (name, description)
        said = self.tr("{0}, kind: {1}").format(name, self.kind.words)
        self.kind_button.setAccessibleName(said)
        if self._inner is not None:
            self._inner.set_names(name, description)

    def _take(self, kind: ValueKind) -> None:
        """Have the editor of a kind; the one before goes."""
        if self._inner is not None:
            self._row.removeWidget(self._inner)
            self._inner.hide()
            self._inner.deleteLater()
            self._inner = None
        self.kind = kind
        self.kind_button.set_glyph(kind.glyph)
        self.kind_button.setToolTip(kind.words)
        self._nothing.setVisible(kind.type == "null")
        if kind.type != "null":
            deep = self.context.depth > _DEEPEST and kind.type in ("array", "object")
            made = make_editor(DataSchema({}) if deep else kind.schema, self.context.inside())
            self._grows_around(made)
            made.show_state(self._state)
            self._row.addWidget(made, 1)
            self._inner = made
            self.setFocusProxy(made)
        else:
            self.setFocusProxy(self.kind_button)
        self.set_names(*self._names)


def converted(value: Any, kind: ValueKind) -> Any:
    """What a value means as another kind; its plainest value where it means nothing there.

    Args:
        value: Any JSON value; None where there is none.
        kind: What it is to become.
    """
    if kind.type == "string":
        return str(value) if isinstance(value, int | float) else kind.start
    if kind.type in ("integer", "number"):
        return _as_number(value, kind)
    if kind.type == "array":
        return [] if value in (None, "", [], {}) else [value]
    if kind.type == "object":
        return {}
    return kind.start


def _as_number(value: Any, kind: ValueKind) -> Any:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return kind.start
    if kind.type == "number":
        return number
    return int(number) if number.is_integer() else kind.start


def _is_of(value: Any, kind: ValueKind) -> bool:
    # A whole number is also a number, but 2.0 was meant to be one with decimals.
    if isinstance(value, float) and kind.type == "integer":
        return False
    return first_fault(value, kind.schema) is None
