"""The tabs over the picture."""

from __future__ import annotations

import html
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QTabBar, QWidget
from typing_extensions import override

from ui.icons import paint_icon
from ui.theme import Size, Theme

_PAD = 12
_ICON_GAP = 10
_CLOSE = 16
_MOST_TEXT = 180
_NARROW, _NAMED, _FRONT = 56, 96, 200
"""How narrow a tab may get; from where on it says its name; how wide the one in front may stay."""


@dataclass(frozen=True, slots=True)
class Tab:
    """What a tab shows.

    Attributes:
        key: Of its page.
        title: Plain text.
        glyph: As for `ui.icons.icon`.
        role: The icon's colour.
        tip: Its tool tip, plain text.
        fresh: Whether something new is there that was not looked at yet.
    """

    key: str
    title: str
    glyph: str
    role: str = "secondary"
    tip: str = ""
    fresh: bool = False


class PageTabs(QTabBar):
    """Tabs with an icon, a line of accent under the one in front, and a close mark under the mouse.

    Attributes:
        chosen: The operator went to a tab; its key.
        close_asked: The operator closes a tab; its key.
    """

    chosen = Signal(str)
    close_asked = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tabs: list[Tab] = []
        self._under_mouse = -1
        self._filling = False
        self.setFont(theme.font())
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(Size.DOCK_HEADER)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Pictures"))
        self.currentChanged.connect(self._current_changed)

    def show_tabs(self, tabs: list[Tab], current: str) -> None:
        """Show these tabs, the one named `current` in front."""
        if tabs == self._tabs and self.current_key() == current:
            return
        self._filling = True
        self._tabs = tabs
        while self.count() > len(tabs):
            self.removeTab(self.count() - 1)
        for place, tab in enumerate(tabs):
            if place == self.count():
                self.addTab("")
            # An ampersand would be taken for a mnemonic.
            self.setTabText(place, tab.title.replace("&", "&&"))
            # A tool tip guesses its format from the text, so markup is escaped.
            tip = f"{tab.title}, {tab.tip}" if tab.tip else tab.title
            self.setTabToolTip(place, f"<qt>{html.escape(tip)}</qt>")
        keys = [tab.key for tab in tabs]
        if current in keys:
            self.setCurrentIndex(keys.index(current))
        self._filling = False
        self.updateGeometry()
        self.update()

    def current_key(self) -> str:
        """The key of the tab in front, '' where there is none."""
        place = self.currentIndex()
        return self._tabs[place].key if 0 <= place < len(self._tabs) else ""

    def tab_place(self, key: str) -> QRect:
        """Where a tab is."""
        keys = [tab.key for tab in self._tabs]
        return self.tabRect(keys.index(key))

    def close_place(self, key: str) -> QRect:
        """Where the close mark of a tab is while the mouse is over it."""
        return self._close_rect(self.tab_place(key))

    @override
    def tabSizeHint(self, index: int) -> QSize:
        if index >= len(self._tabs):
            return QSize(0, Size.DOCK_HEADER)
        # As wide as it is in bold: a tab must not jump when something fresh is in it.
        metrics = QFontMetrics(self._theme.font(strong=True))
        text = min(_MOST_TEXT, metrics.horizontalAdvance(self._tabs[index].title))
        return QSize(2 * _PAD + Size.ICON + _ICON_GAP + text + _CLOSE + 4, Size.DOCK_HEADER)

    @override
    def minimumTabSizeHint(self, index: int) -> QSize:
        # The one in front keeps its name; of the others the picture may be all there is room for.
        if index == self.currentIndex():
            return QSize(min(_FRONT, self.tabSizeHint(index).width()), Size.DOCK_HEADER)
        return QSize(_NARROW, Size.DOCK_HEADER)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(80, Size.DOCK_HEADER)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        under = self.tabAt(event.position().toPoint())
        if under != self._under_mouse:
            self._under_mouse = under
            self.update()

    @override
    def leaveEvent(self, event: object) -> None:
        self._under_mouse = -1
        self.update()

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        number = self.tabAt(place)
        if 0 <= number < len(self._tabs):
            closing = event.button() == Qt.MouseButton.MiddleButton or (
                event.button() == Qt.MouseButton.LeftButton
                and self._close_rect(self.tabRect(number)).contains(place)
            )
            if closing:
                self.close_asked.emit(self._tabs[number].key)
                return
        super().mousePressEvent(event)

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for number, tab in enumerate(self._tabs[: self.count()]):
            self._paint_tab(painter, number, tab)

    def _paint_tab(self, painter: QPainter, number: int, tab: Tab) -> None:
        colours = self._theme.colours
        area = self.tabRect(number)
        in_front = number == self.currentIndex()
        mark = QRect(
            area.left() + _PAD, area.center().y() - Size.ICON // 2 + 1, Size.ICON, Size.ICON
        )
        paint_icon(painter, self._theme, tab.glyph, mark, tab.role)
        if tab.fresh:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.accent)
            painter.drawEllipse(QRectF(mark.right() - 3, mark.top() - 2, 7, 7))
        painter.setFont(self._theme.font(strong=tab.fresh))
        painter.setPen(colours.text if in_front or tab.fresh else colours.secondary)
        room = area.adjusted(_PAD + Size.ICON + _ICON_GAP, 0, -_PAD - _CLOSE, 0)
        text = painter.fontMetrics().elidedText(
            tab.title, Qt.TextElideMode.ElideRight, room.width()
        )
        # Two letters and dots say less than none; the tool tip has it all.
        if text == tab.title or in_front or area.width() >= _NAMED:
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, text)
        self._paint_close(painter, number, area)
        if in_front:
            painter.fillRect(QRect(area.left(), area.bottom() - 1, area.width(), 2), colours.accent)
        if in_front and self.hasFocus():
            painter.setPen(QPen(colours.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(area.adjusted(2, 5, -2, -6), 4, 4)

    def _paint_close(self, painter: QPainter, number: int, area: QRect) -> None:
        if number == self._under_mouse:
            paint_icon(painter, self._theme, "close", self._close_rect(area), "secondary")

    def _close_rect(self, area: QRect) -> QRect:
        top = area.center().y() - _CLOSE // 2 + 1
        return QRect(area.right() - _PAD - _CLOSE + 6, top, _CLOSE, _CLOSE)

    def _current_changed(self, number: int) -> None:
        # Lays all of them out anew: another one keeps its name now.
        self.setTabText(number, self.tabText(number))
        if not self._filling and 0 <= number < len(self._tabs):
            self.chosen.emit(self._tabs[number].key)
