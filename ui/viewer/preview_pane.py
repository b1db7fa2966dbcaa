"""What is inside a file that is no picture: text, a table, or arrays."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QStackedWidget, QVBoxLayout, QWidget

from app.imaging.previews import Preview, TablePreview, TextPreview
from ui.theme import Size, TextSize, Theme
from ui.viewer.arrays_view import ArraysView
from ui.viewer.table_view import TableView
from ui.widgets import PlainLabel


class PreviewPane(QWidget):
    """Shows one preview, or a sentence in its place.

    Attributes:
        array_asked: An array of an archive was chosen; its place in the list.
        open_asked: The chosen array is to be opened as a picture.
        text: A text.
        table: A table.
        arrays: An archive.
    """

    array_asked = Signal(int)
    open_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sentence = PlainLabel(theme, tone="secondary")
        self._sentence.setWordWrap(True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFrameShape(QFrame.Shape.NoFrame)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(self.tr("Text of the file"))
        # Columns of a text stand under each other only if all signs are equally wide.
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(TextSize.BODY)
        self.text.setFont(font)
        self.table = TableView(theme)
        self.arrays = ArraysView(theme)
        self._stack = QStackedWidget()
        for part in (self._sentence, self.text, self.table, self.arrays):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(Size.GRID, 0, Size.GRID, Size.GRID)
        column.addWidget(self._stack)
        self.arrays.array_asked.connect(self.array_asked)
        self.arrays.open_asked.connect(self.open_asked)

    @property
    def sentence(self) -> str:
        """What is said in place of a preview; '' while one is shown."""
        return self._sentence.text() if self._stack.currentWidget() is self._sentence else ""

    def say(self, sentence: str) -> None:
        """Show a sentence and nothing else."""
        self._sentence.setText(sentence)
        self._stack.setCurrentWidget(self._sentence)

    def show_preview(self, preview: Preview) -> None:
        """Show what is inside."""
        if isinstance(preview, TextPreview):
            more = self.tr("\n\n… The file goes on. Save it to see all of it.")
            self.text.setPlainText(preview.text + more if preview.cut else preview.text)
            self._stack.setCurrentWidget(self.text)
        elif isinstance(preview, TablePreview):
            self.table.show_table(preview)
            self._stack.setCurrentWidget(self.table)
        else:
            # First in sight: choosing the first array asks for it at once.
            self._stack.setCurrentWidget(self.arrays)
            self.arrays.show_arrays(preview)
