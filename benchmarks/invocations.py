"""Actions that return at once: started by 50 clients, listed, kept; beside labthings-fastapi."""

from __future__ import annotations

import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from processes import Running, labwright, peer_python, resident_mib, running
from property_read import LABTHINGS
from report import Report, Row

HERE = Path(__file__).resolve().parent
CLIENTS = 50
FEW = 2_700
MANY = 10_000
PART = 1_000
LISTINGS = 5

What = tuple[Row, Row, Row, Row]


def measure(report: Report) -> None:
    """The peer first, then ours with its ledger, both headless."""
    print(f"Actions that return at once, {CLIENTS} clients, until {MANY:,} are held")
    peer: What | None = None
    try:
        with peer_server() as (program, url):
            peer = _held(report, "peer: labthings-fastapi 0.3.0, ", program, url, None)
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        report.miss("actions in labthings-fastapi 0.3.0", str(error))
    with our_server() as (program, url):
        _held(report, "", program, url, peer)


@contextmanager
def peer_server() -> Iterator[tuple[Running, str]]:
    """The peer and its address.

    Raises:
        RuntimeError: It cannot be installed or does not start.
    """
    python = peer_python("labthings", LABTHINGS)
    with running([str(python), str(HERE / "peers" / "labthings_actions.py")]) as program:
        yield program, program.wait_for(r"running on (http://\S+)")[1][1]


@contextmanager
def our_server() -> Iterator[tuple[Running, str]]:
    """Ours, without a window, and its address."""
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(HERE), before]))
    try:
        bench = str(HERE / "peers" / "giver.toml")
        with labwright("serve", "--bench", bench, "--port", "0") as program:
            yield program, program.wait_for(r"Listening on (\S+)")[1][1]
    finally:
        del os.environ["PYTHONPATH"]
        if before is not None:
            os.environ["PYTHONPATH"] = before


def _held(report: Report, who: str, program: Running, url: str, peer: What | None) -> What:
    """Start runs until so many are held; take the time at the beginning and at the end."""
    first, listed, last, memory = peer or (None, None, None, None)
    address = f"{url}/demo/nothing"
    _start(address, 50)  # the first ones import and warm up
    before_mib = resident_mib(program.process.pid)
    rows = [report.add(f"{who}POST, nothing held", _start(address, PART), "/s", first)]
    _start(address, FEW - PART)
    seconds, size = _list(url)
    what = f"{who}list {FEW:,} runs ({size / 1e6:.1f} MB)"
    rows.append(report.add(what, seconds * 1000, "ms", listed, "lower"))
    _start(address, MANY - PART - FEW)
    rows.append(report.add(f"{who}POST, {MANY - PART:,} held", _start(address, PART), "/s", last))
    kept_mib = resident_mib(program.process.pid) - before_mib
    rows.append(
        report.add(f"{who}memory for {MANY:,} runs", max(kept_mib, 0.1), "MiB", memory, "lower")
    )
    return rows[0], rows[1], rows[2], rows[3]


def _start(address: str, runs: int) -> float:
    """Runs a second."""
    done = subprocess.run(
        [sys.executable, str(HERE / "many_runs.py"), address, str(CLIENTS), str(runs)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(json.loads(done.stdout)[0])


def _list(url: str) -> tuple[float, int]:
    """The median of some listings in seconds, and the bytes of one."""
    took_s = []
    size = 0
    for _ in range(LISTINGS):
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        began_s = time.perf_counter()
        connection.request("GET", "/action_invocations")
        answer = connection.getresponse()
        size = len(answer.read())
        took_s.append(time.perf_counter() - began_s)
        connection.close()
        if answer.status != 200:
            raise RuntimeError(f"the list was answered with {answer.status}")
    return statistics.median(took_s), size
