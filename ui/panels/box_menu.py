"""The menu of a box in a field: what any text has, and what the field has."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QAbstractSpinBox, QLineEdit, QMenu, QPlainTextEdit, QWidget
from typing_extensions import override


class BoxMenus(QObject):
    """Adds the field's own actions to the menus of its boxes.

    A text box opens a menu of its own, and so hides that of the field it stands in, just where
    the operator looks for it.
    """

    def __init__(
        self, boxes: Iterable[QWidget], actions: Callable[[QMenu], list[QAction]], parent: QObject
    ) -> None:
        """Watch boxes.

        Args:
            boxes: Those of the field; what is no text box is left alone.
            actions: Makes the field's actions for a menu.
            parent: The owner.
        """
        super().__init__(parent)
        self._actions = actions
        for box in boxes:
            box.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ContextMenu or not isinstance(event, QContextMenuEvent):
            return False
        menu = _menu_of_text(watched)
        if menu is None:
            return False
        menu.addSeparator()
        menu.addActions(self._actions(menu))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())
        return True


def _menu_of_text(box: QObject) -> QMenu | None:
    """What any text has: undo, copy, paste; None where the box has no text to be edited."""
    if isinstance(box, QAbstractSpinBox):
        return box.lineEdit().createStandardContextMenu()
    if isinstance(box, QLineEdit | QPlainTextEdit):
        return box.createStandardContextMenu()
    return None
