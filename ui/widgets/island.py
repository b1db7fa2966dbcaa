"""Rounded islands on the canvas, and the header at their top."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ui.theme import Size, TextSize, Theme
from ui.widgets.labels import ElidedLabel


def paint_island(widget: QWidget, theme: Theme) -> None:
    """Fill a widget as an island: rounded, without a border."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colours.island)
    painter.drawRoundedRect(QRectF(widget.rect()), Size.ISLAND_RADIUS, Size.ISLAND_RADIUS)


class Island(QFrame):
    """A rounded area with a column layout and no margins of its own.

    Attributes:
        column: The layout to add to.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(0)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        paint_island(self, self._theme)


class IslandHeader(QWidget):
    """The first 40 pixels of an island: a title, what belongs beside it, tools at the right.

    A dock's title bar takes its height from `sizeHint` and ignores a fixed one.

    Attributes:
        before: A row before the title, for a state's icon.
        title: The title, elided where room is short.
        beside: A row right after the title, for a state or tabs.
        tools: A row at the right edge.
    """

    def __init__(
        self,
        theme: Theme,
        title: str = "",
        *,
        height: int = Size.DOCK_HEADER,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._height = height
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(Size.PADDING, 0, Size.GRID, 0)
        row.setSpacing(Size.GRID)
        self.before = _row(Size.GRID)
        self.title = ElidedLabel(theme, title, size=TextSize.BODY, strong=True)
        self.title.setVisible(bool(title))
        self.beside = _row(Size.GRID)
        self.tools = _row(4)
        row.addLayout(self.before)
        row.addWidget(self.title)
        row.addLayout(self.beside)
        row.addStretch(1)
        row.addLayout(self.tools)

    def set_title(self, title: str) -> None:
        """Change the title; an empty one takes no room."""
        self.title.setText(title)
        self.title.setVisible(bool(title))

    @override
    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._height)


def _row(spacing: int) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(spacing)
    return row
