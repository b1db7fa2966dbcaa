"""The guard: who may ask at all, before anything else happens. Plain ASGI, HTTP and websocket.

A web page in the operator's own browser must not reach the bench: not by a form or a script from
another site, not by a name it had pointed here (DNS rebinding), not by a websocket. Programs send
no Origin and pass; what they send as Host must be ours.
"""

from __future__ import annotations

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.addresses import LOOPBACK_NAMES, host_and_port, origin_parts
from app.server.answers import Refused, answer_to
from app.server.settings import ServerSettings

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_REMEMBERED = 64
_EVERYWHERE = frozenset({"0.0.0.0", "::", ""})


class Guard:
    """Refuses foreign hosts, foreign origins and what other sites make a browser send.

    Args:
        app: What is guarded.
        settings: Where the server listens, and which origins may ask beside its own.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        names = set(LOOPBACK_NAMES)
        if settings.host not in _EVERYWHERE:
            own = host_and_port(f"[{settings.host}]" if ":" in settings.host else settings.host)
            if own is not None:
                names.add(own[0])
        self._names = frozenset(names)
        self._origins = settings.allowed_origins
        self._known: dict[tuple[bytes, int | None], bool] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on or refuse."""
        if scope["type"] in ("http", "websocket"):
            try:
                self._check(scope)
            except Refused as refused:
                await _refuse(answer_to(refused, scope["path"]), scope, receive, send)
                return
        await self._app(scope, receive, send)

    def _check(self, scope: Scope) -> None:
        hosts: list[bytes] = []
        origins: list[bytes] = []
        site = mode = target = b""
        for name, value in scope["headers"]:
            if name == b"host":
                hosts.append(value)
            elif name == b"origin":
                origins.append(value)
            elif name == b"sec-fetch-site":
                site = value.lower()
            elif name == b"sec-fetch-mode":
                mode = value.lower()
            elif name == b"sec-fetch-dest":
                target = value.lower()
        port = scope["server"][1] if scope.get("server") else None
        self._check_host(hosts, port)
        listed = False
        if origins:
            listed = self._check_origin(origins, scope, port)
        if site in (b"cross-site", b"same-site") and not listed:
            reading = scope["type"] == "http" and scope["method"] in _READING
            if not (reading and mode == b"navigate" and target == b"document"):
                raise Refused(403, "Other site", "Another web site may not use this bench.")

    def _check_host(self, hosts: list[bytes], port: int | None) -> None:
        if len(hosts) != 1:
            raise Refused(400, "Bad host", "Exactly one Host header was expected.")
        key = (hosts[0], port)
        known = self._known.get(key)
        if known is None:
            known = self._ours(hosts[0], port)
            if known and len(self._known) < _REMEMBERED:
                self._known[key] = known
        if not known:
            raise Refused(421, "Not this host", "This bench is not served under that name.")

    def _ours(self, host: bytes, port: int | None) -> bool:
        try:
            parts = host_and_port(host.decode("ascii"))
        except UnicodeDecodeError:
            return False
        return parts is not None and parts[0] in self._names and parts[1] in (None, port)

    def _check_origin(self, origins: list[bytes], scope: Scope, port: int | None) -> bool:
        """Refuse a foreign origin.

        Returns:
            Whether it is one of the settings' list.
        """
        if len(origins) == 1:
            origin = origins[0].decode("latin-1")
            if origin in self._origins:
                return True
            parts = origin_parts(origin)
            scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
            if (
                parts is not None
                and parts[0] == scheme
                and parts[1] in self._names
                and parts[2] == port
            ):
                return False
        raise Refused(403, "Foreign origin", "Pages of this origin may not use this bench.")


async def _refuse(answer: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await answer(scope, receive, send)
        return
    connect: Message = await receive()
    if connect["type"] != "websocket.connect":
        return
    if "websocket.http.response" in scope.get("extensions", {}):
        await answer(scope, receive, send)
    else:
        await send({"type": "websocket.close", "code": 1008})
