"""Diagnostics: the beat as a histogram, everything else as text; not modal, with STOP ALL."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QFontDatabase,
    QGuiApplication,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from ui.beat import STEPS_MS, BeatFigures
from ui.diagnosis import Diagnosis
from ui.theme import Size, TextSize, Theme
from ui.widgets import PlainLabel, StopAllButton, TextButton

REFRESH_MS = 1000

_LATE_MS = 100


class BeatHistogram(QWidget):
    """How many beats were how late, on a logarithmic scale; late ones in the colour of failure."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._figures: BeatFigures | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_figures(self, figures: BeatFigures) -> None:
        """Show other figures."""
        self._figures = figures
        self.setAccessibleName(
            self.tr("Beat of the window: 99 of 100 are at most {0} ms late").format(
                round(figures.p99_ms)
            )
        )
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(400, 120)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        figures = self._figures
        if figures is None:
            return
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(TextSize.SMALL))
        bars = figures.bars
        width = self.width() / len(bars)
        height = self.height() - 34
        highest = max(1, *(each.bit_length() for each in bars))
        edges = [*(f"< {step}" for step in STEPS_MS), f"≥ {STEPS_MS[-1]}"]
        for number, count in enumerate(bars):
            late = number and STEPS_MS[number - 1] >= _LATE_MS
            tall = height * count.bit_length() / highest
            area = QRectF(number * width + 2, 16 + height - tall, width - 4, tall)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.failed if late else colours.accent)
            painter.drawRoundedRect(area, 2, 2)
            painter.setPen(colours.text)
            above = QRectF(number * width, area.top() - 16, width, 14)
            if count:
                painter.drawText(above, Qt.AlignmentFlag.AlignCenter, f"{count:n}")
            painter.setPen(colours.secondary)
            below = QRectF(number * width, self.height() - 16, width, 16)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, edges[number])


class DiagnosticsWindow(QWidget):
    """Brought up to date each second while it is shown.

    Args:
        theme: How it looks.
        diagnosis: What is shown.
        owner: The main window; this one goes when that one goes.

    Attributes:
        stop_all: STOP ALL was pressed.
        text: Everything but the histogram.
    """

    stop_all = Signal()

    def __init__(self, theme: Theme, diagnosis: Diagnosis, owner: QWidget) -> None:
        super().__init__(owner, Qt.WindowType.Window)
        self._diagnosis = diagnosis
        self.setWindowTitle(self.tr("Diagnostics – Labwright"))
        self.resize(720, 640)
        column = QVBoxLayout(self)
        column.setContentsMargins(Size.PADDING, Size.PADDING, Size.PADDING, Size.PADDING)
        column.setSpacing(Size.GRID)
        row = QHBoxLayout()
        stop = StopAllButton(theme, compact=True)
        stop.pressed.connect(self.stop_all)
        row.addWidget(stop)
        row.addStretch(1)
        self.copy_button = TextButton(theme, self.tr("Copy as text"), glyph="copy")
        self.copy_button.clicked.connect(self.copy)
        row.addWidget(self.copy_button)
        column.addLayout(row)
        column.addWidget(
            PlainLabel(theme, self.tr("How late the window's beats were, in ms"), strong=True)
        )
        self.histogram = BeatHistogram(theme)
        column.addWidget(self.histogram)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setAccessibleName(self.tr("Diagnostics"))
        column.addWidget(self.text, 1)
        # Not on STOP ALL, which is the first in line: a stray Space would stop everything.
        self.text.setFocus()
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)

    def refresh(self) -> None:
        """Show everything as it is now; what is selected or scrolled to stays."""
        self.histogram.show_figures(self._diagnosis.watch.record.figures())
        if self.text.textCursor().hasSelection():
            return
        bar = self.text.verticalScrollBar()
        place = bar.value()
        self.text.setPlainText(self._diagnosis.text())
        bar.setValue(place)

    def copy(self) -> None:
        """Copy everything for a bug report."""
        QGuiApplication.clipboard().setText(self._diagnosis.text())

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()


def bring_to_front(window: QWidget) -> None:
    """Show a window, before all others."""
    window.show()
    window.raise_()
    window.activateWindow()
