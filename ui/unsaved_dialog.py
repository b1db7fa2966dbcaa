"""Asking what becomes of Things that were added or removed, before the bench is closed."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.standing_dialog import StandingDialog
from ui.theme import Size, TextSize, Theme
from ui.widgets import PlainLabel, TextButton


class UnsavedDialog(StandingDialog):
    """As the question about what runs it stops nothing.

    Args:
        theme: Where fonts and colours come from.
        title: What the bench is called.
        parent: The window.

    Attributes:
        save: Write the bench into its file, then close.
        discard: Close without.
    """

    save = Signal()
    discard = Signal()

    def __init__(self, theme: Theme, title: str, parent: QWidget) -> None:
        super().__init__(theme, "", parent, passing=True)
        self.setWindowTitle(self.tr("Close"))
        self.setMinimumWidth(480)
        column = self.column
        self.question = PlainLabel(
            theme,
            self.tr("{0} has changes that are not saved.").format(title),
            size=TextSize.TITLE,
            strong=True,
        )
        self.question.setWordWrap(True)
        column.addWidget(self.question)
        told = self.tr("Without saving, added Things are gone, removed ones come back.")
        column.addWidget(PlainLabel(theme, told, tone="secondary"))
        column.addSpacing(Size.GRID)
        self.stay_button = TextButton(theme, self.tr("Keep working"))
        self.stay_button.clicked.connect(self.reject)
        self.discard_button = TextButton(theme, self.tr("Don't save"))
        self.discard_button.clicked.connect(self._discard)
        self.save_button = TextButton(theme, self.tr("Save"), kind="primary")
        self.save_button.clicked.connect(self._save)
        self.add_foot(
            self.stay_button, self.discard_button, self.save_button, default=self.stay_button
        )

    def ask(self) -> None:
        """Show it, or bring it to the front; the focus is on what changes nothing."""
        self.come_forward(self.stay_button)

    def _save(self) -> None:
        self.accept()
        self.save.emit()

    def _discard(self) -> None:
        self.accept()
        self.discard.emit()
