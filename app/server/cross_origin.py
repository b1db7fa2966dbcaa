"""What a browser lets web apps of the listed origins do and see; see `guards` for who may ask.

Source: https://fetch.spec.whatwg.org/#http-cors-protocol.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_METHODS = ("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE")
_SENT = ("content-type", "last-event-id", "range", "if-range", "if-none-match")
_SEEN = ("location", "link", "etag", "content-range", "retry-after")


def allowing(origins: Sequence[str]) -> dict[str, Any]:
    """Options of Starlette's CORSMiddleware: these origins exactly, and nobody's cookies.

    Args:
        origins: As in the settings.
    """
    return {
        "allow_origins": list(origins),
        "allow_methods": _METHODS,
        "allow_headers": _SENT,
        "expose_headers": _SEEN,
        "allow_credentials": False,
        # Browsers ask this before a public page may reach a computer in a private network.
        "allow_private_network": True,
    }
