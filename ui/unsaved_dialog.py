"""Asking what becomes of Things that were added or removed, before the bench is closed."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import Size, TextSize, Theme
from ui.widgets import PlainLabel, StopAllButton, TextButton


class UnsavedDialog(QDialog):
    """Non-modal, as the question about what runs: STOP ALL stays within reach.

    Args:
        theme: Where fonts and colours come from.
        title: What the bench is called.
        parent: The window.

    Attributes:
        save: Write the bench into its file, then close.
        discard: Close without.
        stop_all: STOP ALL was pressed in the dialog.
    """

    save = Signal()
    discard = Signal()
    stop_all = Signal()

    def __init__(self, theme: Theme, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Close"))
        self.setMinimumWidth(480)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(Size.GRID)
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
        row = QHBoxLayout()
        stop = StopAllButton(theme, compact=True)
        stop.pressed.connect(self.stop_all)
        row.addWidget(stop)
        row.addStretch(1)
        self.stay_button = TextButton(theme, self.tr("Keep working"))
        self.stay_button.clicked.connect(self.reject)
        self.discard_button = TextButton(theme, self.tr("Don't save"))
        self.discard_button.clicked.connect(self._discard)
        self.save_button = TextButton(theme, self.tr("Save"), kind="primary")
        self.save_button.clicked.connect(self._save)
        for button in (self.stay_button, self.discard_button, self.save_button):
            button.setAutoDefault(False)
            row.addWidget(button)
        column.addLayout(row)
        self.stay_button.setDefault(True)

    def ask(self) -> None:
        """Show it, or bring it to the front; the focus is on what changes nothing."""
        self.show()
        self.raise_()
        self.activateWindow()
        self.stay_button.setFocus(Qt.FocusReason.PopupFocusReason)

    def _save(self) -> None:
        self.accept()
        self.save.emit()

    def _discard(self) -> None:
        self.accept()
        self.discard.emit()
