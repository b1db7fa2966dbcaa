"""Whether the operator is typing into an editor right now."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QWidget
from shiboken6 import isValid

from ui.editors.number_box import NumberBox


def is_typed_in(editor: QWidget) -> bool:
    """Whether a text of the operator's own stands in a box of it that has the focus.

    Such a text is not to be written anew, be it equal to what is confirmed: '2' may become '25'.
    """
    focus = QApplication.focusWidget()
    if focus is None or not isValid(editor) or not (focus is editor or editor.isAncestorOf(focus)):
        return False
    if isinstance(focus, NumberBox):
        return focus.is_typed
    return isinstance(focus, QLineEdit | QPlainTextEdit)
