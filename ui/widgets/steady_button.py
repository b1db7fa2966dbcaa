"""A button that changes what it does, and takes no click until that has been seen."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget
from typing_extensions import override

from ui.theme import Theme
from ui.widgets.buttons import TextButton

SETTLING_MS: Final = 500
"""At least this long a new meaning has to stand before it can be clicked."""


class SteadyButton(TextButton):
    """Run that turns into Cancel under the mouse: the second half of a double click does nothing.

    It stays enabled meanwhile, so that it keeps the focus and does not flicker.

    Args:
        theme: Where font and colours come from.
        text: What it does.
        glyph: As for `ui.icons.icon`; '' for none.
        kind: '', 'primary', 'quiet' or 'danger'.
        role: The colour of the icon.

    Attributes:
        taken: It was clicked, by mouse, key or screen reader, and means what it meant when it was
            pressed. To be used instead of `clicked`.
    """

    taken = Signal()

    def __init__(
        self,
        theme: Theme,
        text: str,
        *,
        glyph: str = "",
        kind: str = "",
        role: str = "text",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, text, glyph=glyph, kind=kind, role=role, parent=parent)
        self._meaning = ""
        self._pressed_as = ""
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self.pressed.connect(self._remember)
        self.clicked.connect(self._take)

    @property
    def takes_clicks(self) -> bool:
        """Whether its meaning has stood for long enough."""
        return not self._settling.isActive()

    def mean(self, what: str) -> None:
        """Say what a click does now; another meaning than before has to settle.

        Args:
            what: Tells one meaning from another; never ''.
        """
        if what == self._meaning:
            return
        if self._meaning:
            self._settling.start(max(SETTLING_MS, QApplication.doubleClickInterval()))
        self._meaning = what

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second half of a double click is no click of its own."""
        if event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            return
        super().mouseDoubleClickEvent(event)

    def _remember(self) -> None:
        self._pressed_as = self._meaning

    def _take(self) -> None:
        if self.takes_clicks and self._pressed_as == self._meaning:
            self.taken.emit()
