"""Things that are dragged from the bench list, and the places they can be dropped on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

MIME_TYPE: Final = "application/x-labwright-thing"
"""The name of one Thing, in UTF-8."""


def thing_as_mime(name: str) -> QMimeData:
    """A Thing as it is dragged; its name as text, too, for a script in an editor."""
    data = QMimeData()
    data.setData(MIME_TYPE, name.encode())
    data.setText(name)
    return data


def dropped_thing(data: QMimeData) -> str:
    """The name of the Thing that is dragged; '' for anything else."""
    return bytes(data.data(MIME_TYPE).data()).decode(errors="replace")


class ThingDrop(QObject):
    """Lets Things be dropped on a widget.

    Args:
        target: The widget.
        takes: Whether it knows what to do with a Thing; asked while the mouse is over it.
        call: Does it.
    """

    def __init__(
        self, target: QWidget, takes: Callable[[str], bool], call: Callable[[str], None]
    ) -> None:
        super().__init__(target)
        self._takes = takes
        self._call = call
        target.setAcceptDrops(True)
        target.installEventFilter(self)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See to what concerns Things; anything else goes on to the widget and those around it."""
        kinds = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)
        if event.type() not in kinds or not isinstance(event, QDropEvent):
            return False
        name = dropped_thing(event.mimeData())
        if not name or not self._takes(name):
            return False
        event.acceptProposedAction()
        if event.type() is QEvent.Type.Drop:
            self._call(name)
        return True
