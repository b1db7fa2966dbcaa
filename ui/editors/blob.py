"""A blob as a value: what it is, and as an input a file to choose or to drop.

What an action of this bench gave can be chosen as well, and what is in its archive; the bench has
them, so nothing is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMenu, QWidget
from typing_extensions import override

from ui.activity.wording import one_line, size_in_words
from ui.editors.base import Editor, EditorContext, FileChoice, editor
from ui.models.numbers import UNKNOWN
from ui.models.schema import DataSchema
from ui.theme import Size
from ui.widgets import ElidedLabel, TextButton, plain_tool_tip

MOST_LISTED = 12
"""So many files of the bench are in the menu, the newest ones."""


@editor("blob")
def file_chooser(schema: DataSchema, context: EditorContext, parent: QWidget | None) -> Editor:
    """The file's name and type; where it can be set, a button to choose one."""
    return BlobEditor(schema, context, parent)


class BlobEditor(Editor):
    """A blob: shown by name or media type, chosen as a file of this computer or dropped."""

    def __init__(
        self, schema: DataSchema, context: EditorContext, parent: QWidget | None = None
    ) -> None:
        """Build the label and, where a blob can be given, the button."""
        super().__init__(schema, context, parent)
        self._value: Any = None
        self._name = ""
        self.label = ElidedLabel(
            context.theme, UNKNOWN, tone="secondary", mode=Qt.TextElideMode.ElideMiddle
        )
        self.label.setFixedHeight(Size.CONTROL)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Size.GRID)
        self.choose = TextButton(
            context.theme, self.tr("Choose"), glyph="mdi6.folder-outline", role="accent"
        )
        self.choose.setVisible(not context.read_only)
        self.choose.clicked.connect(self._choose)
        row.addWidget(self.choose)
        row.addWidget(self.label, 1)
        self.label.setToolTip(plain_tool_tip(self._kind()))
        self.setAcceptDrops(not context.read_only)
        self._takes_focus()

    @override
    def value(self) -> Any:
        return self._value

    @override
    def show_value(self, value: Any) -> None:
        if value != self._value:
            self._name = ""
        self._value = value
        self.label.setText(self._said(value))
        self.label.set_tone("secondary" if value is None else "text")

    def menu(self) -> QMenu:
        """What can be chosen: a file of this computer, of the archive, or what an action gave."""
        menu = QMenu(self)
        menu.addAction(self.tr("A file of this computer…")).triggered.connect(self._look)
        if self.context.archived is not None:
            menu.addAction(self.tr("A file of the archive…")).triggered.connect(self._ask_archive)
        files = self._on_the_bench()
        if files:
            menu.addSection(self.tr("On the bench"))
        for file in files:
            # An ampersand would underline the letter after it.
            entry = menu.addAction(file.title.replace("&", "&&"))
            entry.triggered.connect(partial(self._take_from_bench, file))
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    @override
    def boxes(self) -> list[QWidget]:
        return [self.choose]

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self._take(url.toLocalFile())
                event.acceptProposedAction()
                return

    def _said(self, value: Any) -> str:
        if not isinstance(value, Mapping):
            if self.context.read_only:
                return UNKNOWN
            return self.tr("or drop one here")
        if self._name:
            return self._name
        url = QUrl(str(value.get("href") or ""))
        name = one_line(url.fileName()) or str(value.get("media_type") or self.tr("file"))
        size = _size_of(url)
        return name if size is None else f"{name}, {size_in_words(size, self.locale())}"

    def _kind(self) -> str:
        kind = self.schema.media_type
        return self.tr("A file of any kind") if kind == "*/*" else kind

    def _on_the_bench(self) -> list[FileChoice]:
        files = self.context.files
        return [] if files is None else list(files(self.schema.media_type))[:MOST_LISTED]

    def _choose(self) -> None:
        if self.context.archived is None and not self._on_the_bench():
            self._look()
            return
        self.menu().popup(self.choose.mapToGlobal(QPoint(0, self.choose.height() + 4)))

    def _ask_archive(self) -> None:
        if self.context.archived is not None:
            window = self.window()
            self.context.archived(self.schema.media_type, window, self._take_from_bench)

    def _look(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Choose a file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        if "*" not in self.schema.media_type:
            dialog.setMimeTypeFilters([self.schema.media_type, "application/octet-stream"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take)
        # Shown, not opened: a modal dialog takes the shortcut of STOP ALL away.
        dialog.show()

    def _take(self, path: str) -> None:
        value: dict[str, Any] = {
            "href": QUrl.fromLocalFile(path).toString(QUrl.ComponentFormattingOption.FullyEncoded)
        }
        if "*" not in self.schema.media_type:
            value["media_type"] = self.schema.media_type
        self._give(value)

    def _take_from_bench(self, file: FileChoice) -> None:
        self._value, self._name = dict(file.link), file.name
        self._give(self._value)

    def _give(self, value: Any) -> None:
        self.show_value(value)
        self.edited.emit()
        self.committed.emit()


def _size_of(url: QUrl) -> int | None:
    """The size of a file of this computer, in bytes; None where there is none to be had."""
    if not url.isLocalFile():
        return None
    try:
        return Path(url.toLocalFile()).stat().st_size
    except OSError:
        return None
