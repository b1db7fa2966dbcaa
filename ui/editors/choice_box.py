"""The combo box of editors: a key that is brushed sends nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ui.theme import Theme
from ui.widgets import ComboBox


class ChoiceBox(ComboBox):
    """A combo box in which only choosing from its list, or Enter, means that it is to be sent.

    While the list is closed, arrow keys, letters and the wheel change what stands there, as in a
    box of numbers; none of them is a decision yet.

    Attributes:
        stepped: Another entry was chosen with the list closed; its number.
        picked: An entry was chosen from the list; its number.
        committed: Enter, the list being closed.
        reverted: Esc, the list being closed.
    """

    stepped = Signal(int)
    picked = Signal(int)
    committed = Signal()
    reverted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._closed = False
        self.activated.connect(self._told)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.reverted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.committed.emit()
        else:
            with self._list_closed():
                super().keyPressEvent(event)

    @override
    def wheelEvent(self, event: QWheelEvent) -> None:
        with self._list_closed():
            super().wheelEvent(event)

    @contextmanager
    def _list_closed(self) -> Iterator[None]:
        """Whatever is chosen in the body of the `with` is not chosen from the list."""
        self._closed = True
        try:
            yield
        finally:
            self._closed = False

    def _told(self, index: int) -> None:
        (self.stepped if self._closed else self.picked).emit(index)
