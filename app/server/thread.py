"""The server on a thread of its own, with a loop of its own: never in the window's way.

FastAPI and uvicorn are imported in that thread, when it starts; they take 0.3 s.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.bench import Bench
from app.errors import PortError
from app.handles import ServerInfo
from app.server.clients import Clients
from app.server.ports import listening_sockets
from app.server.settings import ServerSettings

if TYPE_CHECKING:
    from uvicorn import Server

_log = logging.getLogger("labwright.server")

START_WITHIN_S = 30.0
STOP_WITHIN_S = 5.0
_GRACE_S = 1


class ServerThread:
    """Serves a bench until it is stopped.

    Args:
        bench: What is served; it is neither opened nor closed here.
        settings: Where and how.

    Attributes:
        url: Where it answers; '' while it does not.
        note: What an operator should know, such as 'port 7170 was taken, 7171 is used'.
    """

    def __init__(self, bench: Bench, settings: ServerSettings) -> None:
        self._bench = bench
        self._settings = settings
        self._server: Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._clients = Clients()
        self.url = ""
        self.note = ""

    @property
    def info(self) -> ServerInfo:
        """Where the bench can be reached."""
        return ServerInfo(self.url, self.note, self.clients)

    @property
    def clients(self) -> tuple[str, ...]:
        """The address of each connection that follows the bench."""
        return self._clients.addresses

    def start(self) -> None:
        """Listen; returns once it answers.

        Raises:
            PortError: No port could be had.
            RuntimeError: It did not come up, or runs already.
        """
        if self._thread is not None:
            raise RuntimeError("the server has been started already")
        sockets, self.note = listening_sockets(self._settings.host, self._settings.port)
        self._thread = threading.Thread(
            target=self._run, args=(sockets,), name="server", daemon=True
        )
        self._thread.start()
        if not self._ready.wait(START_WITHIN_S) or self._failure is not None:
            failure = self._failure
            self.stop()
            raise RuntimeError("the server did not come up") from failure
        self.url = _url(self._settings.host, sockets[0].getsockname()[1])
        _log.info("Serving %s at %s", self._bench.spec.title, self.url)

    def stop(self, timeout_s: float = STOP_WITHIN_S) -> None:
        """End all connections, streams too, and the thread.

        Args:
            timeout_s: How long to wait, in seconds; after that the loop is torn down.
        """
        thread, server, loop = self._thread, self._server, self._loop
        if thread is None:
            return
        if server is not None:
            server.should_exit = True
        thread.join(timeout_s)
        if thread.is_alive() and server is not None and loop is not None:
            _log.error("The server did not end within %s s; its loop is stopped.", timeout_s)
            server.force_exit = True
            loop.call_soon_threadsafe(loop.stop)
            thread.join(timeout_s)
        self.url = ""

    def _run(self, sockets: Sequence[socket.socket]) -> None:
        try:
            from app.server.running import running_server

            self._server = running_server(
                self._bench,
                self._settings,
                grace_s=_GRACE_S,
                started=self._started,
                clients=self._clients,
            )
            self._server.run(sockets=list(sockets))
        except BaseException as error:  # uvicorn ends with SystemExit when it cannot start
            self._failure = error
            _log.exception("The server ended.")
        finally:
            for listener in sockets:
                listener.close()
            self._ready.set()

    def _started(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ready.set()


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


__all__ = ["PortError", "ServerThread"]
