"""Filters for which the header has no room, behind a button."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QBoxLayout, QComboBox
from typing_extensions import override

from ui.popover import Popover
from ui.theme import TextSize, Theme
from ui.widgets import IconButton, PlainLabel

_WIDTH = 240


class FilterButton(IconButton):
    """Opens the filters that do not fit; coloured where one of them is on.

    Where there is room it is hidden, and they stand in the header.

    Args:
        theme: Where fonts and colours come from.
        name: What it opens, in words.
        home: The row of the header the filters belong to, at its end.
        boxes: The filters; each has an accessible name and shows everything at its first entry.

    Attributes:
        popover: Where they are shown while it is open; None while it is closed.
    """

    def __init__(
        self, theme: Theme, name: str, home: QBoxLayout, boxes: Sequence[QComboBox]
    ) -> None:
        super().__init__(theme, "mdi6.filter-variant", name)
        self._home = home
        self._boxes = tuple(boxes)
        self._widths: dict[QComboBox, int] = {}
        self._folded = False
        self.popover: Popover | None = None
        for box in self._boxes:
            home.addWidget(box)
            box.currentIndexChanged.connect(self._colour)
        self.clicked.connect(self._clicked)
        self.hide()

    def set_folded(self, folded: bool) -> None:
        """Keep the filters behind the button, or put them back into the header."""
        if folded == self._folded:
            return
        self._folded = folded
        self._close()
        for box in self._boxes:
            box.setVisible(not folded)
        self.setVisible(folded)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """Take the filters along, such as when another tab is shown."""
        super().hideEvent(event)
        self._close()

    def _clicked(self) -> None:
        if self.popover is not None:
            self._close()
            return
        popover = Popover(self._theme, self.accessibleName(), self.window(), _WIDTH)
        for box in self._boxes:
            label = PlainLabel(
                self._theme, box.accessibleName(), size=TextSize.SMALL, tone="secondary"
            )
            label.setBuddy(box)
            popover.column.addWidget(label)
            popover.column.addWidget(box)
            self._widths[box] = box.maximumWidth()
            box.setMaximumWidth(_WIDTH)
            box.show()
        popover.closed.connect(self._put_back)
        self.popover = popover
        popover.open_below(self)
        self._boxes[0].setFocus()

    def _close(self) -> None:
        if self.popover is not None:
            self.popover.close_popover()

    def _put_back(self) -> None:
        popover, self.popover = self.popover, None
        if popover is None:
            return
        for box in self._boxes:
            self._home.addWidget(box)
            box.setMaximumWidth(self._widths[box])
            box.setVisible(not self._folded)
        popover.deleteLater()

    def _colour(self) -> None:
        on = any(box.currentIndex() > 0 for box in self._boxes)
        self.set_glyph("mdi6.filter-variant", "accent" if on else "secondary")
