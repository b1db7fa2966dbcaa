"""Host headers and origins: read exactly, or not at all.

Sources: RFC 9110 section 7.2 (Host), RFC 6454 section 6.2 (Origin).
"""

from __future__ import annotations

import ipaddress
import re
from typing import Any

_AUTHORITY = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]{2,45})\]|(?P<name>[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?))"
    r"(?::(?P<port>[1-9][0-9]{0,4}))?",
    re.ASCII,
)

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})

_DEFAULT_PORTS = {"http": 80, "https": 443}


def host_and_port(authority: str) -> tuple[str, int | None] | None:
    """A host in its one form (lower case; IPv6 compressed, without brackets) and its port.

    Args:
        authority: Such as 'localhost:7170' or '[::1]'.

    Returns:
        None for whatever is not exactly a host with or without a port: no user, no path, no
        trailing dot, no leading zeros.
    """
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        return None
    port = int(match["port"]) if match["port"] else None
    if port is not None and port > 65535:
        return None
    if match["v6"] is not None:
        try:
            return str(ipaddress.IPv6Address(match["v6"])), port
        except ValueError:
            return None
    return match["name"].lower(), port


def origin_parts(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an origin; None for 'null' and whatever is no web origin."""
    scheme, found, authority = origin.partition("://")
    if not found or scheme not in _DEFAULT_PORTS:
        return None
    parts = host_and_port(authority)
    if parts is None:
        return None
    return scheme, parts[0], parts[1] or _DEFAULT_PORTS[scheme]


def header(scope: Any, name: bytes) -> str:
    """The first header of that name; '' where there is none."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return ""


def base_url(scope: Any) -> str:
    """Where links begin: scheme and host of the request, as its client wrote them.

    The guard has looked at the host before.
    """
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    return f"{scheme}://{header(scope, b'host')}"
