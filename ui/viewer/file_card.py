"""Files that are no pictures: what they are called, how large they are, and what is inside."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.theme import Size, TextSize, Theme
from ui.viewer.page import FileNote
from ui.viewer.preview_pane import PreviewPane
from ui.viewer.wording import file_size
from ui.widgets import ElidedLabel, IconButton, PlainLabel, TextButton


class FileCard(QWidget):
    """A list of files in place of a picture, and under it the inside of one of them.

    Attributes:
        save_asked: The operator wants to save a file; its `FileNote`.
        look_asked: A file is to be looked into; its `FileNote`.
        pane: What is inside the chosen file.
    """

    save_asked = Signal(object)
    look_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._files: tuple[FileNote, ...] = ()
        self._rows: list[QWidget] = []
        self._chosen: FileNote | None = None
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(2 * Size.GRID)
        self._grid.setVerticalSpacing(Size.GRID)
        self._grid.setContentsMargins(2 * Size.PADDING, Size.PADDING, 2 * Size.PADDING, Size.GRID)
        self._grid.setColumnStretch(0, 1)
        self.pane = PreviewPane(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._grid)
        column.addWidget(self.pane, 1)
        self.hide()

    @property
    def save_buttons(self) -> list[TextButton]:
        """One for each file."""
        return [row for row in self._rows if isinstance(row, TextButton)]

    @property
    def look_buttons(self) -> list[IconButton]:
        """One for each file that can be looked into, where there are several files."""
        return [row for row in self._rows if isinstance(row, IconButton)]

    @property
    def chosen(self) -> FileNote | None:
        """The file whose inside is shown."""
        return self._chosen

    def show_files(self, files: Sequence[FileNote]) -> None:
        """Show these files; none hides the card."""
        if tuple(files) != self._files:
            self._files = tuple(files)
            self._fill()
            inside = [file for file in files if file.contents is not None]
            if inside:
                self._look(inside[0])
            else:
                self._chosen = None
                self.pane.say(self.tr("What is inside cannot be shown here.") if files else "")
        self.setVisible(bool(self._files))

    def _look(self, file: FileNote) -> None:
        self._chosen = file
        self.pane.say(self.tr("Looking into {name} …").format(name=file.name))
        self.look_asked.emit(file)

    def _fill(self) -> None:
        for old in self._rows:
            self._grid.removeWidget(old)
            old.deleteLater()
        self._rows = []
        for number, file in enumerate(self._files):
            for place, widget in enumerate(self._row(file)):
                if widget is not None:
                    self._grid.addWidget(widget, number, place, Qt.AlignmentFlag.AlignVCenter)
                    self._rows.append(widget)

    def _row(self, file: FileNote) -> tuple[QWidget | None, ...]:
        about = "  ".join(part for part in (file.media_type, file_size(file.size)) if part)
        save = TextButton(self._theme, self.tr("Save …"), glyph="mdi6.content-save-outline")
        save.setAccessibleName(self.tr("Save {name}").format(name=file.name))
        save.clicked.connect(lambda _checked=False: self.save_asked.emit(file))
        look = None
        if file.contents is not None and len(self._files) > 1:
            name = self.tr("Look into {name}").format(name=file.name)
            look = IconButton(self._theme, "mdi6.eye-outline", name)
            look.clicked.connect(lambda _checked=False: self._look(file))
        return (
            ElidedLabel(self._theme, file.name, strong=True),
            PlainLabel(self._theme, about, size=TextSize.SMALL, tone="secondary"),
            look,
            save,
        )

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colours.field)
