"""Files that are no pictures: what they are called, what they are, how large, and saving them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ui.theme import Size, TextSize, Theme
from ui.viewer.page import FileNote
from ui.viewer.wording import file_size
from ui.widgets import ElidedLabel, PlainLabel, TextButton


class FileCard(QWidget):
    """A list of files in place of a picture.

    Attributes:
        save_asked: The operator wants to save a file; its `FileNote`.
    """

    save_asked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._files: tuple[FileNote, ...] = ()
        self._rows: list[QWidget] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(2 * Size.GRID)
        self._grid.setVerticalSpacing(Size.GRID)
        self._grid.setColumnStretch(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * Size.GRID, 2 * Size.GRID, 3 * Size.GRID, 2 * Size.GRID)
        column.addLayout(self._grid)
        column.addStretch(1)
        self.hide()

    @property
    def save_buttons(self) -> list[TextButton]:
        """One for each file."""
        return [row for row in self._rows if isinstance(row, TextButton)]

    def show_files(self, files: Sequence[FileNote]) -> None:
        """Show these files; none hides the card."""
        if tuple(files) != self._files:
            self._files = tuple(files)
            self._fill()
        self.setVisible(bool(self._files))

    def _fill(self) -> None:
        for old in self._rows:
            self._grid.removeWidget(old)
            old.deleteLater()
        self._rows = []
        for number, file in enumerate(self._files):
            about = "  ".join(part for part in (file.media_type, file_size(file.size)) if part)
            save = TextButton(self._theme, self.tr("Save …"), glyph="mdi6.content-save-outline")
            save.setAccessibleName(self.tr("Save {name}").format(name=file.name))
            save.clicked.connect(lambda _checked=False, file=file: self.save_asked.emit(file))
            row: tuple[QWidget, ...] = (
                ElidedLabel(self._theme, file.name, strong=True),
                PlainLabel(self._theme, about, size=TextSize.SMALL, tone="secondary"),
                save,
            )
            for place, widget in enumerate(row):
                self._grid.addWidget(widget, number, place, Qt.AlignmentFlag.AlignVCenter)
            self._rows.extend(row)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colours.field)
