"""Head and body of an answer in one write: half the system calls, half the packets."""

from __future__ import annotations

import asyncio
from typing import Any


class Corked:
    """A transport that holds back a first short write until the next one.

    Nothing is held longer than until the loop turns again, so that the head of a stream goes out
    although its body comes later.

    Args:
        transport: Where it goes.
        loop: The loop it runs on.
    """

    _SHORT = 16 * 1024

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._held = b""
        self._turn: asyncio.Handle | None = None

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transport's."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Hold it, or send it behind what was held."""
        if self._turn is None:
            if len(data) > self._SHORT:
                self._transport.write(data)
            else:
                self._held = data
                self._turn = self._loop.call_soon(self.flush)
            return
        held, self._held = self._held, b""
        self._turn.cancel()
        self._turn = None
        if len(data) > self._SHORT:
            self._transport.write(held)
            self._transport.write(data)
        else:
            self._transport.write(held + bytes(data))

    def flush(self) -> None:
        """Send what is held."""
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None
            held, self._held = self._held, b""
            if not self._transport.is_closing():
                self._transport.write(held)

    def close(self) -> None:
        """Send what is held, then close."""
        self.flush()
        self._transport.close()
