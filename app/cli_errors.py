"""What a program that does not start says."""

from __future__ import annotations

import sys

from app.errors import BenchInUseError
from things.errors import ThingError


def refused(error: ThingError) -> int:
    """Say in one line why the program does not start.

    Returns:
        Exit code 2.
    """
    print(f"labwright: {error}", file=sys.stderr)  # noqa: T201 - this is the program talking
    if isinstance(error, BenchInUseError) and error.url:
        print(f"It can be reached at {error.url}", file=sys.stderr)  # noqa: T201
    return 2
