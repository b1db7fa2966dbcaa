"""The legend in the plot's header: each line's colour, name and newest value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget
from typing_extensions import override

from ui.icons import paint_icon
from ui.models.numbers import NumberStyle
from ui.plots.palette import line_colour, line_style
from ui.plots.plot_model import PlotModel
from ui.plots.plottable import SeriesKey
from ui.plots.series import Series
from ui.theme import Size, TextSize, Theme
from ui.widgets import TextButton, plain_tool_tip

_SAMPLE: Final = 18
_GAP: Final = 6
_CROSS: Final = 14
_PAD: Final = 4
_SHORTEST_TITLE: Final = 48


class LegendEntry(QAbstractButton):
    """One line: a click hides or shows it, the cross or Delete removes it.

    Attributes:
        series: The line.
    """

    remove_asked = Signal()
    menu_asked = Signal(QPoint)

    def __init__(
        self, theme: Theme, series: Series, title: str, style: NumberStyle, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.series = series
        self._theme = theme
        self._style = style
        self._title = " ".join(title.split())
        self._title_font = theme.font(TextSize.SMALL)
        self._value_font = theme.font(TextSize.BODY, strong=True)
        self._room = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCheckable(True)
        self.setMouseTracking(True)
        self.refresh()

    @property
    def title_width(self) -> int:
        """How wide its whole title is."""
        return QFontMetrics(self._title_font).horizontalAdvance(self._title) + 1

    @property
    def other_width(self) -> int:
        """How wide everything else of it is."""
        return 2 * _PAD + _SAMPLE + 2 * _GAP + self._room + 2

    def refresh(self) -> bool:
        """Show the newest value; True where it needs more room than before."""
        text = self.series.text(self.series.value, self._style)
        self.setChecked(self.series.shown)
        if text == self.text() and self._room:
            return False
        self.setText(text)
        trouble = f"\n{self.series.reason}" if self.series.reason else ""
        hint = self.tr("Click to hide or show, Delete to remove")
        self.setToolTip(plain_tool_tip(f"{self.series.whole_title}: {text}{trouble}\n{hint}"))
        self.setAccessibleName(f"{self.series.whole_title}: {text}")
        wanted = QFontMetrics(self._value_font).horizontalAdvance(text) + 1
        grown = wanted > self._room
        # It only grows, so that nothing jumps with every digit.
        self._room = max(self._room, wanted)
        self.update()
        return grown

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        colours, slot = self._theme.colours, self.series.slot
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.hover)
            painter.drawRoundedRect(QRectF(self.rect()), Size.FIELD_RADIUS, Size.FIELD_RADIUS)
        shown = self.series.shown
        colour = line_colour(self._theme, slot) if shown else colours.disabled
        is_set = self.series.what.is_set and not self.series.what.options
        painter.setPen(QPen(colour, 2, line_style(slot, is_set=is_set)))
        middle = self.height() / 2
        painter.drawLine(QPointF(_PAD, middle), QPointF(_PAD + _SAMPLE, middle))
        left = _PAD + _SAMPLE + _GAP
        title_room = self.width() - self.other_width
        painter.setFont(self._title_font)
        painter.setPen(colours.secondary if shown else colours.disabled)
        title = QFontMetrics(self._title_font).elidedText(
            self._title, Qt.TextElideMode.ElideRight, title_room
        )
        centred = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        painter.drawText(QRect(left, 0, title_room, self.height()), centred, title)
        painter.setFont(self._value_font)
        trouble = bool(self.series.reason)
        painter.setPen(colours.stale if trouble else colours.text if shown else colours.disabled)
        value = QRect(left + title_room + _GAP, 0, self._room + 2, self.height())
        painter.drawText(value, centred, self.text())
        if self.underMouse() or self.hasFocus():
            # Over the colour's sample, so that it needs no room of its own and nothing jumps.
            painter.fillRect(self._cross().adjusted(-3, 0, 3, 0), self._behind())
            role = "text" if self._cross().contains(self._mouse()) else "secondary"
            paint_icon(painter, self._theme, "close", self._cross(), role)
        if self.hasFocus():
            painter.setPen(QPen(colours.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            area = QRectF(self.rect()).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(area, Size.FIELD_RADIUS, Size.FIELD_RADIUS)

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        left = event.button() == Qt.MouseButton.LeftButton
        if left and self._cross().contains(event.position().toPoint()):
            self.setDown(False)
            self.remove_asked.emit()
            return
        super().mouseReleaseEvent(event)

    @override
    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self.update()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove_asked.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    @override
    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_asked.emit(event.globalPos())

    def _cross(self) -> QRect:
        return QRect(_PAD + 2, (self.height() - _CROSS) // 2, _CROSS, _CROSS)

    def _behind(self) -> QColor:
        colours = self._theme.colours
        return colours.hover if self.underMouse() else colours.island

    def _mouse(self) -> QPoint:
        return self.mapFromGlobal(self.cursor().pos())


class Legend(QWidget):
    """All lines in a row; what does not fit is behind a button that says how many.

    Attributes:
        entries: One for each line.
        more: The button for those that do not fit.
    """

    menu_asked = Signal(QPoint, object)
    """A right click on a line, at this place of the screen: the `SeriesKey`."""

    more_asked = Signal()
    """The operator wants to see the lines that do not fit."""

    def __init__(
        self, theme: Theme, model: PlotModel, style: NumberStyle, parent: QWidget | None = None
    ) -> None:
        """Show the lines of a model."""
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self._style = style
        self.entries: list[LegendEntry] = []
        self.more = TextButton(theme, "", kind="quiet", parent=self)
        self.more.setAccessibleName(self.tr("More lines"))
        self.more.clicked.connect(self.more_asked)
        self.more.hide()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(Size.CONTROL)
        model.changed.connect(self._build)
        self._build()

    @property
    def things(self) -> set[str]:
        """The Things whose values are plotted."""
        return {each.key.thing for each in self._model.series}

    def entry(self, key: SeriesKey) -> LegendEntry:
        """The entry of a line.

        Raises:
            KeyError: It is not plotted.
        """
        for each in self.entries:
            if each.series.key == key:
                return each
        raise KeyError(key)

    def refresh(self) -> None:
        """Show the newest values."""
        grown = [entry.refresh() for entry in self.entries]
        if any(grown):
            self._arrange()

    @override
    def sizeHint(self) -> QSize:
        return QSize(120, Size.CONTROL)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(0, Size.CONTROL)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _build(self) -> None:
        series = self._model.series
        called = Counter(each.title for each in series)
        # Its Thing is said only where the name alone could mean two.
        titles = [
            each.title if called[each.title] == 1 else f"{each.thing_title} {each.title}"
            for each in series
        ]
        built = [(entry.series, entry._title) for entry in self.entries]
        if built == list(zip(series, titles, strict=True)):
            self.refresh()
            self._arrange()
            return
        for entry in self.entries:
            entry.hide()
            entry.deleteLater()
        self.entries = [
            self._entry(each, title) for each, title in zip(series, titles, strict=True)
        ]
        self._arrange()

    def _entry(self, series: Series, title: str) -> LegendEntry:
        entry = LegendEntry(self._theme, series, title, self._style, self)
        key = series.key
        entry.clicked.connect(lambda: self._model.set_shown(key, not series.shown))
        entry.remove_asked.connect(lambda: self._model.remove(key))
        entry.menu_asked.connect(lambda place: self.menu_asked.emit(place, key))
        return entry

    def _arrange(self) -> None:
        widths = entry_widths(
            [(entry.title_width, entry.other_width) for entry in self.entries], self.width(), 52
        )
        left = 0
        for i, entry in enumerate(self.entries):
            if i < len(widths):
                entry.setGeometry(left, 0, widths[i], self.height())
                left += widths[i] + _GAP
            entry.setVisible(i < len(widths))
        hidden = len(self.entries) - len(widths)
        self.more.setVisible(hidden > 0)
        if hidden > 0:
            self.more.setText(f"+{hidden}")
            self.more.setAccessibleName(self.tr("{0} more lines").format(hidden))
            self.more.setGeometry(left, 0, 48, Size.CONTROL)


def entry_widths(parts: Sequence[tuple[int, int]], room: int, more: int) -> list[int]:
    """The widths of the entries that fit into a row.

    Titles are cut before entries are left out, all at the same width.

    Args:
        parts: Of each entry: the width of its title, and of everything else.
        room: How wide the row is.
        more: How much of it is needed where entries are left out.
    """
    if sum(title + other + _GAP for title, other in parts) - _GAP <= room:
        return [title + other for title, other in parts]
    for count in range(len(parts), 0, -1):
        left = room - (more if count < len(parts) else 0) - _GAP * (count - 1)
        left -= sum(other for _, other in parts[:count])
        shortest = [min(title, _SHORTEST_TITLE) for title, _ in parts[:count]]
        if sum(shortest) > left:
            continue
        longest = max(title for title, _ in parts[:count])
        widest = max(
            limit
            for limit in range(min(_SHORTEST_TITLE, longest), longest + 1)
            if sum(min(title, limit) for title, _ in parts[:count]) <= left
        )
        return [min(title, widest) + other for title, other in parts[:count]]
    return []
