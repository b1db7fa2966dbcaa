"""A line that opens what stands beneath it; what is inside is built when it is first opened."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ui.icons import paint_icon
from ui.theme import Size, TextSize, Theme
from ui.widgets import ElidedLabel

_CHEVRON = 20
"""From the left edge to the title."""

_SHORTEST = 60


class FoldButton(QAbstractButton):
    """A chevron and a title that open and close something; Space works too.

    It is no checkable button: what is open is not chosen, and must not look so.
    """

    turned = Signal(bool)
    """It was opened or closed."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        *,
        strong: bool = False,
        size: TextSize = TextSize.SMALL,
        role: str = "text",
        parent: QWidget | None = None,
    ) -> None:
        """Begin closed.

        Args:
            theme: Where the look comes from.
            title: Plain text beside the chevron.
            strong: Weight 600.
            size: Of the title.
            role: The colour of the title.
            parent: The owner.
        """
        super().__init__(parent)
        self._theme = theme
        self._role = role
        self._open = False
        self._title = " ".join(title.split())
        self.setAccessibleName(title)
        self.setFont(theme.font(size, strong=strong))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.clicked.connect(lambda: self.set_open(not self._open))
        self._say_direction()

    @property
    def is_open(self) -> bool:
        """Whether the chevron points down."""
        return self._open

    def set_open(self, is_open: bool) -> None:
        """Open or close."""
        if is_open != self._open:
            self._open = is_open
            self._say_direction()
            self.update()
            self.turned.emit(is_open)

    @override
    def sizeHint(self) -> QSize:
        text = self.fontMetrics().horizontalAdvance(self._title)
        return QSize(_CHEVRON + text + 9, Size.CONTROL)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(min(_SHORTEST, self.sizeHint().width()), Size.CONTROL)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.hover)
            painter.drawRoundedRect(frame, Size.FIELD_RADIUS, Size.FIELD_RADIUS)
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame, Size.FIELD_RADIUS, Size.FIELD_RADIUS)
        mark = QRect(3, (self.height() - 14) // 2, 14, 14)
        paint_icon(painter, self._theme, "open" if self._open else "closed", mark, "secondary")
        painter.setPen(colours.role(self._role))
        painter.setFont(self.font())
        room = self.rect().adjusted(_CHEVRON, 0, -4, 0)
        text = self.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)

    def _say_direction(self) -> None:
        self.setAccessibleDescription(self.tr("open") if self._open else self.tr("closed"))


class Fold(QWidget):
    """A fold button with a summary at the right edge, and a body beneath."""

    opened = Signal(QWidget)
    """It was opened for the first time: build into this widget, which has no layout."""

    toggled = Signal(bool)
    """It was opened or closed."""

    def __init__(self, theme: Theme, title: str, parent: QWidget | None = None) -> None:
        """Begin closed.

        Args:
            theme: Where the look comes from.
            title: Plain text beside the chevron.
            parent: The owner.
        """
        super().__init__(parent)
        self.button = FoldButton(theme, title, strong=True, role="secondary")
        self._summary = ElidedLabel(theme, size=TextSize.SMALL, tone="secondary")
        self._summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(Size.GRID)
        line.addWidget(self.button)
        line.addWidget(self._summary, 1)
        self._body: QWidget | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(line)
        self.button.turned.connect(self._toggle)

    @property
    def is_open(self) -> bool:
        """Whether the body is in sight."""
        return self.button.is_open

    @property
    def summary(self) -> str:
        """What stands at the right edge."""
        return self._summary.text()

    def set_open(self, is_open: bool) -> None:
        """Open or close it."""
        self.button.set_open(is_open)

    def set_summary(self, summary: str) -> None:
        """Say at the right edge what is inside."""
        self._summary.setText(summary)

    def _toggle(self, is_open: bool) -> None:
        if is_open and self._body is None:
            self._body = QWidget(self)
            self._column.addWidget(self._body)
            self.opened.emit(self._body)
        if self._body is not None:
            self._body.setVisible(is_open)
        self.toggled.emit(is_open)
