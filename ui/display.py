"""Whether a window can be opened here, found out before Qt is asked: Qt would abort."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import socket
import sys
from pathlib import Path


def why_no_display() -> str | None:
    """Why no window can be opened, in words; None where one can.

    Where another Qt platform is asked for by `QT_QPA_PLATFORM`, that is believed.
    """
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0].partition("-")[0]
    if not sys.platform.startswith("linux") or platform not in ("", "xcb", "wayland"):
        return None
    if platform != "xcb" and _wayland_answers():
        return None
    if platform == "wayland":
        return "the Wayland display cannot be reached"
    display = os.environ.get("DISPLAY")
    if not display:
        return "there is no display (DISPLAY is not set)"
    reason = _why_not_reached(display) or _why_no_plugin()
    if reason is None:
        # Qt would try a Wayland that is named but dead first, and abort.
        os.environ["QT_QPA_PLATFORM"] = "xcb"
    return reason


def _wayland_answers() -> bool:
    """Whether the socket of a Wayland compositor takes a connection."""
    name = os.environ.get("WAYLAND_DISPLAY")
    if not name:
        return False
    path = Path(os.environ.get("XDG_RUNTIME_DIR", ""), name)
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1.0)
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def _why_not_reached(display: str) -> str | None:
    """Try to connect as Qt would, by the same library and with the same right to."""
    name = ctypes.util.find_library("xcb") or "libxcb.so.1"
    try:
        xcb = ctypes.CDLL(name)
    except OSError as error:
        return f"a system library is missing: {error}"
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return f"the display {display} cannot be reached" if failed else None


def _why_no_plugin() -> str | None:
    """Try to load Qt's platform plugin, which says what system library is missing."""
    import PySide6

    plugin = Path(PySide6.__path__[0], "Qt", "plugins", "platforms", "libqxcb.so")
    if not plugin.exists():
        return None
    try:
        ctypes.CDLL(str(plugin))
    except OSError as error:
        return f"a system library is missing: {error}"
    return None
