"""The window with a large bench, and its beat while everything is going on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from processes import peer_python
from report import Report, Row

HERE = Path(__file__).parent
TYPHOS = ("typhos==4.2.1", "ophyd==1.11.2", "pydm==1.29.0", "PyQt5==5.15.11")


def many_things(report: Report) -> None:
    """100 Things of 50 affordances: open, first panel, close."""
    print("A bench of 100 Things")
    peer = _typhos(report)
    found = measured(report, "many")
    if found:
        what = "100 Things x 50 affordances"
        report.add(f"{what}: open", found["open_s"], "s")
        report.add(f"{what}: first panel", found["panel_s"], "s")
        both = found["open_s"] + found["panel_s"]
        shown, closed = peer if peer is not None else (None, None)
        report.add(f"{what}: open and first panel", both, "s", shown, "lower")
        report.add(f"{what}: close", found["close_s"], "s", closed, "lower")


def _typhos(report: Report) -> tuple[Row, Row] | None:
    """The peer builds all displays as soon as its window is shown: open and first panel are one."""
    try:
        python = peer_python("typhos", *TYPHOS)
        done = subprocess.run(
            [str(python), str(HERE / "peers" / "typhos_suite.py"), "100"],
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
            # Qt 5 asks for a library that no other part needs to draw on X; so it need not draw.
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": ""},
        )
    except (RuntimeError, subprocess.SubprocessError) as error:
        report.miss("100 devices in typhos 4.2.1", str(error))
        return None
    found = json.loads(done.stdout.strip().splitlines()[-1])
    name = "peer: typhos 4.2.1, 100 devices x 50 signals"
    return (
        report.add(f"{name}: open and first panel", found["shown_s"], "s"),
        report.add(f"{name}: close", found["close_s"], "s"),
    )


def beat(report: Report) -> None:
    """1,000 values at 10 Hz, a film of 4 megapixels at 30 frames/s, 200 clients at 5 requests/s."""
    print("The window's beat")
    found = measured(report, "beat")
    if found:
        report.add("lateness of a 10 ms timer under load (p99)", found["p99_ms"], "ms")
        report.add("lateness of a 10 ms timer under load (worst)", found["worst_ms"], "ms")
        report.add("requests answered meanwhile (1,000 asked)", found["answers_per_s"], "/s")
        report.add("events brought meanwhile (10,000 values set)", found["values_per_s"], "/s")
        report.add("frames shown meanwhile (30 made)", found["frames_per_s"], "/s")
        report.add("processor taken by the program, of one core", found["program_cpu"], "%")
        report.add("processor taken by the Things' threads", found["things_cpu"], "%")
        report.add("processor taken by the 200 clients", found["clients_cpu"], "%")
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
