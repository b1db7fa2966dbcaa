"""The editor of last resort: any value as JSON text, checked as it is typed."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt
from PySide6.QtGui import QFont, QFontDatabase, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ui.editors.base import Editor, EditorContext, editor
from ui.models.schema import DataSchema
from ui.theme import TextSize

_LINES = 8
"""How many lines are in sight at most; the rest scrolls."""

_AROUND = 16
"""Border and padding, above and below together."""


@editor("other")
def json_text(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """JSON text with validation."""
    return JsonEditor(schema, context, parent)


class SmallText(QPlainTextEdit):
    """A text box as high as its text, up to some lines; Ctrl+Enter sends, Esc goes back."""

    def __init__(self, owner: Editor) -> None:
        """Build it for an editor, which gets its commands."""
        super().__init__(owner)
        self._owner = owner
        font: QFont = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(int(TextSize.SMALL) + 1)
        self.setFont(font)
        self.setReadOnly(owner.context.read_only)
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self.updateGeometry)

    # The height is a hint and no fixed height, which the style sheet puts back whenever the
    # field changes its state; for the same reason the sheet gives it no least height.

    @override
    def sizeHint(self) -> QSize:
        lines = min(_LINES, max(1, self.document().blockCount()))
        height = lines * self.fontMetrics().lineSpacing() + _AROUND
        return QSize(super().sizeHint().width(), height)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._owner.committed.emit()
        elif event.key() == Qt.Key.Key_Escape and not self.isReadOnly():
            self._owner.reverted.emit()
        else:
            super().keyPressEvent(event)


class JsonEditor(Editor):
    """Any JSON value as text."""

    full_width = True
    several = True

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Build the text box."""
        super().__init__(schema, context, parent)
        self.text = SmallText(self)
        self._shown = ""
        self._value: Any = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text)
        self.text.textChanged.connect(self._typed)
        self._takes_focus()

    @override
    def value(self) -> Any:
        if self.text.toPlainText() == self._shown:
            return self._value
        try:
            return json.loads(self.text.toPlainText(), parse_constant=_refuse)
        except ValueError:
            return None

    @override
    def fault(self) -> str:
        if self.text.toPlainText() == self._shown:
            return ""
        try:
            json.loads(self.text.toPlainText(), parse_constant=_refuse)
        except json.JSONDecodeError as error:
            place = self.tr("line {0}, column {1}").format(error.lineno, error.colno)
            return f"{place}: {error.msg.lower()}"
        except ValueError as error:
            return str(error)
        return ""

    @override
    def typed(self) -> str | None:
        return self.text.toPlainText() if self.fault() else None

    @override
    def show_typed(self, typed: Any) -> None:
        self._shown = ""
        with QSignalBlocker(self.text):
            self.text.setPlainText(str(typed))
        self.text.updateGeometry()

    @override
    def show_value(self, value: Any) -> None:
        self._value = value
        self._shown = json.dumps(value, indent=2, ensure_ascii=False)
        if self._shown != self.text.toPlainText():
            self.text.setPlainText(self._shown)

    @override
    def boxes(self) -> list[QWidget]:
        return [self.text]

    def _typed(self) -> None:
        if self.text.toPlainText() != self._shown:
            self.edited.emit()


def _refuse(word: str) -> float:
    raise ValueError(f"{word} is not a number that can be sent")
