"""Live frames of a bench elsewhere: raw, the newest only, in a thread of their own."""

from __future__ import annotations

import logging
import random
import socket
import threading
from collections.abc import Callable
from typing import Any, Final

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from app.frame_wire import NEXT, frame_from
from app.wire import WireError
from things.streams import Frame

_log = logging.getLogger(__name__)

CONNECT_WITHIN_S: Final = 5.0
FIRST_PAUSE_S: Final = 0.2
LONGEST_PAUSE_S: Final = 5.0
MAX_FRAME_BYTES: Final = 2**29


class RemoteFrameReader:
    """Reads one stream; comes back by itself when the line was cut.

    The next frame is asked for when the last one was taken: a window that draws slowly, or not at
    all, costs the line nothing, and never sees an old frame.

    Args:
        url: Of the stream, such as 'http://127.0.0.1:7170/camera/live'.
        wake: Called from this reader's thread when a frame is there; must not block.
        pauses_s: How long to wait before the first new try and, doubling, at the longest.
    """

    def __init__(
        self,
        url: str,
        wake: Callable[[], None],
        *,
        pauses_s: tuple[float, float] = (FIRST_PAUSE_S, LONGEST_PAUSE_S),
    ) -> None:
        self._url = "ws" + url.removeprefix("http")
        self._wake = wake
        self._pauses_s = pauses_s
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._frame: Frame | None = None
        self._connection: ClientConnection | None = None
        self._closed = threading.Event()
        self._last_number = 0
        self._skipped = 0
        self._thread = threading.Thread(target=self._run, name="remote-frames", daemon=True)
        self._thread.start()

    @property
    def skipped(self) -> int:
        """How many frames passed unseen."""
        return self._skipped

    def newest(self) -> Frame | None:
        """The newest frame since the last call, or None; never blocks."""
        with self._lock:
            frame, self._frame = self._frame, None
            if frame is None:
                return None
            # A stream that begins anew counts from 1 again.
            if 0 < self._last_number < frame.number:
                self._skipped += frame.number - self._last_number - 1
            self._last_number = frame.number
        self._wanted.set()
        return frame

    def close(self) -> None:
        """Stop reading; never blocks."""
        with self._lock:
            self._frame = None
            self._closed.set()
            connection = self._connection
        self._wanted.set()
        if connection is not None:
            _cut(connection)

    def join(self, timeout_s: float) -> bool:
        """Wait until the thread has ended.

        Returns:
            Whether it has.
        """
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        first_s, longest_s = self._pauses_s
        pause_s = first_s
        while not self._closed.is_set():
            number = self._last_number
            try:
                self._read()
            except (OSError, WebSocketException, WireError) as error:
                _log.debug("%s: %s", self._url, error)
            if self._closed.is_set():
                return
            pause_s = first_s if self._last_number != number else min(2 * pause_s, longest_s)
            self._wanted.clear()
            # A frame that waits to be taken may wake us early; that is as good a time as any.
            self._wanted.wait(pause_s * random.uniform(0.7, 1.0))

    def _read(self) -> None:
        """One connection, from its beginning to its end."""
        with connect(
            self._url,
            open_timeout=CONNECT_WITHIN_S,
            close_timeout=0.5,
            max_size=MAX_FRAME_BYTES,
            # Pixels hardly shrink, and shrinking them takes longer than sending them.
            compression=None,
            proxy=None,
        ) as connection:
            with self._lock:
                if self._closed.is_set():
                    return
                self._connection = connection
            try:
                while not self._closed.is_set():
                    self._wanted.clear()
                    connection.send(NEXT)
                    self._take(connection.recv())
                    self._wanted.wait()
            finally:
                with self._lock:
                    self._connection = None

    def _take(self, message: Any) -> None:
        if not isinstance(message, bytes):
            raise WireError("a frame was expected")
        frame = frame_from(message)
        with self._lock:
            if self._closed.is_set():
                return
            self._frame = frame
        try:
            self._wake()
        except Exception:  # somebody else's code
            _log.exception("A reader of a stream failed; the frames go on.")


def _cut(connection: ClientConnection) -> None:
    """End a connection without a farewell, which might have to be waited for."""
    try:
        connection.socket.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it was closed already
