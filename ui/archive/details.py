"""One file beside the gallery: what it is, what people say of it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)
from typing_extensions import override

from app.archive.records import ArchivedFile, FileState
from app.archive_handle import ArchiveHandle
from app.handles import BenchHandle
from things.errors import ThingError
from ui.archive.keep_wish import tags_in
from ui.archive.wording import counted, facts_of, name_in_words
from ui.states import State
from ui.tasks import Tasks
from ui.theme import Size, TextSize, Theme
from ui.widgets import ElidedLabel, Island, IslandHeader, PlainLabel, ReasonLabel, TextButton

WIDTH: Final = 312
_NOTES_HEIGHT: Final = 76


class NotesBox(QPlainTextEdit):
    """Notes of several lines; told when the focus leaves them or Ctrl+Enter is pressed.

    Attributes:
        finished: What was typed is meant.
        sent: Ctrl+Enter was pressed.
    """

    finished = Signal()
    sent = Signal()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.finished.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.finished.emit()
            self.sent.emit()
        else:
            super().keyPressEvent(event)


class FileDetails(Island):
    """Name, tags and notes to be changed; facts; buttons for what can be done.

    Attributes:
        opened: Show it in the viewer.
        saved: Write it to a file.
        exported: Put what is selected into a zip.
        restored: Put the settings back that it was made with.
        trashed: Into the trash, or back.
        made_asked: Show how it was made.
        buttons: All that can be done, in their order.
    """

    opened = Signal()
    saved = Signal()
    exported = Signal()
    restored = Signal()
    trashed = Signal()
    made_asked = Signal()

    def __init__(
        self,
        theme: Theme,
        bench: BenchHandle,
        archive: ArchiveHandle,
        tasks: Tasks,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, parent)
        self._theme = theme
        self._bench = bench
        self._archive = archive
        self._tasks = tasks
        self._file: ArchivedFile | None = None
        self._several: Sequence[ArchivedFile] = ()
        self.setFixedWidth(WIDTH)
        self.header = IslandHeader(theme, self.tr("Nothing selected"))
        self.column.addWidget(self.header)
        self._make_fields()
        self._inside = QWidget()
        self._inside.setProperty("canvas", "none")
        lines = QVBoxLayout(self._inside)
        lines.setContentsMargins(Size.PADDING, 0, Size.PADDING, Size.GRID)
        lines.setSpacing(4)
        for title, field in (
            (self.tr("Name"), self.name),
            (self.tr("Tags, with commas between them"), self.tags),
            (self.tr("Notes"), self.notes),
        ):
            label = PlainLabel(theme, title, size=TextSize.SMALL, tone="secondary")
            label.setBuddy(field)
            field.setAccessibleName(title)
            lines.addWidget(label)
            lines.addWidget(field)
        lines.addWidget(self.reason)
        lines.addSpacing(6)
        self._facts = QWidget()
        self._grid = QGridLayout(self._facts)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(Size.GRID)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, 64)
        lines.addWidget(self._facts)
        lines.addStretch(1)
        scroll = QScrollArea()
        scroll.setAccessibleName(self.tr("About this file"))
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self._inside)
        self.column.addWidget(scroll, 1)
        self._make_buttons()
        self.show_files(())

    @property
    def file(self) -> ArchivedFile | None:
        """What is shown; None where nothing, or several, are selected."""
        return self._file

    def show_files(self, files: Sequence[ArchivedFile]) -> None:
        """Show what is selected: one file whole, of several how many there are."""
        one = files[0] if len(files) == 1 else None
        before = self._file
        self._several = tuple(files)
        self._file = one
        if one is None:
            chosen = counted(len(files), "", self.tr("{0} files selected"))
            self.header.set_title(chosen if files else self.tr("Nothing selected"))
            self._say(None)
        else:
            self.header.set_title(name_in_words(one))
            self._say(one)
            if before is None or before.id != one.id or not one.provenance.settings:
                self._tasks.start(self._ask(one), self.tr("Reading {0}").format(one.file_name))
        self._enable()

    def take(self, file: ArchivedFile) -> None:
        """The file was changed elsewhere; what is just being typed stays."""
        if self._file is not None and self._file.id == file.id:
            self._file = file
            self.header.set_title(name_in_words(file))
            self._say(file, typing=True)
            self._enable()

    # Inside.

    def _make_fields(self) -> None:
        self.name = QLineEdit()
        self.tags = QLineEdit()
        self.notes = NotesBox()
        self.reason = ReasonLabel(self._theme)
        for field in (self.name, self.tags):
            field.setFont(self._theme.font())
            field.setFixedHeight(Size.CONTROL)
        self.notes.setFont(self._theme.font())
        self.notes.setFixedHeight(_NOTES_HEIGHT)
        self.notes.setTabChangesFocus(True)
        self.name.editingFinished.connect(self._rename)
        self.tags.editingFinished.connect(self._tag)
        self.notes.finished.connect(self._write)

    def _make_buttons(self) -> None:
        theme = self._theme
        self.open_button = TextButton(theme, self.tr("Open"), glyph="mdi6.image-outline")
        self.restore_button = TextButton(theme, self.tr("Settings back…"), glyph="history")
        self.restore_button.setToolTip(self.tr("Put the settings back that it was made with"))
        self.save_button = TextButton(theme, self.tr("Save…"), glyph="mdi6.content-save-outline")
        self.export_button = TextButton(theme, self.tr("Export…"), glyph="mdi6.folder-zip-outline")
        self.export_button.setToolTip(self.tr("A zip with how each file was made"))
        self.made_button = TextButton(theme, self.tr("How made?"), glyph="log")
        self.made_button.setToolTip(
            self.tr("Open it with the sheet 'How was this made?' beside it")
        )
        self.trash_button = TextButton(theme, self.tr("Trash"), glyph="mdi6.trash-can-outline")
        rows = (
            (self.open_button, self.made_button),
            (self.restore_button, self.save_button),
            (self.export_button, self.trash_button),
        )
        self.buttons = tuple(button for row in rows for button in row)
        box = QVBoxLayout()
        box.setContentsMargins(Size.PADDING, Size.GRID, Size.PADDING, Size.PADDING)
        box.setSpacing(6)
        for buttons in rows:
            row = QHBoxLayout()
            row.setSpacing(6)
            for button in buttons:
                row.addWidget(button, 1)
            box.addLayout(row)
        self.column.addLayout(box)
        for button, signal in (
            (self.open_button, self.opened),
            (self.save_button, self.saved),
            (self.export_button, self.exported),
            (self.restore_button, self.restored),
            (self.trash_button, self.trashed),
            (self.made_button, self.made_asked),
        ):
            button.clicked.connect(signal)

    def _enable(self) -> None:
        file, several = self._file, self._several
        linked = [each for each in several if each.state is FileState.LINKED]
        self.open_button.setEnabled(bool(linked))
        self.save_button.setEnabled(file is not None and bool(linked))
        self.export_button.setEnabled(bool(linked))
        self.restore_button.setEnabled(file is not None and file.provenance.run is not None)
        self.made_button.setEnabled(file is not None and file.provenance.run is not None)
        self.trash_button.setEnabled(bool(several))
        back = bool(several) and not linked
        self.trash_button.setText(self.tr("Put back") if back else self.tr("Trash"))
        for field in (self.name, self.tags, self.notes):
            field.setEnabled(file is not None)

    async def _ask(self, file: ArchivedFile) -> None:
        """Lists leave the values out."""
        found = await self._archive.get(file.id)
        self.take(found)

    def _say(self, file: ArchivedFile | None, *, typing: bool = False) -> None:
        if not typing:
            self.reason.say(None, "")
        name = "" if file is None else file.name
        tags = "" if file is None else ", ".join(file.tags)
        notes = "" if file is None else file.notes
        # What somebody types is not to be replaced under his fingers.
        if not (typing and self.name.isModified()):
            self.name.setText(name)
            self.name.setCursorPosition(0)
        if not (typing and self.tags.isModified()):
            self.tags.setText(tags)
            self.tags.setCursorPosition(0)
        document = self.notes.document()
        if not (typing and document.isModified()) and self.notes.toPlainText() != notes:
            self.notes.setPlainText(notes)
        self._show_facts(() if file is None else facts_of(file, self._bench))

    def _show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, (title, said) in enumerate(facts):
            label = ElidedLabel(self._theme, title, size=TextSize.SMALL, tone="secondary")
            label.setFixedWidth(64)
            value = PlainLabel(self._theme, _breakable(said), size=TextSize.SMALL)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, row, 1)

    def _rename(self) -> None:
        file = self._file
        if file is not None and self.name.text() != file.name:
            self._change(file, lambda: self._archive.update(file.id, name=self.name.text()))

    def _tag(self) -> None:
        file = self._file
        tags = tags_in(self.tags.text())
        if file is not None and tuple(sorted(tags)) != tuple(sorted(file.tags)):
            self._change(file, lambda: self._archive.update(file.id, tags=tags))

    def _write(self) -> None:
        file = self._file
        notes = self.notes.toPlainText()
        if file is not None and notes != file.notes:
            self._change(file, lambda: self._archive.update(file.id, notes=notes))

    def _change(
        self, file: ArchivedFile, change: Callable[[], Coroutine[Any, Any, ArchivedFile]]
    ) -> None:
        self.reason.say(State.PENDING, "")
        self._tasks.start(self._changed(file, change), self.tr("Changing {0}").format(file.name))

    async def _changed(
        self, file: ArchivedFile, change: Callable[[], Coroutine[Any, Any, ArchivedFile]]
    ) -> None:
        try:
            found = await change()
        except ThingError as error:
            # It stays as it was typed, to be mended.
            if self._file is not None and self._file.id == file.id:
                self.reason.say(State.REFUSED, str(error))
            return
        if self._file is not None and self._file.id == found.id:
            self.reason.say(None, "")
            for line in (self.name, self.tags):
                line.setModified(False)
            self.notes.document().setModified(False)
        self.take(found)


def _breakable(said: str) -> str:
    """A hash has no place where a line could be broken."""
    if len(said) < 40 or " " in said:
        return said
    return "\u200b".join(said[start : start + 8] for start in range(0, len(said), 8))
