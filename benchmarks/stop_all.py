"""STOP ALL at its worst, circles of waiting, and a server beside a blocked window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from report import Report

HERE = Path(__file__).parent


def measure(report: Report) -> None:
    """100 times by the window and by a client, with everything taken; no peer has such a thing."""
    print("Stopping everything")
    if not os.environ.get("DISPLAY"):
        report.miss("stop-all", "there is no display; run it by `make bench`")
        return
    done = subprocess.run(
        [sys.executable, str(HERE / "our_stop.py")],
        capture_output=True,
        text=True,
        check=True,
        timeout=1200,
    )
    found = json.loads(done.stdout.strip().splitlines()[-1])
    for way, who in (("window", "the window"), ("network", "a client")):
        report.add(
            f"STOP ALL by {who}: the last stop() is called (worst of 100)",
            found[f"told_{way}_ms"],
            "ms",
        )
        report.add(
            f"STOP ALL by {who}: it is answered (worst of 100)", found[f"answered_{way}_ms"], "ms"
        )
    for thing, said in found["words"].items():
        print(f"  said of {thing}: {said}")
    report.add("a circle of three that wait: found (worst of 100)", found["circle_ms"], "ms")
    report.add(
        "a request while the Qt thread is blocked for 10 s (worst)",
        1000 * found["blocked"]["worst_s"],
        "ms",
    )
    report.add("requests answered meanwhile", found["blocked"]["count"], "")
