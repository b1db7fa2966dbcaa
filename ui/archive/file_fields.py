"""What people say of a file, to be changed: its name, its tags, its notes."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from app.archive.records import ArchivedFile
from app.archive_handle import ArchiveHandle
from things.errors import ThingError
from ui.activity.wording import sentence
from ui.archive.keep_wish import tags_in
from ui.archive.notes_box import NotesBox
from ui.states import State
from ui.tasks import Tasks
from ui.theme import Size, TextSize, Theme, repolish
from ui.widgets import PlainLabel, ReasonLabel, plain_tool_tip

_NOTES_HEIGHT: Final = 76


class FileFields(QWidget):
    """Each is sent by Enter (the notes by Ctrl+Enter) or by leaving it; Esc takes back what it is.

    What was refused stays as it was typed, with the reason under it, whatever else is sent.

    Attributes:
        changed: The file as it is now, after something was sent.
        name, tags, notes: The fields.
        reasons: Why each of them was refused, by 'name', 'tags' and 'notes'.
    """

    changed = Signal(object)

    def __init__(
        self, theme: Theme, archive: ArchiveHandle, tasks: Tasks, parent: QWidget | None = None
    ) -> None:
        """No file is shown yet.

        Args:
            theme: Where the look comes from.
            archive: Is told what was typed.
            tasks: Runs the telling.
            parent: The Qt owner.
        """
        super().__init__(parent)
        self._theme = theme
        self._archive = archive
        self._tasks = tasks
        self._file: ArchivedFile | None = None
        self.name = QLineEdit()
        self.tags = QLineEdit()
        self.notes = NotesBox()
        self.reasons = {key: ReasonLabel(theme) for key in ("name", "tags", "notes")}
        self._fields: dict[str, QLineEdit | NotesBox] = {
            "name": self.name,
            "tags": self.tags,
            "notes": self.notes,
        }
        for line in (self.name, self.tags):
            line.setFixedHeight(Size.CONTROL)
        self.notes.setFixedHeight(_NOTES_HEIGHT)
        self.notes.setTabChangesFocus(True)
        self._lay_out()
        self.name.editingFinished.connect(self._rename)
        self.tags.editingFinished.connect(self._tag)
        self.notes.finished.connect(self._write)

    def show_file(self, file: ArchivedFile | None) -> None:
        """Show a file instead, or none; what was typed of another one is let go of."""
        self._file = file
        for key in self._fields:
            self._say(key, None, "")
            self._show(key)
        for field in self._fields.values():
            field.setEnabled(file is not None)

    def take(self, file: ArchivedFile) -> None:
        """The file was changed elsewhere; what is just being typed stays."""
        self._file = file
        for key in self._fields:
            if not self._typed(key):
                self._show(key)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc in a field takes back what was typed there."""
        if not (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Escape
        ):
            return super().eventFilter(watched, event)
        for key, field in self._fields.items():
            if field is watched:
                self._take_back(key)
        return True

    # Inside.

    def _lay_out(self) -> None:
        lines = QVBoxLayout(self)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(4)
        titles = (self.tr("Name"), self.tr("Tags, with commas between them"), self.tr("Notes"))
        for title, (key, field) in zip(titles, self._fields.items(), strict=True):
            label = PlainLabel(self._theme, title, size=TextSize.SMALL, tone="secondary")
            label.setBuddy(field)
            field.setFont(self._theme.font())
            field.setAccessibleName(title)
            field.installEventFilter(self)
            for widget in (label, field, self.reasons[key]):
                lines.addWidget(widget)

    def _rename(self) -> None:
        file = self._file
        if file is None or self.name.text() == file.name:
            return
        if self.name.text().strip():
            self._send("name", self.name.text())
        else:
            self._say("name", State.REFUSED, self.tr("A file needs a name. Esc brings it back."))

    def _tag(self) -> None:
        tags = tags_in(self.tags.text())
        if self._file is not None and sorted(tags) != sorted(self._file.tags):
            self._send("tags", tags)

    def _write(self) -> None:
        notes = self.notes.toPlainText()
        if self._file is not None and notes != self._file.notes:
            self._send("notes", notes)

    def _send(self, key: str, value: Any) -> None:
        file = self._file
        if file is not None:
            self._say(key, State.PENDING, "")
            self._tasks.start(
                self._sent(file, key, value), self.tr("Changing {0}").format(file.name)
            )

    async def _sent(self, file: ArchivedFile, key: str, value: Any) -> None:
        try:
            found = await self._archive.update(file.id, **{key: value})
        except ThingError as error:
            # It stays as it was typed, to be mended.
            if self._file is not None and self._file.id == file.id:
                self._say(key, State.REFUSED, sentence(str(error).removeprefix(f"{key}: ")))
            return
        if self._file is not None and self._file.id == found.id:
            self._say(key, None, "")
            self._set_typed(key, False)
        self.changed.emit(found)

    def _take_back(self, key: str) -> None:
        self._say(key, None, "")
        self._show(key)

    def _say(self, key: str, state: State | None, reason: str) -> None:
        self.reasons[key].say(state, reason)
        look = {State.REFUSED: "refused", State.PENDING: "pending"}.get(state, "") if state else ""
        field = self._fields[key]
        if (field.property("fieldState") or "") != look:
            field.setProperty("fieldState", look)
            repolish(field)

    def _typed(self, key: str) -> bool:
        field = self._fields[key]
        if isinstance(field, NotesBox):
            return field.document().isModified()
        return field.isModified()

    def _set_typed(self, key: str, typed: bool) -> None:
        field = self._fields[key]
        if isinstance(field, NotesBox):
            field.document().setModified(typed)
        else:
            field.setModified(typed)

    def _show(self, key: str) -> None:
        """Fill a field with what the file has."""
        file = self._file
        if key == "notes":
            notes = "" if file is None else file.notes
            if self.notes.toPlainText() != notes:
                self.notes.setPlainText(notes)
            self.notes.document().setModified(False)
            return
        line = self.name if key == "name" else self.tags
        said = "" if file is None else file.name if key == "name" else ", ".join(file.tags)
        line.setText(said)
        line.setCursorPosition(0)
        room = line.width() - 2 * Size.GRID
        cut = line.fontMetrics().horizontalAdvance(said) > room
        line.setToolTip(plain_tool_tip(said) if cut else "")
