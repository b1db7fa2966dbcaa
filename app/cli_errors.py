"""What a program that does not start says."""

from __future__ import annotations

import sys

from app.errors import BenchInUseError
from things.errors import ThingError


def attach_command(error: BenchInUseError) -> str:
    """The command that opens a window on the bench that another program has."""
    return f"labwright --connect {error.url}"


def refused(error: ThingError) -> int:
    """Say in one line why the program does not start.

    Returns:
        Exit code 2.
    """
    print(f"labwright: {error}", file=sys.stderr)  # noqa: T201 - this is the program talking
    if isinstance(error, BenchInUseError) and error.url:
        print(f"Use it from here: {attach_command(error)}", file=sys.stderr)  # noqa: T201
    return 2
