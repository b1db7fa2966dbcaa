"""The plot as a part of the window: header with legend and tools, canvas, and what to do first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QHideEvent, QPixmap, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QStackedLayout, QWidget
from typing_extensions import override

from app.handles import BenchHandle
from ui.bridge import Bridge
from ui.models.numbers import NumberStyle
from ui.models.palette import Entry
from ui.palette import CommandPalette
from ui.plots.canvas import PlotCanvas
from ui.plots.exporting import Exporting
from ui.plots.feed import PlotFeed
from ui.plots.legend import Legend
from ui.plots.plot_model import PlotModel
from ui.plots.plottable import Plottable, SeriesKey
from ui.plots.time_window import ALL
from ui.tasks import Tasks
from ui.theme import Size, Theme
from ui.widgets import ComboBox, ElidedLabel, IconButton, IconMark, IslandHeader, TextButton

_REFRESH_MS: Final = 250


class PlotPanel(QWidget):
    """Everything that belongs to the plot; its dock takes the header.

    Attributes:
        model: What is plotted.
        feed: Brings the values.
        canvas: Draws it.
        legend: Names the lines.
        header: Title, legend and tools.
        exporting: Writes files.
        spans: The choice of how much time is in sight.
        pause_button: Lets the plot stand still.
    """

    said = Signal(str)
    """Something worth a short message."""

    def __init__(
        self,
        theme: Theme,
        bench: BenchHandle,
        bridge: Bridge,
        tasks: Tasks,
        style: NumberStyle,
        parent: QWidget | None = None,
    ) -> None:
        """An empty plot.

        Args:
            theme: How it looks.
            bench: Where values come from.
            bridge: Brings the events.
            tasks: Runs reads and exports.
            style: How numbers are written.
            parent: The owner.
        """
        super().__init__(parent)
        self._theme = theme
        self._bench = bench
        self._style = style
        self._finder: CommandPalette | None = None
        self._seen = -1
        self.model = PlotModel(self._describe, parent=self)
        self.feed = PlotFeed(self.model, bench, bridge, tasks, self)
        self.canvas = PlotCanvas(theme, self.model, style)
        self.legend = Legend(theme, self.model, style)
        self.exporting = Exporting(self.model, tasks, self)
        self.header = self._make_header()
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._make_empty())
        self._stack.addWidget(self.canvas)
        self._clock = QTimer(self)
        self._clock.setInterval(_REFRESH_MS)
        self._clock.timeout.connect(self._refresh)
        self.canvas.window_changed.connect(self._show_window)
        self.canvas.menu_asked.connect(lambda place: self.menu().popup(place))
        self.legend.menu_asked.connect(lambda place, key: self._line_menu(key).popup(place))
        self.legend.more_asked.connect(self._open_lines)
        self.exporting.saved.connect(self._saved)
        self.model.changed.connect(self._changed)
        self._changed()
        self._show_window()

    # What the operator does.

    def plot(self, keys: Sequence[SeriesKey]) -> None:
        """Plot numbers."""
        for key in keys:
            self.model.add(key)

    def entries(
        self, kind: str, *, prefix: str = "", plotted: Callable[[], object] | None = None
    ) -> list[Entry]:
        """Everything on the bench that could be plotted, for a list to search in.

        Args:
            kind: What choosing one does, in a word.
            prefix: Stands before each title.
            plotted: Called when one was chosen.
        """

        def choose(key: SeriesKey) -> None:
            self.plot([key])
            if plotted is not None:
                plotted()

        return [
            _entry(each, f"{prefix}{handle.title}: {each.title}", kind, partial(choose, each.key))
            for name, handle in self._bench.things.items()
            for each in self.model.offered(name)
        ]

    def open_finder(self) -> None:
        """Open a list of everything that can be plotted, to search in."""
        window = self.header.window()
        if self._finder is None or self._finder.parentWidget() is not window:
            if self._finder is not None:
                self._finder.deleteLater()
            offered = partial(self.entries, self.tr("plots"))
            self._finder = CommandPalette(
                self._theme, offered, window, hint=self.tr("Find a value to plot")
            )
        place = QRect(self.add_button.mapTo(window, QPoint(0, 0)), self.add_button.size())
        self._finder.open_at(place)

    @property
    def finder(self) -> CommandPalette | None:
        """The list of what can be plotted, if it was ever opened."""
        return self._finder

    @property
    def has_lines(self) -> bool:
        """Whether anything is plotted."""
        return bool(self.model.series)

    @property
    def paused(self) -> bool:
        """Whether the plot stands still; recording goes on."""
        return not self.canvas.window_of_time.follows

    def toggle_pause(self) -> None:
        """Let the plot stand still, or follow the present again."""
        if self.paused:
            self.canvas.follow()
        else:
            self.canvas.hold()

    def export(self) -> None:
        """Ask where to write all values as CSV."""
        self.exporting.ask()

    def picture(self) -> QPixmap:
        """The plot with its legend, as it is seen."""
        room = QSize(self.width(), self.header.height() + self.height())
        ratio = self.devicePixelRatioF()
        made = QPixmap(room * ratio)
        made.setDevicePixelRatio(ratio)
        made.fill(self._theme.colours.island)
        self.legend.render(made, QPoint(Size.PADDING, (Size.DOCK_HEADER - Size.CONTROL) // 2))
        self.canvas.render(made, QPoint(0, Size.DOCK_HEADER))
        return made

    def copy_picture(self) -> None:
        """Put the plot with its legend on the clipboard."""
        QGuiApplication.clipboard().setPixmap(self.picture())
        self.said.emit(self.tr("Copied the plot"))

    def clear(self) -> None:
        """Forget the values; the lines stay and begin anew."""
        self.model.forget_values()
        self.canvas.follow()

    def add_close_button(self, close: Callable[[], object]) -> None:
        """Put a button at the right end of the header that takes the plot out of sight."""
        button = IconButton(self._theme, "close", self.tr("Hide the plot; recording goes on"))
        button.clicked.connect(lambda _checked: close())
        self.header.tools.addWidget(button)

    # The layout.

    def layout_state(self) -> list[str]:
        """What is plotted, to be remembered."""
        return [key.to_text() for key in self.model.keys]

    def restore_layout(self, state: Sequence[str]) -> None:
        """Plot what was remembered; what is not understood is passed over."""
        known = (SeriesKey.from_text(text) for text in state)
        self.model.restore(key for key in known if key is not None)

    def close_plot(self) -> None:
        """Listen to nothing any more."""
        self._clock.stop()
        self.feed.close()

    # Qt's side.

    @override
    def sizeHint(self) -> QSize:
        return QSize(600, 92)

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(160, 60)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._clock.start()
        self._refresh()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clock.stop()

    # Menus.

    def menu(self) -> QMenu:
        """What can be done with the plot."""
        menu = QMenu(self)
        some = self.has_lines
        menu.addAction(self.tr("Add a value…"), self.open_finder)
        menu.addSeparator()
        menu.addAction(self.tr("Export as CSV…"), self.export).setEnabled(some)
        menu.addAction(self.tr("Copy picture"), self.copy_picture).setEnabled(some)
        menu.addSeparator()
        own = menu.addAction(self.tr("An axis for every line"))
        own.setCheckable(True)
        own.setChecked(self.canvas.own_axes)
        own.toggled.connect(self.canvas.set_own_axes)
        menu.addAction(self.tr("Fit the axes again"), self.canvas.reset_ranges).setEnabled(some)
        menu.addSeparator()
        menu.addAction(self.tr("Clear the values"), self.clear).setEnabled(some)
        menu.addAction(self.tr("Remove all lines"), self.model.remove_all).setEnabled(some)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _line_menu(self, key: SeriesKey) -> QMenu:
        menu = QMenu(self)
        self._add_line_actions(menu, key)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu

    def _add_line_actions(self, menu: QMenu, key: SeriesKey) -> None:
        series = next(each for each in self.model.series if each.key == key)
        shown = menu.addAction(self.tr("Shown"))
        shown.setCheckable(True)
        shown.setChecked(series.shown)
        shown.toggled.connect(lambda wanted: self.model.set_shown(key, wanted))
        menu.addAction(self.tr("Remove from the plot"), partial(self.model.remove, key))

    def _open_lines(self) -> None:
        menu = QMenu(self)
        for series in self.model.series:
            text = series.text(series.value, self._style)
            # A single & in a menu marks a key.
            title = f"{series.whole_title}  {text}".replace("&", "&&")
            self._add_line_actions(menu.addMenu(title), series.key)
        menu.aboutToHide.connect(menu.deleteLater)
        more = self.legend.more
        menu.popup(more.mapToGlobal(more.rect().bottomLeft()))

    # Inside.

    def _make_header(self) -> IslandHeader:
        theme = self._theme
        header = IslandHeader(theme, self.tr("Plot"))
        header.before.addWidget(IconMark(theme, "plot"))
        header.beside.addWidget(self.legend)
        row = header.layout()
        assert isinstance(row, QBoxLayout)
        # All the room between title and tools is the legend's.
        row.setStretchFactor(header.beside, 1000)
        self.add_button = IconButton(theme, "add", self.tr("Add a value to the plot"))
        self.add_button.clicked.connect(self.open_finder)
        self.spans = ComboBox(theme)
        self.spans.setAccessibleName(self.tr("How much time the plot shows"))
        spans = ((60.0, "1 min"), (600.0, "10 min"), (3600.0, "1 h"), (ALL, self.tr("All")))
        for span_s, text in spans:
            self.spans.addItem(text, span_s)
        self.spans.setFixedWidth(84)
        self.spans.activated.connect(lambda i: self.canvas.follow(self.spans.itemData(i)))
        self.pause_button = IconButton(theme, "pause", self.tr("Let the plot stand still"))
        self.pause_button.clicked.connect(self.toggle_pause)
        self.more_button = IconButton(theme, "more", self.tr("More for the plot"))
        self.more_button.clicked.connect(self._open_menu)
        for tool in (self.add_button, self.spans, self.pause_button, self.more_button):
            header.tools.addWidget(tool)
        return header

    def _make_empty(self) -> QWidget:
        empty = QWidget()
        row = QHBoxLayout(empty)
        row.setContentsMargins(Size.PADDING, 0, Size.PADDING, Size.PADDING)
        row.setSpacing(Size.PADDING)
        told = ElidedLabel(
            self._theme,
            self.tr("Nothing is plotted. Right click a value and choose ‘Plot’, or"),
            tone="secondary",
        )
        told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        button = TextButton(self._theme, self.tr("Add a value"), glyph="add")
        button.clicked.connect(self.open_finder)
        row.addStretch(1)
        row.addWidget(told)
        row.addWidget(button)
        row.addStretch(1)
        self.empty_button = button
        return empty

    def _describe(self, thing: str) -> tuple[str, dict[str, object]]:
        handle = self._bench.things.get(thing)
        return ("", {}) if handle is None else (handle.title, dict(handle.describe()))

    def _open_menu(self) -> None:
        button = self.more_button
        self.menu().popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _changed(self) -> None:
        self._stack.setCurrentIndex(1 if self.has_lines else 0)
        things = list(self.legend.things)
        one = len(things) == 1
        self.header.set_title(self.model.series[0].thing_title if one else self.tr("Plot"))
        for tool in (self.spans, self.pause_button):
            tool.setVisible(self.has_lines)

    def _refresh(self) -> None:
        if self._seen != self.model.version:
            self._seen = self.model.version
            self.legend.refresh()

    def _show_window(self) -> None:
        place = self.spans.findData(self.canvas.window_of_time.span_s)
        self.spans.setCurrentIndex(-1 if self.paused else place)
        self.spans.setPlaceholderText(self.tr("Paused"))
        self.pause_button.set_glyph("run" if self.paused else "pause")
        self.pause_button.set_name(
            self.tr("Follow the present again")
            if self.paused
            else self.tr("Let the plot stand still; recording goes on")
        )

    def _saved(self, target: Path, count: int) -> None:
        self.said.emit(self.tr("Wrote {0} rows to {1}").format(count, target.name))


def _entry(what: Plottable, title: str, kind: str, run: Callable[[], object]) -> Entry:
    words = f"{title} {what.key.thing} {what.key.property}".casefold()
    return Entry(title, kind, "plot", run, words=words)
