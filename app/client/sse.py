"""Reading server-sent events.

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from app.wire import WireError

MAX_EVENT_BYTES: Final = 64 * 2**20


@dataclass(frozen=True, slots=True)
class ServerSent:
    """One event as it came.

    Attributes:
        name: Of the event; 'message' where it has none.
        data: Its text; '' for one that only carries an id.
        id: Of the newest event that had one.
    """

    name: str
    data: str
    id: str


def events_in(pieces: Iterable[bytes]) -> Iterator[ServerSent | None]:
    """The events in a body that comes piece by piece; None for each sign of life between them.

    Raises:
        WireError: One event is longer than is taken.
    """
    name, data, last_id, changed = "", list[str](), "", False
    size = 0
    for line in _lines(pieces):
        size += len(line)
        if size > MAX_EVENT_BYTES:
            raise WireError("an event is too long")
        if not line:
            if data or changed:
                yield ServerSent(name or "message", "\n".join(data), last_id)
            name, data, changed, size = "", [], False, 0
            continue
        if line.startswith(b":"):
            size = 0
            yield None
            continue
        field, _, rest = line.decode("utf-8", "replace").partition(":")
        value = rest.removeprefix(" ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif field == "id" and "\0" not in value:
            last_id, changed = value, True


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Lines without their ends; they end with LF or CRLF, as our own server writes them."""
    waiting = bytearray()
    searched = 0
    for piece in pieces:
        waiting += piece
        while (end := waiting.find(b"\n", searched)) >= 0:
            line = bytes(waiting[:end]).removesuffix(b"\r")
            del waiting[: end + 1]
            searched = 0
            yield line
        searched = len(waiting)
        if searched > MAX_EVENT_BYTES:
            raise WireError("a line is too long")
