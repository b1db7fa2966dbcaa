"""From the start of the process to the window drawn, and to the server answering."""

from __future__ import annotations

import os
import statistics

from processes import labwright
from report import Report

ROUNDS = 7


def measure(report: Report) -> None:
    """Start the demo bench several times; the first start warms the disk's cache."""
    print("Start")
    if not os.environ.get("DISPLAY"):
        report.miss("start to window drawn", "there is no display; run it by `make bench`")
        return
    drawn: list[float] = []
    served: list[float] = []
    for _ in range(ROUNDS):
        with labwright("--port", "0") as program:
            drawn.append(program.wait_for("Window drawn")[0])
            served.append(program.wait_for("Listening on")[0])
    report.add(
        "process start to window drawn, demo bench (median)", statistics.median(drawn[1:]), "s"
    )
    report.add("process start to window drawn, demo bench (worst)", max(drawn[1:]), "s")
    report.add("process start to server answering (median)", statistics.median(served[1:]), "s")
