"""Messages reach the service of Linux desktops, over a bus of the test's own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ui.notifications.desktop import DesktopError
from ui.notifications.message import Message
from ui.notifications.system import desktop_of_this_system
from ui.notifications.tray import TrayMessages

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from tests.ui.conftest import RunCoroutine

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="other systems have no D-Bus"
)

BUS = "org.freedesktop.DBus"
SERVICE = "org.freedesktop.Notifications"


class Bus:
    """A message bus with one service on it, as much of both as a client sees."""

    def __init__(self) -> None:
        self.notified: list[tuple[Any, ...]] = []
        self.refuses = False
        self._numbers = iter(range(41, 1000))
        self._serials = iter(range(1, 1000))
        self._writer: asyncio.StreamWriter | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from jeepney import Parser

        self._writer = writer
        assert (await reader.readuntil(b"\r\n")).startswith(b"\0AUTH EXTERNAL")
        writer.write(b"OK 0123456789abcdef0123456789abcdef\r\n")
        assert await reader.readuntil(b"\r\n") == b"BEGIN\r\n"
        parser = Parser()
        while data := await reader.read(4096):
            parser.add_data(data)
            while (message := parser.get_next_message()) is not None:
                self._answer(message)
        writer.close()

    def click(self, number: int) -> None:
        """The operator clicks on a message."""
        from jeepney import DBusAddress, new_signal

        emitter = DBusAddress(f"/{SERVICE.replace('.', '/')}", SERVICE, SERVICE)
        self._send(new_signal(emitter, "ActionInvoked", "us", (number, "default")))

    def hang_up(self) -> None:
        """The desktop session ends."""
        assert self._writer is not None
        self._writer.close()

    def _answer(self, message: Any) -> None:
        from jeepney import HeaderFields, new_error, new_method_return

        member = message.header.fields[HeaderFields.member]
        if member == "Hello":
            answer = new_method_return(message, "s", (":1.7",))
        elif member == "Notify" and self.refuses:
            answer = new_error(message, f"{BUS}.Error.ServiceUnknown", "s", ("nobody there",))
        elif member == "Notify":
            assert message.header.fields[HeaderFields.signature] == "susssasa{sv}i"
            self.notified.append(message.body)
            answer = new_method_return(message, "u", (next(self._numbers),))
        else:
            answer = new_method_return(message)
        # Who asked is told by the bus itself, as its first message to it.
        answer.header.fields[HeaderFields.destination] = ":1.7"
        self._send(answer)

    def _send(self, message: Any) -> None:
        assert self._writer is not None
        self._writer.write(message.serialise(next(self._serials)))


@asynccontextmanager
async def a_bus(folder: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bus]:
    bus = Bus()
    socket = folder / "bus"
    server = await asyncio.start_unix_server(bus.serve, socket)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={socket}")
    async with server:
        yield bus


def test_a_message_is_shown_and_a_click_on_it_is_heard(
    run: RunCoroutine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QObject
) -> None:
    async def tell_and_click() -> Bus:
        async with a_bus(tmp_path, monkeypatch) as bus:
            desktop = desktop_of_this_system(qapp)
            clicked = asyncio.Event()
            desktop.clicked.connect(clicked.set)
            await desktop.show(Message("Snap failed", "no <b>light</b> & no sound", trouble=True))
            bus.click(7)  # somebody else's
            bus.click(41)
            await clicked.wait()
            await desktop.show(Message("Snap failed again", trouble=True))
            await desktop.show(Message("Snap is done"))
            await desktop.close()
            return bus

    bus = run(tell_and_click())

    sender, replaced, _, title, body, _, hints, _ = bus.notified[0]
    assert (sender, replaced, title) == ("Labwright", 0, "Snap failed")
    assert body == "no &lt;b&gt;light&lt;/b&gt; &amp; no sound", "a device writes no markup"
    assert hints["urgency"] == ("y", 2)
    assert bus.notified[1][1] == 41, "a newer message takes the place of the older one"
    assert bus.notified[2][1] == 0, "of its own kind only"


def test_a_desktop_that_refuses_or_is_gone_is_said_and_tried_again_later(
    run: RunCoroutine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QObject
) -> None:
    async def tell() -> Bus:
        async with a_bus(tmp_path, monkeypatch) as bus:
            desktop = desktop_of_this_system(qapp)
            bus.refuses = True
            with pytest.raises(DesktopError, match="nobody there"):
                await desktop.show(Message("one"))
            bus.refuses = False
            await desktop.show(Message("two"))
            bus.hang_up()
            with pytest.raises(DesktopError, match="no desktop answers"):
                await desktop.show(Message("three"))
            await desktop.show(Message("four"))
            await desktop.close()
            return bus

    bus = run(tell())

    assert [each[3] for each in bus.notified] == ["two", "four"]


def test_without_a_session_or_with_a_dead_one_it_is_said(
    run: RunCoroutine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QObject
) -> None:
    async def refusal(address: str) -> str:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with pytest.raises(DesktopError) as refused:
            await desktop_of_this_system(qapp).show(Message("hello"))
        return str(refused.value)

    assert run(refusal("")) == "there is no desktop session"
    assert "no desktop answers" in run(refusal(f"unix:path={tmp_path / 'nobody'}"))
    assert "no desktop answers" in run(refusal("tcp:host=localhost,port=1"))


def test_where_there_is_no_tray_it_is_said(
    run: RunCoroutine, monkeypatch: pytest.MonkeyPatch, qapp: QObject
) -> None:
    monkeypatch.setattr(
        "ui.notifications.tray.QSystemTrayIcon.isSystemTrayAvailable", lambda: False
    )

    async def show() -> None:
        with pytest.raises(DesktopError, match="no tray"):
            await TrayMessages(qapp).show(Message("hello"))

    run(show())
