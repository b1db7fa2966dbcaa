"""One file beside the gallery: what it is, what people say of it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from app.archive.errors import FileNotKeptError
from app.archive.records import ArchivedFile, FileState
from app.archive_handle import ArchiveHandle
from app.handles import BenchHandle
from ui.archive.file_fields import FileFields
from ui.archive.wording import counted, facts_of, name_in_words
from ui.tasks import Tasks
from ui.theme import Size, TextSize, Theme
from ui.widgets import ElidedLabel, Island, IslandHeader, PlainLabel, TextButton

WIDTH: Final = 312
_TRASH: Final = "mdi6.trash-can-outline"


class FileDetails(Island):
    """Name, tags and notes to be changed; facts; buttons for what can be done.

    Attributes:
        opened: Show it in the viewer.
        saved: Write it to a file.
        exported: Put what is selected into a zip.
        restored: Put the settings back that it was made with.
        trashed: Into the trash, or back.
        made_asked: Show how it was made.
        fields: What can be changed.
        name, tags, notes: Of the fields.
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
        self.fields = FileFields(theme, archive, tasks)
        self.name, self.tags, self.notes = self.fields.name, self.fields.tags, self.fields.notes
        self.fields.changed.connect(self.take)
        self._inside = QWidget()
        self._inside.setProperty("canvas", "none")
        lines = QVBoxLayout(self._inside)
        lines.setContentsMargins(Size.PADDING, 0, Size.PADDING, Size.GRID)
        lines.setSpacing(4)
        lines.addWidget(self.fields)
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
        else:
            self.header.set_title(name_in_words(one))
            if before is None or before.id != one.id or not one.provenance.settings:
                self._tasks.start(self._ask(one), self.tr("Reading {0}").format(one.file_name))
        self.fields.show_file(one)
        self._show_facts(() if one is None else facts_of(one, self._bench))
        self._enable()

    def take(self, file: ArchivedFile) -> None:
        """The file was changed elsewhere; what is just being typed stays."""
        if self._file is not None and self._file.id == file.id:
            self._file = file
            self.header.set_title(name_in_words(file))
            self.fields.take(file)
            self._show_facts(facts_of(file, self._bench))
            self._enable()

    # Inside.

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
        self.trash_button = TextButton(theme, self.tr("Trash"), glyph=_TRASH)
        rows = (
            (self.open_button, self.made_button),
            (self.restore_button, self.save_button),
            (self.export_button, self.trash_button),
        )
        self.buttons = tuple(button for row in rows for button in row)
        box = QGridLayout()
        box.setContentsMargins(Size.PADDING, Size.GRID, Size.PADDING, Size.PADDING)
        box.setSpacing(6)
        for line, row in enumerate(rows):
            for place, button in enumerate(row):
                box.addWidget(button, line, place)
                box.setColumnStretch(place, 1)
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
        self.trash_button.set_glyph("mdi6.delete-restore" if back else _TRASH)

    async def _ask(self, file: ArchivedFile) -> None:
        """Lists leave the values out."""
        try:
            found = await self._archive.get(file.id)
        except FileNotKeptError:
            return  # deleted meanwhile, as the last of several; the gallery lets go of it
        self.take(found)

    def _show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        sha256 = "" if self._file is None else self._file.sha256
        for row, (title, said) in enumerate(facts):
            label = ElidedLabel(self._theme, title, size=TextSize.SMALL, tone="secondary")
            label.setFixedWidth(64)
            value = PlainLabel(self._theme, _breakable(said), size=TextSize.SMALL)
            value.setWordWrap(True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if said == sha256:
                value.setFont(_fixed(value.font()))
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, row, 1)


def _fixed(like: QFont) -> QFont:
    """All letters equally wide, for what is compared sign by sign."""
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(like.pixelSize())
    return font


def _breakable(said: str) -> str:
    """A hash has no place where a line could be broken: lines of 32 signs, or of 16."""
    if len(said) < 40 or " " in said:
        return said
    return "\u200b".join(said[start : start + 16] for start in range(0, len(said), 16))
