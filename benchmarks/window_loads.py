"""The window with a large bench, and its beat while everything is going on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from report import Report

HERE = Path(__file__).parent


def many_things(report: Report) -> None:
    """100 Things of 50 affordances: open, first panel, close."""
    print("A bench of 100 Things")
    found = measured(report, "many")
    if found:
        report.add("100 Things x 50 affordances: open", found["open_s"], "s")
        report.add("100 Things x 50 affordances: first panel", found["panel_s"], "s")
        report.add("100 Things x 50 affordances: close", found["close_s"], "s")
        report.miss(
            "100 Things in typhos",
            "it needs ophyd devices and a desktop's Qt; its users report 40-60 s to open",
        )


def beat(report: Report) -> None:
    """1,000 values at 10 Hz, a film of 4 megapixels at 30 frames/s, 200 clients at 5 requests/s."""
    print("The window's beat")
    found = measured(report, "beat")
    if found:
        report.add("lateness of a 10 ms timer under load (p99)", found["p99_ms"], "ms")
        report.add("lateness of a 10 ms timer under load (worst)", found["worst_ms"], "ms")
        report.add("requests answered meanwhile (1,000 asked)", found["answers_per_s"], "/s")
        if found["failed"]:
            report.miss("answers of the 200 clients", f"{found['failed']:.0f} failed")


def measured(report: Report, mode: str) -> dict[str, float]:
    """What `our_window.py` found; {} where it cannot run, which is said."""
    if not os.environ.get("DISPLAY"):
        report.miss(mode, "there is no display; run it by `make bench`")
        return {}
    done = subprocess.run(
        [sys.executable, str(HERE / "our_window.py"), mode],
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    )
    figures: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return figures
