"""uvicorn, set up as this program wants it."""

from __future__ import annotations

import socket
from collections.abc import Callable

import uvicorn

from app.bench import Bench
from app.server.clients import Clients
from app.server.factory import create_app
from app.server.settings import ServerSettings
from app.server.timed_protocol import TimedProtocol, TimedSocketProtocol

_WEBSOCKET_MESSAGE_BYTES = 1024 * 1024


class _Server(uvicorn.Server):
    """uvicorn's server; it says when it has started, and ends long-lived connections first.

    Args:
        config: uvicorn's.
        started: Called on the loop once connections are accepted.
        stopping: Called on the loop before connections are waited for.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        started: Callable[[], None],
        stopping: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._tell_started = started
        self._tell_stopping = stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self._tell_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End streams and event sources, then the rest."""
        self._tell_stopping()
        await super().shutdown(sockets)


def running_server(
    bench: Bench,
    settings: ServerSettings,
    *,
    grace_s: int,
    started: Callable[[], None],
    clients: Clients | None = None,
) -> uvicorn.Server:
    """A server for a bench, to be run in the calling thread.

    Args:
        bench: What is served.
        settings: How.
        grace_s: How long connections are waited for at the end, in seconds.
        started: Called on the loop once connections are accepted.
        clients: Counts who is connected.
    """
    app = create_app(bench, settings, clients)
    config = uvicorn.Config(
        app,
        http=TimedProtocol,
        ws=TimedSocketProtocol,
        ws_max_size=_WEBSOCKET_MESSAGE_BYTES,
        lifespan="on",
        log_config=None,
        log_level="warning",
        access_log=False,
        # uvicorn trusts forwarded headers from loopback by default.
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=grace_s,
    )
    return _Server(config, started, app.state.long_lived.close)
