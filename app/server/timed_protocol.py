"""Connections that never finish their headers are closed; uvicorn alone would keep them."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS_WITHIN_S = 15.0


class TimedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with a time within which the headers of a request must be complete."""

    headers_within_s = HEADERS_WITHIN_S

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._late: asyncio.TimerHandle | None = None
        self._in_headers = True
        self._upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """The clock starts with the connection."""
        super().connection_made(transport)
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the clock."""
        self._disarm()
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

    def handle_websocket_upgrade(self) -> None:
        """From here on the websocket's own pings watch the connection."""
        self._upgraded = True
        self._disarm()
        super().handle_websocket_upgrade()

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
