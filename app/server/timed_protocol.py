"""Connections that never finish their headers, or stop reading, are closed.

uvicorn alone would keep them for ever.
"""

from __future__ import annotations

import asyncio
import socket
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from app.server.corking import Corked

HEADERS_WITHIN_S = 15.0
STALLED_S = 30.0
STALLED_AT_THE_END_S = 0.5
SOCKET_STALLED_S = 5.0
SOCKET_BUFFER_BYTES = 256 * 1024
TRY_AGAIN_LATER = 1013
"""The close code of a websocket whose reader stopped (RFC 6455, IANA registry)."""


class TimedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with a time for the headers of a request and for a reader that stops."""

    headers_within_s = HEADERS_WITHIN_S
    stalled_s = STALLED_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._late: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._corked: Corked | None = None
        self._in_headers = True
        self._upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """The clock starts with the connection."""
        super().connection_made(transport)
        self._corked = Corked(transport, self.loop)
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clocks."""
        self._disarm()
        self._unstall()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """The clock runs while headers are incomplete, and while nothing else would end it."""
        super().data_received(data)
        if self._upgraded or self.transport.is_closing():
            self._disarm()
        elif self._in_headers or self._idle_for_ever():
            self._arm()
        elif self._late is not None:
            self._disarm()

    def on_message_begin(self) -> None:
        """Headers follow."""
        self._in_headers = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """They are all there."""
        self._in_headers = False
        super().on_headers_complete()
        cycle = cast("Any", self.cycle)
        if cycle is not None and self._corked is not None:
            cycle.transport = self._corked

    def handle_websocket_upgrade(self) -> None:
        """From here on the websocket's own pings watch the connection."""
        self._upgraded = True
        self._disarm()
        super().handle_websocket_upgrade()

    def pause_writing(self) -> None:
        """The client does not keep up: it has a while to read on."""
        super().pause_writing()
        self._unstall()
        self._stalled = self.loop.call_later(self.stalled_s, self.transport.abort)

    def resume_writing(self) -> None:
        """It reads on."""
        self._unstall()
        super().resume_writing()

    def shutdown(self) -> None:
        """The server ends; who does not read now is not waited for."""
        super().shutdown()
        if self._stalled is not None:
            self._unstall()
            self._stalled = self.loop.call_later(STALLED_AT_THE_END_S, self.transport.abort)

    def _unstall(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None

    def _idle_for_ever(self) -> bool:
        """Whether a few stray bytes stopped uvicorn's own clock between two requests."""
        cycle = cast("Any", self.cycle)
        done = cycle is None or cycle.response_complete
        return bool(done) and self.timeout_keep_alive_task is None

    def _arm(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(self.headers_within_s, self._close_late)

    def _disarm(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _close_late(self) -> None:
        self._late = None
        if not self.transport.is_closing():
            self.transport.close()


class TimedSocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's websocket protocol; a reader that stops is told so and dropped."""

    stalled_s = SOCKET_STALLED_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The system may hold little for it: it would hide for megabytes that nobody reads."""
        super().connection_made(transport)
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SOCKET_BUFFER_BYTES)

    def pause_writing(self) -> None:
        """The client does not keep up: it has a while to read on."""
        super().pause_writing()
        self._unstall()
        self._stalled = self.loop.call_later(self.stalled_s, self._say_goodbye)

    def resume_writing(self) -> None:
        """It reads on."""
        self._unstall()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._unstall()
        super().connection_lost(exc)
        self.writable.set()  # who waits to send must not wait for ever

    def _say_goodbye(self) -> None:
        """Put the close frame behind what waits; whoever reads on finds it, for a while."""
        self.conn.fail(TRY_AGAIN_LATER, "the client does not read")
        self.transport.write(b"".join(self.conn.data_to_send()))
        self._stalled = self.loop.call_later(self.stalled_s, self.transport.abort)

    def _unstall(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
