"""What recording costs: 10,000 runs that do nothing, with the ledger and without."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from processes import ROOT, labwright
from report import Report, Row

RUNS = 10_000
CLIENTS = 50
BY_ITSELF = 500
HERE = Path(__file__).resolve().parent


def measure(report: Report) -> None:
    """Fifty clients at once, then one alone; memory and threads afterwards."""
    print(f"The ledger: {RUNS:,} runs that do nothing, {CLIENTS} clients at once")
    without = _measure(report, "without ledger", "false", None)
    _measure(report, "with ledger", "true", without)


def _measure(
    report: Report, how: str, record: str, peers: tuple[Row, Row, Row] | None
) -> tuple[Row, Row, Row]:
    os.environ["LABWRIGHT_RECORD_RUNS"] = record
    try:
        bench = str(ROOT / "resources" / "benches" / "conformance.toml")
        with labwright("serve", "--bench", bench, "--port", "0") as program:
            address = program.wait_for(r"Listening on (\S+)")[1][1] + "/demo/nothing"
            _run(address, 1, 50)  # the first ones import and warm up
            before_mb = _status(program.process.pid, "VmRSS") / 1024
            rate, _ = _run(address, CLIENTS, RUNS)
            after_mb = _status(program.process.pid, "VmRSS") / 1024
            _, median_s = _run(address, 1, BY_ITSELF)
            threads = _status(program.process.pid, "Threads")
    finally:
        del os.environ["LABWRIGHT_RECORD_RUNS"]
    at_once, alone, memory = peers or (None, None, None)
    rows = (
        report.add(f"{CLIENTS} clients at once, {how}", rate, "/s", at_once),
        report.add(f"one by one, {how} (median)", median_s * 1000, "ms", alone, "lower"),
        report.add(
            f"memory kept for {RUNS:,} runs, {how}", after_mb - before_mb, "MB", memory, "lower"
        ),
    )
    report.add(f"threads afterwards, {how}", threads, "")
    return rows


def _run(address: str, clients: int, runs: int) -> tuple[float, float]:
    """Runs a second, and the median of an answer in seconds."""
    done = subprocess.run(
        [sys.executable, str(HERE / "many_runs.py"), address, str(clients), str(runs)],
        capture_output=True,
        text=True,
        check=True,
    )
    rate, median_s = json.loads(done.stdout)
    return float(rate), float(median_s)


def _status(pid: int, what: str) -> float:
    """A line of what the kernel says of a process."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith(f"{what}:")))
