"""The button that stops everything."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget
from typing_extensions import override

from ui.icons import paint_icon
from ui.theme import Size, TextSize, Theme, blend


class StopAllButton(QAbstractButton):
    """STOP ALL: the only filled red thing of the window, and never disabled.

    It acts when it is pressed, not when it is released: a hand that slips off has still stopped
    everything. Connect to `pressed`. It must not pass for a hardware emergency stop: no yellow.

    Args:
        theme: Where the colours come from.
        compact: For the title bar of a popped-out window: 28 high instead of 40.
    """

    def __init__(
        self, theme: Theme, *, compact: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._compact = compact
        self.setText(self.tr("STOP ALL"))
        self.setAccessibleName(self.tr("Stop all"))
        self.setAccessibleDescription(
            self.tr("Cancels everything that runs or waits and stops every instrument.")
        )
        self.setToolTip(
            self.tr(
                "Stop everything now (Ctrl+.). Cancels what runs or waits and stops every "
                "instrument. It is no substitute for a hardware emergency stop."
            )
        )
        self.setFont(theme.font(TextSize.BODY if compact else TextSize.TITLE, strong=True))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @override
    def setEnabled(self, enabled: bool) -> None:
        """It is always enabled; asking for anything else changes nothing."""

    @override
    def setDisabled(self, disabled: bool) -> None:
        """It is always enabled; asking for anything else changes nothing."""

    @override
    def sizeHint(self) -> QSize:
        text = self.fontMetrics().horizontalAdvance(self.text())
        if self._compact:
            return QSize(text + 40, Size.CONTROL)
        return QSize(max(134, text + 58), Size.STOP_ALL)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setClipPath(outline)
        fill = colours.stop
        if self.isDown():
            fill = colours.stop_base
        elif self.underMouse():
            fill = blend(colours.stop, colours.stop_base, 0.35)
        painter.fillRect(self.rect(), colours.stop_base)
        painter.fillRect(self.rect().adjusted(0, 0, 0, 0 if self.isDown() else -2), fill)
        glyph = Size.ICON if not self._compact else 14
        text = self.fontMetrics().horizontalAdvance(self.text())
        left = (self.width() - glyph - 5 - text) // 2
        middle = (self.height() - 2) // 2
        paint_icon(
            painter,
            self._theme,
            "stop",
            QRect(left, middle - glyph // 2, glyph, glyph),
            "on_stop",
        )
        painter.setPen(colours.on_stop)
        painter.setFont(self.font())
        painter.drawText(
            QRect(left + glyph + 5, 0, text + 4, self.height() - 2),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            self.text(),
        )
        if self.hasFocus():
            painter.setPen(QPen(colours.on_stop, 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3, 3, -3, -4), 4, 4)
