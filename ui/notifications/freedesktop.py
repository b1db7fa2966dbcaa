"""Messages by `org.freedesktop.Notifications`, the D-Bus service of Linux desktops.

QtDBus cannot ask for them from Python: it has no way to say 'unsigned', which the service wants.
The protocol: https://specifications.freedesktop.org/notification-spec/1.2/
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import os
from typing import Any, Final

from jeepney import DBusAddress, DBusErrorResponse, MatchRule, message_bus, new_method_call
from jeepney.auth import AuthenticationError
from jeepney.io.asyncio import DBusConnection, DBusRouter, open_dbus_connection
from jeepney.io.common import RouterClosed
from jeepney.wrappers import unwrap_msg
from PySide6.QtCore import QObject, Signal

from ui.notifications.desktop import DesktopError
from ui.notifications.message import Message

ANSWER_S: Final = 5.0
"""So long the desktop may take to answer; it may have to start the service first."""

_NAME: Final = "org.freedesktop.Notifications"
_SERVICE: Final = DBusAddress("/org/freedesktop/Notifications", _NAME, _NAME)
_NORMAL: Final = 1
_CRITICAL: Final = 2


class FreedesktopMessages(QObject):
    """Connects with the first message and stays connected: a click comes later.

    Attributes:
        clicked: The operator clicked on a message.
    """

    clicked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._connection: DBusConnection | None = None
        self._router: DBusRouter | None = None
        self._listening: asyncio.Task[None] | None = None
        self._shown: dict[bool, int] = {}

    async def show(self, message: Message) -> None:
        """Show a message; trouble stays until somebody has looked.

        Raises:
            DesktopError: There is no desktop, or it shows no messages.
        """
        if not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
            raise DesktopError("there is no desktop session")
        try:
            async with asyncio.timeout(ANSWER_S):
                router = await self._connected()
                answer = await router.send_and_get_reply(self._call(message))
            (self._shown[message.trouble],) = unwrap_msg(answer)
        except DBusErrorResponse as error:
            raise DesktopError(f"the desktop refuses: {error}") from error
        except (
            OSError,
            EOFError,
            RuntimeError,
            KeyError,  # jeepney's word for a connection that was lost while it waits
            TimeoutError,
            AuthenticationError,
            RouterClosed,
        ) as error:
            await self.close()
            raise DesktopError(f"no desktop answers: {error!r}") from error

    async def close(self) -> None:
        """Let go of the desktop."""
        router, self._router = self._router, None
        connection, self._connection = self._connection, None
        self._shown.clear()
        if self._listening is not None:
            self._listening.cancel()
            self._listening = None
        if router is not None:
            with contextlib.suppress(EOFError, OSError):
                await router.__aexit__(None, None, None)
        if connection is not None:
            with contextlib.suppress(OSError):
                await connection.close()

    def _call(self, message: Message) -> Any:
        hints = {"urgency": ("y", _CRITICAL if message.trouble else _NORMAL)}
        icon = "dialog-warning" if message.trouble else "dialog-information"
        # The title is plain; the body may be markup, which a device must not write.
        body = html.escape(message.details, quote=False)
        replaced = self._shown.get(message.trouble, 0)
        actions = ["default", ""]
        return new_method_call(
            _SERVICE,
            "Notify",
            "susssasa{sv}i",
            ("Labwright", replaced, icon, message.text, body, actions, hints, -1),
        )

    async def _connected(self) -> DBusRouter:
        if self._router is None:
            self._connection = await open_dbus_connection("SESSION")
            router = self._router = DBusRouter(self._connection)
            rule = MatchRule(type="signal", interface=_NAME, member="ActionInvoked")
            await router.send_and_get_reply(message_bus.AddMatch(rule))
            self._listening = asyncio.get_running_loop().create_task(self._listen(router, rule))
        return self._router

    async def _listen(self, router: DBusRouter, rule: MatchRule) -> None:
        with router.filter(rule, bufsize=16) as clicks:
            while True:
                click = await clicks.get()
                number = click.body[0] if click.body else None
                if number in self._shown.values():
                    self.clicked.emit()
