"""What every editor is, and the open registry that finds one for a schema.

An editor shows one JSON value and lets the operator change it. It knows its schema and nothing of
Things: whoever holds it (a field of a panel, an input of an action, a composed editor) listens to
its three signals and decides.

A new editor needs one function::

    @editor("string:colour")
    def colour_well(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
        return ColourWell(schema, context, parent)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QWidget

from ui.models.field import FieldState
from ui.models.numbers import NumberStyle
from ui.models.schema import DataSchema, Kind
from ui.models.validation import Fault
from ui.theme import Theme, repolish


def number_style(locale: QLocale) -> NumberStyle:
    """How numbers are written in a locale."""
    return NumberStyle(locale.decimalPoint(), locale.groupSeparator())


@dataclass(frozen=True, slots=True)
class FileChoice:
    """A file the bench has already, which an input may be.

    Attributes:
        title: What it is called in a menu.
        name: What it is called once it is chosen.
        link: The blob in JSON form.
    """

    title: str
    name: str
    link: Mapping[str, Any]


ChooseArchived = Callable[[str, QWidget, Callable[[FileChoice], None]], None]
"""Asks the operator for a file: of which media type, beside which window, and who takes it."""


@dataclass(frozen=True, slots=True)
class EditorContext:
    """What editors need beside their schema.

    Attributes:
        theme: Where the look comes from.
        style: How numbers are written.
        read_only: Whether values are only shown.
        depth: How deep in nested objects, 0 at the top.
        slider: Whether there is room for a slider beside a number.
        files: What the bench has of a media type, newest first; None where it is not asked.
        archived: Lets the operator choose a file of the archive; None where there is none.
    """

    theme: Theme
    style: NumberStyle
    read_only: bool = False
    depth: int = 0
    slider: bool = True
    files: Callable[[str], Sequence[FileChoice]] | None = None
    archived: ChooseArchived | None = None

    def inside(self) -> EditorContext:
        """The context for an editor that is part of another one."""
        return replace(self, depth=self.depth + 1, slider=False)

    def reading(self) -> EditorContext:
        """The context for a value that can only be read."""
        return replace(self, read_only=True)


class Editor(QWidget):
    """Shows a value and lets the operator change it.

    Attributes:
        schema: The data schema of the value.
        full_width: Whether it needs a row of its own beneath its label.
        several: Whether it has several parts, so that sending deserves a button.
        beside: Short text to stand behind it, such as the unit of a vector; may be ''.
    """

    edited = Signal()
    """The operator changed the value; it is not meant to be sent yet."""

    committed = Signal()
    """The operator wants the value sent: Enter, a choice made, a slider let go."""

    reverted = Signal()
    """The operator wants the confirmed value back: Esc."""

    full_width = False
    several = False

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Begin with no value."""
        super().__init__(parent)
        self.schema = schema
        self.context = context
        self.beside = ""

    def value(self) -> Any:
        """The value as it stands in the editor; any value while `fault` says what is wrong."""
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Show a value; emits nothing."""
        raise NotImplementedError

    def fault(self) -> str:
        """What is wrong with what was typed, where it is no value at all; '' otherwise."""
        return ""

    def typed(self) -> Any:
        """What was typed that is no value, for `show_typed` of another editor of its schema.

        None where there is nothing, or nothing that can be kept.
        """
        return None

    def show_typed(self, typed: Any) -> None:
        """Show again what was typed and is no value, after `show_value`; emits nothing.

        Args:
            typed: What `typed` of another editor gave.
        """

    def show_confirmed(self, value: Any) -> None:
        """Mark what is confirmed beside what is asked for, where there is a way to."""

    def follow(self, value: Any) -> None:
        """Show what is asked for where the operator is not typing; emits nothing.

        Args:
            value: What is asked for, its untouched parts as they are confirmed by now.
        """

    def show_state(self, state: FieldState) -> None:
        """Take the look of a field's state."""
        for widget in self.boxes():
            mark(widget, state)

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Say what is wrong with its parts; editors of one part leave that to their owner."""

    def boxes(self) -> list[QWidget]:
        """The widgets whose border shows the state; the first one takes the focus."""
        return []

    def set_names(self, name: str, description: str = "") -> None:
        """Tell screen readers and tool tips what this is.

        Args:
            name: Such as 'Exposure'.
            description: A sentence or two; may be ''.
        """
        for widget in self.boxes():
            widget.setAccessibleName(name)
            widget.setAccessibleDescription(description)

    def _grows_around(self, child: Editor) -> None:
        """Pass on what happens in a child."""
        child.edited.connect(self.edited)
        child.committed.connect(self.committed)
        child.reverted.connect(self.reverted)

    def _takes_focus(self) -> None:
        """Hand the focus on to the first box, so that the label's buddy works."""
        boxes = self.boxes()
        if boxes:
            self.setFocusProxy(boxes[0])
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)


_LOOKS = {
    FieldState.CONFIRMED: "",
    FieldState.EDITED: "edited",
    FieldState.PENDING: "pending",
    FieldState.REFUSED: "refused",
    FieldState.STALE: "stale",
    FieldState.READ_ONLY: "readonly",
}

RING_ROLES = {
    FieldState.EDITED: "accent",
    FieldState.PENDING: "waiting",
    FieldState.REFUSED: "failed",
    FieldState.STALE: "stale",
}
"""The colour role of what is not drawn by the style sheet, such as a slider's ring."""


def mark(widget: QWidget, state: FieldState) -> None:
    """Let a box show a field's state in its border."""
    look = _LOOKS[state]
    if (widget.property("fieldState") or "") != look:
        widget.setProperty("fieldState", look)
        repolish(widget)


EditorFactory = Callable[[DataSchema, EditorContext, QWidget | None], Editor]

_FACTORIES: dict[str, EditorFactory] = {}


def editor(*kinds: str) -> Callable[[EditorFactory], EditorFactory]:
    """Register a function that makes the editor of some kinds of schema.

    Args:
        kinds: Values of `Kind`, such as 'number', or one with a format, such as 'string:uri'.
            The last one to register a kind has it.
    """

    def register(factory: EditorFactory) -> EditorFactory:
        for kind in kinds:
            _FACTORIES[kind] = factory
        return factory

    return register


def make_editor(
    schema: DataSchema, context: EditorContext, parent: QWidget | None = None
) -> Editor:
    """The editor for a schema; never fails and never gives an empty widget."""
    kind = schema.kind.value
    if schema.read_only and not context.read_only:
        context = context.reading()
    factory = (
        _FACTORIES.get(f"{kind}:{schema.format}")
        or _FACTORIES.get(kind)
        or _FACTORIES[Kind.OTHER.value]
    )
    return factory(schema, context, parent)
