"""From a value set in a worker to its repaint in the window and to a client of a websocket."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
from processes import peer_python, running
from property_read import LABTHINGS
from report import Report, Row
from window_loads import measured

HERE = Path(__file__).resolve().parent
CHANGES = 1000


def measure(report: Report) -> None:
    """A value that changes some fifty times a second, seen and heard; the peer's only heard."""
    print("From a change of a value to whoever looks")
    median, worst = _peer(report)
    found = measured(report, "change")
    if not found:
        return
    painted = f"{found['painted']:.0f} values"
    report.add(f"change to repaint, {painted} (median)", found["painted_p50_ms"], "ms")
    report.add(f"change to repaint, {painted} (p99)", found["painted_p99_ms"], "ms")
    report.add(
        "change to websocket, window open (median)", found["heard_p50_ms"], "ms", median, "lower"
    )
    report.add(
        "change to websocket, window open (p99)", found["heard_p99_ms"], "ms", worst, "lower"
    )


def _peer(report: Report) -> tuple[Row | None, Row | None]:
    try:
        python = peer_python("labthings", LABTHINGS)
        with running([str(python), str(HERE / "peers" / "labthings_change.py")]) as peer:
            url = peer.wait_for(r"running on (http://\S+)")[1][1].replace("http", "ws")
            said = subprocess.check_output(
                [sys.executable, str(HERE / "listener.py"), f"{url}/clock/ws", str(CHANGES)],
                text=True,
            )
    except (RuntimeError, subprocess.CalledProcessError) as error:
        report.miss("change to websocket, labthings-fastapi 0.3.0", str(error))
        return None, None
    late_ms = json.loads(said)
    name = "peer: labthings-fastapi 0.3.0, change to websocket"
    return (
        report.add(f"{name} (median)", float(np.percentile(late_ms, 50)), "ms"),
        report.add(f"{name} (p99)", float(np.percentile(late_ms, 99)), "ms"),
    )
