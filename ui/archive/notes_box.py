"""A box for notes of several lines, which says when what was typed is meant."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit
from typing_extensions import override


class NotesBox(QPlainTextEdit):
    """Notes of several lines; told when the focus leaves them or Ctrl+Enter is pressed.

    Attributes:
        finished: What was typed is meant.
        sent: Ctrl+Enter was pressed.
    """

    finished = Signal()
    sent = Signal()

    @override
    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.finished.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.finished.emit()
            self.sent.emit()
        else:
            super().keyPressEvent(event)
