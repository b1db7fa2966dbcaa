"""Who shows messages of the desktop on this system."""

from __future__ import annotations

import platform

from PySide6.QtCore import QObject

from ui.notifications.desktop import Desktop


def desktop_of_this_system(parent: QObject) -> Desktop:
    """The D-Bus service of Linux desktops, else the tray; nothing is asked of either yet."""
    if platform.system() == "Linux":
        from ui.notifications.freedesktop import FreedesktopMessages

        return FreedesktopMessages(parent)
    from ui.notifications.tray import TrayMessages

    return TrayMessages(parent)
