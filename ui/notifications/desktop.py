"""Messages of the desktop, outside our windows."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import SignalInstance

from ui.notifications.message import Message


class DesktopError(Exception):
    """The desktop shows no messages; the reason in words."""


class Desktop(Protocol):
    """Shows messages where the operator looks at other programs.

    Attributes:
        clicked: The operator clicked on one of ours.
    """

    @property
    def clicked(self) -> SignalInstance:
        """The operator clicked on a message."""

    async def show(self, message: Message) -> None:
        """Show a message; one of the same kind takes the place of the one before.

        Raises:
            DesktopError: There is nobody who would show it.
        """

    async def close(self) -> None:
        """Show nothing any more."""
