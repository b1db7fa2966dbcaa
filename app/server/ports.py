"""Sockets to listen on: a taken port gives way to the next one, and it is said."""

from __future__ import annotations

import errno
import logging
import socket
import sys
from collections.abc import Sequence

from app.errors import PortError
from app.server.settings import DEFAULT_PORT

_log = logging.getLogger("labwright.server")

MORE_PORTS = 20
_BACKLOG = 2048
_TAKEN = (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", -1))
_FORBIDDEN = (errno.EACCES, errno.EPERM, getattr(errno, "WSAEACCES", -1))


def listening_sockets(host: str, port: int) -> tuple[Sequence[socket.socket], str]:
    """Sockets that listen, all on one port.

    Args:
        host: An address, or 'localhost' for 127.0.0.1 and, where there is IPv6, ::1.
        port: 0 for any; one that is taken gives way to one of the next 20.

    Returns:
        The sockets, and a note for the operator: '' or what was done instead.

    Raises:
        PortError: No port could be had.
    """
    if port == 0:
        return _bound(host, 0), ""
    note = ""
    first = port
    for candidate in range(port, min(port + MORE_PORTS, 65535) + 1):
        try:
            return _bound(host, candidate), note.format(candidate)
        except PermissionError:
            return _above(host, port)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise PortError(f"{host} cannot be listened on: {error.strerror}") from error
            note = f"port {first} was taken, {{}} is used"
    raise PortError(f"the ports {port} to {min(port + MORE_PORTS, 65535)} are all taken")


def _above(host: str, forbidden: int) -> tuple[Sequence[socket.socket], str]:
    """A port anybody may use, instead of one below 1024."""
    sockets, _ = listening_sockets(host, DEFAULT_PORT)
    used = sockets[0].getsockname()[1]
    return sockets, f"port {forbidden} may not be used without special rights, {used} is used"


def _bound(host: str, port: int) -> Sequence[socket.socket]:
    if host.lower() != "localhost":
        return [_listening(host, port)]
    first = _listening("127.0.0.1", port)
    try:
        return [first, _listening("::1", first.getsockname()[1])]
    except OSError as error:
        if error.errno in _TAKEN:
            first.close()
            raise
        _log.info("There is no IPv6 here (%s); IPv4 it is.", error.strerror)
        return [first]


def _listening(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener
