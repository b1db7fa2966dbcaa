"""The column at the right: levels over a histogram, lock, automatic levels, colour map."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import Size, TextSize, Theme
from ui.viewer.colour_maps import COLOUR_MAPS, GREY, ColourMap, colour_map
from ui.viewer.levels import Histogram, Levels
from ui.viewer.levels_bar import LevelsBar
from ui.widgets import ComboBox, IconButton, PlainLabel, TextButton


class LevelsColumn(QWidget):
    """116 pixels of levels.

    Attributes:
        levels_changed: The operator moved a level; the new `Levels`.
        auto_changed: Levels follow each picture, or stay.
        colours_changed: The operator chose another `ColourMap`.
        lock_changed: All pictures share the levels of now, or each source has its own again.
        mark_changed: Saturated pixels are marked, or not.
        bar: The histogram.
    """

    levels_changed = Signal(object)
    auto_changed = Signal(bool)
    colours_changed = Signal(object)
    lock_changed = Signal(bool)
    mark_changed = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(Size.LEVELS)
        self._shown: tuple[object, ...] = ()
        self._saturated = PlainLabel(theme, size=TextSize.SMALL, tone="failed")
        self._saturated.setContentsMargins(Size.PADDING, 0, 0, 0)
        self.mark = IconButton(theme, "mdi6.weather-sunny-alert", self.tr("Mark saturated pixels"))
        self.mark.setCheckable(True)
        self.mark.setChecked(True)
        self.lock = IconButton(theme, "mdi6.lock-open-variant-outline", "-")
        self.lock.setCheckable(True)
        for button in (self.mark, self.lock):
            button.setFixedSize(24, 24)
        self.bar = LevelsBar(theme)
        self.colours = ComboBox(theme)
        self.colours.setAccessibleName(self.tr("Colour map"))
        for choice in COLOUR_MAPS:
            self.colours.addItem(choice.title, choice.key)
        self.auto = TextButton(theme, self.tr("Auto"))
        self.auto.setCheckable(True)
        self.auto.setToolTip(self.tr("Levels follow each picture"))
        self._lay_out(theme)
        self._show_lock(False)
        self.bar.changed.connect(self.levels_changed)
        self.auto.clicked.connect(self.auto_changed)
        self.colours.activated.connect(
            lambda number: self.colours_changed.emit(colour_map(self.colours.itemData(number)))
        )
        self.lock.clicked.connect(self._lock_clicked)
        self.mark.clicked.connect(self.mark_changed)
        self.show_page(None, GREY, auto=False, whole=True, colour=False)

    def _lay_out(self, theme: Theme) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(Size.PADDING, 4, 6, 0)
        head.setSpacing(0)
        title = PlainLabel(
            theme, self.tr("Levels"), size=TextSize.SMALL, tone="secondary", strong=True
        )
        head.addWidget(title)
        head.addStretch(1)
        head.addWidget(self.mark)
        head.addWidget(self.lock)
        foot = QVBoxLayout()
        foot.setContentsMargins(Size.GRID, 2, Size.GRID, Size.GRID)
        foot.setSpacing(4)
        foot.addWidget(self.colours)
        foot.addWidget(self.auto)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.bar, 1)
        column.addWidget(self._saturated)
        column.addLayout(foot)

    @property
    def locked(self) -> bool:
        """Whether all pictures share the levels of now."""
        return self.lock.isChecked()

    @property
    def marks_saturation(self) -> bool:
        """Whether saturated pixels are to be marked."""
        return self.mark.isChecked()

    @property
    def saturation(self) -> str:
        """What is said of saturation; '' where there is none."""
        return self._saturated.text()

    def show_page(
        self, levels: Levels | None, colours: ColourMap, *, auto: bool, whole: bool, colour: bool
    ) -> None:
        """Show how a picture is shown.

        Args:
            levels: None where there is no picture.
            colours: The colour map of grey pictures.
            auto: Whether levels follow each picture.
            whole: Whether its values are whole counts.
            colour: Whether it has colours of its own.
        """
        if not self.bar.dragging:
            self.bar.show_levels(levels, GREY if colour else colours, whole)
        shown = (levels is None, colours, auto, colour, self.locked)
        if shown == self._shown:
            return  # as it is with nearly every frame of a stream
        self._shown = shown
        self.colours.setCurrentIndex(self.colours.findData(colours.key))
        there = levels is not None
        self.colours.setEnabled(there and not colour)
        self.auto.setChecked(auto)
        self.auto.setEnabled(there and not self.locked)
        self.lock.setEnabled(there)
        if not there:
            self.show_histogram(None)

    def show_histogram(self, histogram: Histogram | None) -> None:
        """Show a histogram, and the share of saturated pixels if any."""
        self.bar.show_histogram(histogram)
        share = histogram.saturated if histogram else 0.0
        text = ""
        if share > 0:
            percent = "<0.1" if share < 0.001 else self.locale().toString(100 * share, "f", 1)
            text = self.tr("{percent} % saturated").format(percent=percent)
        self._saturated.setText(text)

    def _lock_clicked(self, locked: bool) -> None:
        self._show_lock(locked)
        self.lock_changed.emit(locked)

    def _show_lock(self, locked: bool) -> None:
        self.lock.set_glyph(
            "mdi6.lock-outline" if locked else "mdi6.lock-open-variant-outline",
            "accent" if locked else "secondary",
        )
        self.lock.set_name(
            self.tr("Let each source have its own levels again")
            if locked
            else self.tr("Keep these levels for every picture")
        )
        self.bar.set_locked(locked)
        self.auto.setEnabled(not locked)
