"""Runs the benchmarks and prints every figure beside its peer's, from one run on one machine.

    make bench                     all of them
    make bench ARGS="startup"      one of them

Peers run in environments of their own below .work/peers, with the versions named in the benchmarks.
What cannot be measured is said with its reason, the rest is measured, and the run ends with exit
code 1.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import traceback
from collections.abc import Callable

import archive_keeping
import archive_listing
import archive_search
import blobs
import change
import frame_to_screen
import gallery
import invocations
import ledger
import plot_redraw
import property_read
import startup
import stop_all
import window_loads
from report import Report

BENCHMARKS: dict[str, Callable[[Report], None]] = {
    "startup": startup.measure,
    "property-read": property_read.measure,
    "frame-to-screen": frame_to_screen.measure,
    "plot": plot_redraw.measure,
    "many-things": window_loads.many_things,
    "beat": window_loads.beat,
    "ledger": ledger.measure,
    "archive": archive_listing.measure,
    "search": archive_search.measure,
    "keeping": archive_keeping.measure,
    "gallery": gallery.measure,
    "change": change.measure,
    "invocations": invocations.measure,
    "downloads": blobs.downloads,
    "pictures": blobs.pictures,
    "stop-all": stop_all.measure,
}


def main() -> int:
    """Run what was asked for.

    Returns:
        0, or 1 where something could not be measured.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="all without")
    names = parser.parse_args().names or list(BENCHMARKS)
    report = Report()
    print(f"Python {platform.python_version()} on {platform.platform()}, {os.cpu_count()} cores")
    for name in names:
        try:
            BENCHMARKS[name](report)
        except Exception as error:  # whatever it is, the other benchmarks can still be run
            traceback.print_exc()
            report.miss(name, _reason(error))
    report.print()
    return 1 if report.missing else 0


def _reason(error: Exception) -> str:
    """In one line; a program that failed is asked what it said last."""
    said = getattr(error, "stderr", None)
    last = said.strip().splitlines()[-1:] if isinstance(said, str) else []
    return "; ".join([f"{type(error).__name__}: {error}".replace("\n", " "), *last])


if __name__ == "__main__":
    sys.exit(main())
