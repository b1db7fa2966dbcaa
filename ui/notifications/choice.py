"""What the operator wants to be told of, remembered for all benches."""

from __future__ import annotations

import enum

from PySide6.QtCore import QSettings


class Tell(enum.Enum):
    """Which ends of runs are told."""

    NOTHING = "nothing"
    FAILED = "failed"
    LONG = "long"
    """What failed, and what took long: nobody sits in front of that."""
    ALL = "all"


class NotificationChoice:
    """Keeps the choice in the window's settings.

    Args:
        settings: Where; never the application's global ones.
    """

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings

    @property
    def tell(self) -> Tell:
        """What is told; at first what failed and what took long."""
        try:
            return Tell(self._settings.value("notifications/tell", Tell.LONG.value))
        except ValueError:
            return Tell.LONG

    @tell.setter
    def tell(self, tell: Tell) -> None:
        self._settings.setValue("notifications/tell", tell.value)

    @property
    def on_desktop(self) -> bool:
        """Whether the desktop tells it too while no window of ours is in front; at first so."""
        return self._settings.value("notifications/desktop", "yes") != "no"

    @on_desktop.setter
    def on_desktop(self, on: bool) -> None:
        self._settings.setValue("notifications/desktop", "yes" if on else "no")
