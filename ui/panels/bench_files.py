"""What actions of the bench gave, to be chosen as the input of another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QLocale

from app.handles import BenchHandle, InvocationStatus
from things.blobs import media_type_fits
from ui.activity.wording import clock_time, one_line
from ui.editors import FileChoice

MOST_LOOKED_AT = 200
"""So many of the newest invocations are looked through."""


class BenchFiles:
    """The blobs in the outputs of the newest invocations.

    Args:
        bench: Remembers the invocations.
    """

    def __init__(self, bench: BenchHandle) -> None:
        self._bench = bench

    def of_type(self, media_type: str) -> Sequence[FileChoice]:
        """What fits a media type such as 'image/png' or 'image/*', newest first."""
        found = []
        for snapshot in reversed(self._bench.invocations()[-MOST_LOOKED_AT:]):
            if snapshot.status is not InvocationStatus.COMPLETED:
                continue
            for blob in snapshot.blobs:
                link = _at(snapshot.output, blob.path)
                if link is None or not media_type_fits(blob.media_type, media_type):
                    continue
                moment = clock_time(snapshot.ended_at or snapshot.requested_at, QLocale())
                name = one_line(blob.name) or blob.media_type
                title = f"{one_line(snapshot.title)}, {moment}: {name}"
                found.append(FileChoice(title, name, link))
        return found


def _at(value: Any, path: Sequence[str | int]) -> Mapping[str, Any] | None:
    """The link at a place of an output; None where there is none."""
    for part in path:
        try:
            value = value[part]
        except (LookupError, TypeError):
            return None
    return value if isinstance(value, Mapping) and "href" in value else None
