"""Who is connected for longer than a request: windows, scripts and pages that follow events."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Clients:
    """Counts connections by address. May be read from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._addresses: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """The address of each connection, in the order in which they came."""
        return self._addresses

    @contextmanager
    def connected(self, address: str) -> Iterator[None]:
        """Count a connection while the body of the `with` runs."""
        with self._lock:
            self._addresses = (*self._addresses, address)
        try:
            yield
        finally:
            with self._lock:
                left = list(self._addresses)
                left.remove(address)
                self._addresses = tuple(left)
