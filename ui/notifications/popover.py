"""Where the operator chooses what is told."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from ui.notifications.choice import NotificationChoice, Tell
from ui.popover import Popover
from ui.theme import Size, Theme
from ui.widgets import ComboBox, PlainLabel, Switch


class NotificationsPopover(Popover):
    """A choice and a switch; what is chosen is in force at once.

    Args:
        theme: Where font and colours come from.
        choice: What is chosen.
        parent: The window it lies over.

    Attributes:
        tell: What is told.
        desktop: Whether the desktop tells it too.
    """

    def __init__(self, theme: Theme, choice: NotificationChoice, parent: QWidget) -> None:
        super().__init__(theme, "", parent, width=360)
        self.set_title(self.tr("Notifications"))
        self._choice = choice
        self.tell = ComboBox(theme)
        self.tell.setAccessibleName(self.tr("Which runs are told of when they end"))
        for tell, words in (
            (Tell.LONG, self.tr("Tell what failed and what took long")),
            (Tell.FAILED, self.tr("Tell what failed")),
            (Tell.ALL, self.tr("Tell every run that ends")),
            (Tell.NOTHING, self.tr("Tell nothing")),
        ):
            self.tell.addItem(words, tell)
        self.column.addWidget(self.tell)
        row = QHBoxLayout()
        row.setSpacing(Size.GRID)
        words = self.tr("On the desktop too, while Labwright is not in front")
        self.desktop = Switch(theme)
        self.desktop.setAccessibleName(words)
        row.addWidget(self.desktop)
        label = PlainLabel(theme, words)
        label.setBuddy(self.desktop)
        row.addWidget(label, 1)
        self.column.addLayout(row)
        self._show()
        self.tell.currentIndexChanged.connect(self._take)
        self.desktop.toggled.connect(self._take)

    @override
    def open_below(self, anchor: QWidget) -> None:
        """Open with what is in force, ready to be chosen by keys."""
        super().open_below(anchor)
        self.tell.setFocus()

    def _show(self) -> None:
        self.tell.setCurrentIndex(self.tell.findData(self._choice.tell))
        self.desktop.setChecked(self._choice.on_desktop)
        self.desktop.setEnabled(self._choice.tell is not Tell.NOTHING)

    def _take(self) -> None:
        self._choice.tell = self.tell.currentData()
        self._choice.on_desktop = self.desktop.isChecked()
        self.desktop.setEnabled(self._choice.tell is not Tell.NOTHING)
