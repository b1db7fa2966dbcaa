"""A file as a tile of the gallery: its picture, its name, where it came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem
from typing_extensions import override

from app.archive.records import ArchivedFile, FileState
from ui.activity.wording import one_line
from ui.archive.model import FileRole
from ui.archive.thumbnails import FileThumbnails, has_picture
from ui.archive.wording import glyph_of, one_line_of
from ui.icons import paint_icon
from ui.theme import Size, TextSize, Theme

WIDTH: Final = 184
PICTURE_HEIGHT: Final = 132
_TEXT_HEIGHT: Final = 44
_GAP: Final = 8
TILE: Final = QSize(WIDTH + _GAP, PICTURE_HEIGHT + _TEXT_HEIGHT + _GAP)


class FileTile(QStyledItemDelegate):
    """Paints tiles; asks for small pictures of those that are painted.

    Args:
        theme: Where the look comes from.
        thumbnails: Has the pictures.
        title_of: What a Thing is called.
        parent: The view.

    Attributes:
        width: Of each tile, with the gap to the next one.
    """

    def __init__(
        self,
        theme: Theme,
        thumbnails: FileThumbnails,
        title_of: Callable[[str], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._thumbnails = thumbnails
        self._title_of = title_of
        self.width = TILE.width()

    @override
    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(self.width, TILE.height())

    @override
    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        file = index.data(FileRole)
        if not isinstance(file, ArchivedFile):
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        half = _GAP // 2
        area = option.rect.adjusted(half, half, -half, -half)
        self._ground(painter, option, area)
        self._picture(painter, file, QRect(area.left(), area.top(), area.width(), PICTURE_HEIGHT))
        self._words(painter, file, area.adjusted(8, PICTURE_HEIGHT + 5, -8, -4))
        painter.restore()

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, area: QRect) -> None:
        colours = self._theme.colours
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        below = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QPen(colours.accent, 2) if chosen or focused else QPen(colours.line, 1))
        painter.setBrush(
            colours.selection if chosen else colours.hover if below else colours.island
        )
        painter.drawRoundedRect(QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)

    def _picture(self, painter: QPainter, file: ArchivedFile, area: QRect) -> None:
        inside = area.adjusted(6, 6, -6, 0)
        colours = self._theme.colours
        picture = self._thumbnails.picture(file)
        trashed = file.state is FileState.TRASHED
        painter.setPen(Qt.PenStyle.NoPen)
        none = not has_picture(file) or self._thumbnails.failed(file)
        painter.setBrush(colours.canvas if none else colours.behind_picture)
        painter.drawRoundedRect(QRectF(inside), 3, 3)
        if trashed:
            painter.setOpacity(0.45)
        if picture is not None:
            size = picture.size().scaled(inside.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(inside.topLeft(), size)
            place.moveCenter(inside.center())
            painter.drawPixmap(place, picture)
        elif none:
            mark = QRect(0, 0, 32, 32)
            mark.moveCenter(inside.center())
            paint_icon(painter, self._theme, glyph_of(file), mark, "secondary")
        painter.setOpacity(1.0)
        said, role = self._mark(file)
        if said:
            self._badge(painter, said, role, inside)

    def _mark(self, file: ArchivedFile) -> tuple[str, str]:
        if file.damaged or self._thumbnails.damaged(file):
            return self.tr("Damaged"), "failed"
        if file.state is FileState.TRASHED:
            return self.tr("In the trash"), "waiting"
        if self._thumbnails.failed(file):
            return self.tr("No preview"), "secondary"
        return "", ""

    def _badge(self, painter: QPainter, said: str, role: str, inside: QRect) -> None:
        painter.setFont(self._theme.font(TextSize.SMALL, strong=role != "secondary"))
        width = painter.fontMetrics().horizontalAdvance(said) + 12
        place = QRect(inside.left() + 5, inside.bottom() - 23, width, 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colours.island)
        painter.drawRoundedRect(QRectF(place), 4, 4)
        painter.setPen(self._theme.colours.role(role))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, said)

    def _words(self, painter: QPainter, file: ArchivedFile, area: QRect) -> None:
        colours = self._theme.colours
        painter.setFont(self._theme.font(TextSize.BODY, strong=True))
        metrics = painter.fontMetrics()
        line = QRect(area.left(), area.top(), area.width(), Size.ICON)
        painter.setPen(colours.text)
        # A name tells files apart by its end as much as by its beginning.
        whole = one_line(file.name) or self.tr("Without a name")
        name = metrics.elidedText(whole, Qt.TextElideMode.ElideMiddle, line.width())
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(line, flags, name)
        painter.setFont(self._theme.font(TextSize.SMALL))
        painter.setPen(colours.secondary)
        line.translate(0, Size.ICON + 2)
        said = painter.fontMetrics().elidedText(
            one_line_of(file, self._title_of), Qt.TextElideMode.ElideRight, line.width()
        )
        painter.drawText(line, flags, said)
