"""Memory that was freed and that the C library still holds: handed back to the system.

glibc keeps what is freed between two things that live, to give it out again. Where pictures of a
megabyte come and go among small things that stay, that adds up to a tenth of all that ever came.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache


def give_back() -> None:
    """Hand freed memory back; without glibc nothing is done. It may take some milliseconds."""
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> ctypes._NamedFuncPointer | None:
    if sys.platform != "linux":
        return None
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # another C library
        return None
