"""Editors of text: a line, and lines for passwords, paths, addresses, dates and times."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QWidget
from typing_extensions import override

from ui.editors.base import Editor, EditorContext, editor
from ui.editors.value_label import ValueLabel
from ui.models.schema import DataSchema
from ui.theme import Size
from ui.widgets import IconButton, plain_tool_tip

_TIME = "%Y-%m-%d %H:%M:%S"


@editor("string")
def text_line(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A line of text."""
    if context.read_only:
        return ValueLabel(schema, context, parent)
    return TextEditor(schema, context, parent)


@editor("string:password")
def password_line(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A line that does not show what it holds."""
    if context.read_only:
        return ValueLabel(schema, context, parent)
    made = TextEditor(schema, context, parent)
    made.line.setEchoMode(QLineEdit.EchoMode.Password)
    return made


@editor("string:path", "string:file-path", "string:directory-path")
def path_line(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A line with a button to look for the file or folder."""
    if context.read_only:
        return ValueLabel(schema, context, parent)
    return PathEditor(schema, context, parent)


@editor("string:date-time")
def time_line(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """A date and time in local time."""
    return TimeEditor(schema, context, parent)


class _Line(QLineEdit):
    """A line that says Enter and Esc to its editor."""

    def __init__(self, owner: Editor) -> None:
        super().__init__(owner)
        self._owner = owner
        self.setFont(owner.context.theme.font())
        self.setFixedHeight(Size.CONTROL)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._owner.committed.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self._owner.reverted.emit()
        else:
            super().keyPressEvent(event)


class TextEditor(Editor):
    """A line of text; Enter sends it."""

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Build the line."""
        super().__init__(schema, context, parent)
        self.line = _Line(self)
        self.line.setReadOnly(context.read_only)
        if schema.format == "uri":
            self.line.setPlaceholderText("https://")
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        self._row.addWidget(self.line, 1)
        self.line.textEdited.connect(lambda _text: self.edited.emit())
        self._takes_focus()

    @override
    def value(self) -> Any:
        return self.line.text()

    @override
    def show_value(self, value: Any) -> None:
        text = "" if value is None else str(value)
        if text != self.line.text():
            self.line.setText(text)
            self.line.setCursorPosition(0)
        # One line of text with a line break in it would be sent without it.
        self.line.setToolTip(plain_tool_tip(text) if "\n" in text else "")

    @override
    def boxes(self) -> list[QWidget]:
        return [self.line]


class PathEditor(TextEditor):
    """A path, with a button that opens a file dialog; nothing is sent before Enter."""

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Build the line and the button."""
        super().__init__(schema, context, parent)
        self.browse = IconButton(context.theme, "mdi6.folder-outline", self.tr("Look for it"))
        self.browse.clicked.connect(self._look)
        self._row.addWidget(self.browse)

    def _look(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Choose"), self._nearest_folder())
        if self.schema.format == "directory-path":
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        elif self.schema.format == "file-path":
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        else:
            dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._found)
        # Shown, not opened: a modal dialog takes the shortcut of STOP ALL away.
        dialog.show()

    def _nearest_folder(self) -> str:
        return str(Path(self.line.text()).parent) if self.line.text() else ""

    def _found(self, path: str) -> None:
        self.line.setText(path)
        self.line.setFocus()
        self.edited.emit()


class TimeEditor(TextEditor):
    """A date and time, typed in local time and sent with its zone."""

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Build the line and the button for 'now'."""
        super().__init__(schema, context, parent)
        self._shown = ""
        self._value: Any = None
        self.line.setPlaceholderText(self.tr("year-month-day hour:minute:second"))
        if not context.read_only:
            self.now = IconButton(context.theme, "mdi6.clock-outline", self.tr("Now"))
            self.now.clicked.connect(self._take_now)
            self._row.addWidget(self.now)

    @override
    def value(self) -> Any:
        if self.line.text() == self._shown:
            return self._value
        moment = _moment(self.line.text())
        return moment.isoformat() if moment is not None else self.line.text()

    @override
    def fault(self) -> str:
        if self.line.text() == self._shown or _moment(self.line.text()) is not None:
            return ""
        example = datetime(2026, 11, 21, 14).strftime(_TIME)
        return self.tr("must be a date and time, such as {0}").format(example)

    @override
    def typed(self) -> str | None:
        return self.line.text() if self.fault() else None

    @override
    def show_typed(self, typed: Any) -> None:
        self._shown = ""
        self.line.setText(str(typed))

    @override
    def show_value(self, value: Any) -> None:
        moment = _moment(value) if isinstance(value, str) else None
        super().show_value(moment.astimezone().strftime(_TIME) if moment is not None else value)
        self._value, self._shown = value, self.line.text()
        self.line.setToolTip(plain_tool_tip(str(value or "")))

    def _take_now(self) -> None:
        self.line.setText(datetime.now().astimezone().strftime(_TIME))
        self.line.setFocus()
        self.edited.emit()


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.astimezone()
