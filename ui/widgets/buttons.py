"""Buttons: an icon alone, an icon with a word, a choice of a few, a filter chip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)
from typing_extensions import override

from ui.icons import icon, paint_icon
from ui.theme import Size, Theme, repolish


class IconButton(QToolButton):
    """A square button with an icon; its name is said by tool tip and screen reader.

    Args:
        theme: Where the colour comes from.
        glyph: As for `ui.icons.icon`.
        name: What it does, in words; required, since an icon alone says nothing.
        role: The colour of the icon.
        icon_size: 16, or 18 in a strip of tools.
    """

    def __init__(
        self,
        theme: Theme,
        glyph: str,
        name: str,
        *,
        role: str = "secondary",
        icon_size: int = Size.ICON,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if not name.strip():
            raise ValueError("an icon button needs a name to be read aloud")
        self._theme = theme
        self.setIconSize(QSize(icon_size, icon_size))
        self.setFixedSize(Size.CONTROL, Size.CONTROL)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_glyph(glyph, role)
        self.set_name(name)

    def set_glyph(self, glyph: str, role: str = "secondary") -> None:
        """Change the icon."""
        self.setIcon(icon(self._theme, glyph, role))

    def set_name(self, name: str) -> None:
        """Change what it is called."""
        self.setAccessibleName(name)
        self.setToolTip(name)


class TextButton(QPushButton):
    """A button with a word and perhaps an icon, 28 high.

    Args:
        theme: Where font and colours come from.
        text: What it does.
        glyph: As for `ui.icons.icon`; '' for none.
        kind: '', 'primary', 'quiet' or 'danger'.
        role: The colour of the icon.
    """

    def __init__(
        self,
        theme: Theme,
        text: str,
        *,
        glyph: str = "",
        kind: str = "",
        role: str = "text",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self.setFont(theme.font())
        self.setProperty("kind", kind)
        self.setFixedHeight(Size.CONTROL)
        self.setIconSize(QSize(14, 14))
        if glyph:
            self.set_glyph(glyph, role)

    def set_glyph(self, glyph: str, role: str = "text") -> None:
        """Change the icon."""
        self.setIcon(icon(self._theme, glyph, role))

    def set_kind(self, kind: str) -> None:
        """Change between '', 'primary', 'quiet' and 'danger'."""
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            repolish(self)


@dataclass(frozen=True, slots=True)
class Segment:
    """One choice of a `SegmentedControl`.

    Attributes:
        key: What `chosen` says.
        name: In words; shown where there is no glyph, else said by the tool tip.
        glyph: As for `ui.icons.icon`; '' shows the name.
    """

    key: str
    name: str
    glyph: str = ""


class SegmentedControl(QWidget):
    """One of a few, all in sight; arrow keys move, exactly one is chosen.

    Attributes:
        chosen: The operator chose another; its key.
    """

    chosen = Signal(str)

    def __init__(
        self, theme: Theme, segments: Sequence[Segment], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._group = QButtonGroup(self)
        self._buttons: dict[str, _SegmentButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        for segment in segments:
            button = _SegmentButton(theme, segment)
            button.clicked.connect(lambda _checked=False, key=segment.key: self.chosen.emit(key))
            self._group.addButton(button)
            self._buttons[segment.key] = button
            row.addWidget(button)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if segments:
            self.choose(segments[0].key)

    @property
    def choice(self) -> str:
        """The key of the chosen segment, '' where there is none."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    def choose(self, key: str) -> None:
        """Choose without telling anybody.

        Raises:
            KeyError: There is no such segment.
        """
        self._buttons[key].setChecked(True)

    def button(self, key: str) -> QAbstractButton:
        """The button of a segment."""
        return self._buttons[key]

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colours = self._theme.colours
        painter.setBrush(colours.line if not self._theme.dark else colours.hover)
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)


class _SegmentButton(QAbstractButton):
    def __init__(self, theme: Theme, segment: Segment) -> None:
        super().__init__()
        self._theme = theme
        self._glyph = segment.glyph
        self.setText(segment.name)
        self.setAccessibleName(segment.name)
        self.setToolTip(segment.name if segment.glyph else "")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFont(theme.font())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        if self._glyph:
            return QSize(Size.ICON + 8, 24)
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 36, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.field)
            painter.drawRoundedRect(area, 4, 4)
        role = "text" if self.isChecked() or self.underMouse() else "secondary"
        if self._glyph:
            square = self.rect()
            square.setSize(QSize(Size.ICON, Size.ICON))
            square.moveCenter(self.rect().center())
            paint_icon(painter, self._theme, self._glyph, square, role)
        else:
            painter.setPen(colours.role(role))
            painter.setFont(self.font())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 4, 4)


class Chip(QAbstractButton):
    """A filter with a count, such as 'Running 1'; checkable.

    Args:
        theme: Where the colours come from.
        text: The word before the count.
        glyph: As for `ui.icons.icon`; '' for none.
        role: The colour of the icon.
    """

    def __init__(
        self,
        theme: Theme,
        text: str,
        *,
        glyph: str = "",
        role: str = "text",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._word = text
        self._glyph = glyph
        self._role = role
        self.setCheckable(True)
        self.setFont(theme.font())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_count(0)

    def set_count(self, count: int) -> None:
        """Change the number after the word."""
        self.setText(f"{self._word} {self.locale().toString(count)}")
        self.setAccessibleName(self.text())
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.text()) + 16
        return QSize(width + (16 if self._glyph else 0), Size.CONTROL)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        super().keyPressEvent(event)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        if self.isChecked() or self.underMouse():
            painter.setBrush(colours.selection if self.isChecked() else colours.hover)
            painter.drawRoundedRect(area, Size.FIELD_RADIUS, Size.FIELD_RADIUS)
        left = 8
        if self._glyph:
            square = self.rect().adjusted(left, 0, 0, 0)
            square.setWidth(13)
            paint_icon(painter, self._theme, self._glyph, square, self._role)
            left += 16
        painter.setPen(colours.text)
        painter.setFont(self.font())
        painter.drawText(
            self.rect().adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text()
        )
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 5, 5)
