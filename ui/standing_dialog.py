"""What all dialogs of the window have in common: they stop nothing, and STOP ALL is in them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ui.theme import Size, Theme
from ui.widgets import StopAllButton


class StandingDialog(QDialog):
    """Non-modal: the window stays in use. At its foot STOP ALL and, at the right, its buttons.

    Args:
        theme: Where the look comes from.
        title: Of the dialog.
        parent: The window it stands over.
        passing: Whether it is gone for good when it is closed.

    Attributes:
        stop_all: STOP ALL was pressed in the dialog.
        column: Where its contents go; the foot comes last, by `add_foot`.
    """

    stop_all = Signal()

    def __init__(self, theme: Theme, title: str, parent: QWidget, *, passing: bool = False) -> None:
        super().__init__(parent)
        self._theme = theme
        # A modal one takes the shortcut of STOP ALL away.
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, passing)
        self.setWindowTitle(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 20)
        self.column.setSpacing(Size.GRID)

    def add_foot(self, *buttons: QPushButton, default: QPushButton | None = None) -> None:
        """Add the last row.

        Args:
            *buttons: From left to right.
            default: The one that Enter presses, wherever the focus is; None for none.
        """
        row = QHBoxLayout()
        stop = StopAllButton(self._theme, compact=True)
        stop.pressed.connect(self.stop_all)
        row.addWidget(stop)
        row.addStretch(1)
        for button in buttons:
            # Or the first one would be pressed by Enter in any line.
            button.setAutoDefault(False)
            row.addWidget(button)
        if default is not None:
            default.setDefault(True)
        self.column.addLayout(row)

    def come_forward(self, focus: QWidget | None = None) -> None:
        """Show it, or bring it to the front.

        Args:
            focus: What gets the focus.
        """
        self.show()
        self.raise_()
        self.activateWindow()
        if focus is not None:
            focus.setFocus(Qt.FocusReason.PopupFocusReason)
