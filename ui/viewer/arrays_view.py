"""The arrays of an archive: a list, and the chosen one as a curve or a small picture."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from typing_extensions import override

from app.imaging.previews import ArrayNote, ArraysPreview
from ui.theme import Size, TextSize, Theme
from ui.viewer.curve_view import CurveView
from ui.viewer.curves import Curves
from ui.viewer.table_view import fit_columns, plain_table
from ui.viewer.wording import file_size
from ui.widgets import ElidedLabel, TextButton

_Index = QModelIndex | QPersistentModelIndex


class ArraysModel(QAbstractTableModel):
    """Name, shape, kind and size of each array."""

    def __init__(self, preview: ArraysPreview) -> None:
        super().__init__()
        self.arrays = preview.arrays
        self._titles = (self.tr("Array"), self.tr("Shape"), self.tr("Kind"), self.tr("Size"))

    @override
    def rowCount(self, parent: _Index | None = None) -> int:
        return len(self.arrays)

    @override
    def columnCount(self, parent: _Index | None = None) -> int:
        return len(self._titles)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        note = self.arrays[index.row()]
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (note.name, shape_in_words(note), note.dtype, file_size(note.size))[index.column()]

    @override
    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal:
            return None
        return self._titles[section]


class ArraysView(QWidget):
    """The list at the left, the chosen array at the right.

    Attributes:
        array_asked: An array was chosen; its place in the list.
        open_asked: The chosen array is to be opened as a picture, with all tools.
        list: The arrays.
        curve: The chosen one, where it has one axis.
        picture: The chosen one, where it has more.
        open: Opens it as a picture.
    """

    array_asked = Signal(int)
    open_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = plain_table(theme)
        self.list.verticalHeader().hide()
        self.list.setAccessibleName(self.tr("Arrays of the file"))
        self.curve = CurveView(theme)
        self.picture = _SmallPicture(theme)
        self._said = ElidedLabel(theme, size=TextSize.SMALL, tone="secondary")
        self.open = TextButton(theme, self.tr("Open as picture"), glyph="mdi6.image-outline")
        self.open.clicked.connect(self.open_asked)
        foot = QHBoxLayout()
        foot.setContentsMargins(Size.PADDING, 4, Size.PADDING, 4)
        foot.addWidget(self._said, 1)
        foot.addWidget(self.open)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.curve)
        self._stack.addWidget(self.picture)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self._stack, 1)
        right.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.list, 2)
        row.addLayout(right, 3)

    @property
    def said(self) -> str:
        """What is said of the chosen array."""
        return self._said.text()

    def show_arrays(self, preview: ArraysPreview) -> None:
        """List the arrays and choose the first that can be shown."""
        before = self.list.selectionModel()
        old = self.list.model()
        model = ArraysModel(preview)
        model.setParent(self.list)
        self.list.setModel(model)
        for gone in (before, old):
            if gone is not None:
                gone.deleteLater()
        fit_columns(self.list)
        self.list.horizontalHeader().setStretchLastSection(True)
        self.list.selectionModel().currentRowChanged.connect(
            lambda now, _before: self._chosen(now.row())
        )
        self._show_nothing("")
        good = [place for place, note in enumerate(preview.arrays) if not note.trouble]
        if good:
            self.list.selectRow(good[0])

    def show_curve(self, curves: Curves, said: str) -> None:
        """Show the chosen array as a curve."""
        self._show_nothing(said)
        self.curve.show_curves(curves)

    def show_picture(self, image: QImage, said: str) -> None:
        """Show the chosen array as a small picture."""
        self._said.setText(said)
        self.picture.show_image(image)
        self._stack.setCurrentWidget(self.picture)
        self.open.show()

    def say(self, said: str) -> None:
        """Show nothing but a sentence."""
        self._show_nothing(said)

    def _show_nothing(self, said: str) -> None:
        self._said.setText(said)
        self.curve.show_curves(Curves(()))
        self._stack.setCurrentWidget(self.curve)
        self.open.hide()

    def _chosen(self, place: int) -> None:
        model = self.list.model()
        if not isinstance(model, ArraysModel) or not 0 <= place < len(model.arrays):
            return
        note = model.arrays[place]
        if note.trouble:
            self.say(
                self.tr("{name} is not opened: {reason}.").format(
                    name=note.name, reason=note.trouble
                )
            )
        else:
            self.array_asked.emit(place)


class _SmallPicture(QWidget):
    """A picture as large as there is room, without tools."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.image: QImage | None = None

    def show_image(self, image: QImage) -> None:
        self.image = image
        self.update()

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.colours.behind_picture)
        if self.image is None or self.image.isNull():
            return
        room = self.rect()
        size = self.image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = room.adjusted(0, 0, 0, 0)
        place.setSize(size)
        place.moveCenter(room.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self.image)


def shape_in_words(note: ArrayNote) -> str:
    """Such as '20 × 30'; '' of an array that cannot be read."""
    if not note.dtype:
        return ""
    return " × ".join(str(length) for length in note.shape) or "1"
