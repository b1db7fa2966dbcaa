"""The addresses under which files of the archive are known: which file one leads to."""

from __future__ import annotations

import re
from uuid import UUID

_ID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_ARCHIVED = re.compile(
    rf"/(?:archive/(?=[^/]+/content$)|files/)({_ID})(?:/[^/]*)?", re.IGNORECASE | re.ASCII
)


def file_at(path: str) -> UUID | None:
    """The file behind `/archive/{id}/content`, `/files/{id}` or `/files/{id}/{name}`.

    Args:
        path: Below the prefix of the server, percent-encoded.

    Returns:
        Its id, whether or not there is such a file; None for the address of anything else.
    """
    found = _ARCHIVED.fullmatch(path)
    return None if found is None else UUID(found[1])
