"""Runs the benchmarks and prints every figure beside its peer's, from one run on one machine.

    make bench                     all of them
    make bench ARGS="startup"      one of them

Peers run in environments of their own below .work/peers, with the versions named here. A peer that
cannot be had is said and the run ends with exit code 1.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable

import frame_to_screen
import property_read
import startup
from report import Report

BENCHMARKS: dict[str, Callable[[Report], None]] = {
    "startup": startup.measure,
    "property-read": property_read.measure,
    "frame-to-screen": frame_to_screen.measure,
}


def main() -> int:
    """Run what was asked for.

    Returns:
        0, or 1 where a peer or a tool was missing.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], help="all without")
    names = parser.parse_args().names or list(BENCHMARKS)
    report = Report()
    print(f"Python {platform.python_version()} on {platform.platform()}")
    for name in names:
        BENCHMARKS[name](report)
    report.print()
    return 1 if report.missing else 0


if __name__ == "__main__":
    sys.exit(main())
