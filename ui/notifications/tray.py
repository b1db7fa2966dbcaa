"""Messages by an icon in the tray, as Windows and macOS show them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QStyle, QSystemTrayIcon

from ui.notifications.desktop import DesktopError
from ui.notifications.message import Message

SHOWN_MS = 10_000


class TrayMessages(QObject):
    """The icon comes with the first message.

    Attributes:
        clicked: The operator clicked on a message or on the icon.
    """

    clicked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._icon: QSystemTrayIcon | None = None

    async def show(self, message: Message) -> None:
        """Show a message.

        Raises:
            DesktopError: There is no tray, or it shows no messages.
        """
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            raise DesktopError("there is no tray that shows messages")
        if self._icon is None:
            self._icon = QSystemTrayIcon(_icon(), self)
            self._icon.setToolTip(QApplication.applicationDisplayName())
            self._icon.messageClicked.connect(self.clicked)
            self._icon.activated.connect(lambda _reason: self.clicked.emit())
            self._icon.show()
        kinds = QSystemTrayIcon.MessageIcon
        kind = kinds.Warning if message.trouble else kinds.Information
        self._icon.showMessage(message.text, message.details, kind, SHOWN_MS)

    async def close(self) -> None:
        """Take the icon away."""
        if self._icon is not None:
            self._icon.hide()


def _icon() -> QIcon:
    icon = QApplication.windowIcon()
    if icon.isNull():
        icon = QApplication.style().standardIcon(QStyle.StandardPixmap.SP_ComputerIcon)
    return icon
