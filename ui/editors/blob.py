"""A blob as a value: what it is, and as an input a file to choose or to drop."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget
from typing_extensions import override

from ui.editors.base import Editor, EditorContext, editor
from ui.models.numbers import UNKNOWN
from ui.models.schema import DataSchema
from ui.theme import Size
from ui.widgets import ElidedLabel, TextButton, plain_tool_tip


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
        self.choose.clicked.connect(self._look)
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
        self._value = value
        self.label.setText(self._said(value))
        self.label.set_tone("secondary" if value is None else "text")

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
        url = QUrl(str(value.get("href") or ""))
        return url.fileName() or str(value.get("media_type") or "file")

    def _kind(self) -> str:
        kind = self.schema.media_type
        return self.tr("A file of any kind") if kind == "*/*" else kind

    def _look(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Choose a file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        if "*" not in self.schema.media_type:
            dialog.setMimeTypeFilters([self.schema.media_type, "application/octet-stream"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take)
        dialog.open()

    def _take(self, path: str) -> None:
        value: dict[str, Any] = {
            "href": QUrl.fromLocalFile(path).toString(QUrl.ComponentFormattingOption.FullyEncoded)
        }
        if "*" not in self.schema.media_type:
            value["media_type"] = self.schema.media_type
        self.show_value(value)
        self.edited.emit()
        self.committed.emit()
