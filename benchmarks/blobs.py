"""A file of 512 MiB downloaded by four clients at once, and the pictures that runs gave."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from invocations import our_server, peer_server
from processes import Running, most_resident_mib, resident_mib
from report import Report, Row

HERE = Path(__file__).resolve().parent
MIB = 512
CLIENTS = 4
READY_S = 60.0
PICTURES = 10_000
GROWTH_MIB = 2048.0
"""More memory than this, and no more pictures are taken: nothing that is bounded needs it."""


def downloads(report: Report) -> None:
    """How fast, and how much memory it takes at most."""
    print(f"{MIB} MiB, {CLIENTS} downloads at once")
    rate: Row | None = None
    memory: Row | None = None
    try:
        with peer_server() as (program, url):
            rate, memory = _download(report, "peer: labthings-fastapi 0.3.0, ", program, url)
    except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
        report.miss("downloads from labthings-fastapi 0.3.0", str(error))
    with our_server() as (program, url):
        _download(report, "", program, url, rate, memory)


def pictures(report: Report) -> None:
    """The memory that pictures of 1 MB take which nobody asked to keep."""
    print(f"{PICTURES:,} runs with a picture of 1 MB each")
    with our_server() as (program, url):
        _run(url, "look", {"times": 1})
        before_mib = resident_mib(program.process.pid)
        grown_mib, taken = 0.0, 0
        while taken < PICTURES and grown_mib < GROWTH_MIB:
            subprocess.run(
                [sys.executable, str(HERE / "many_runs.py"), f"{url}/demo/look", "4", "250"],
                capture_output=True,
                check=True,
            )
            taken += 250
            grown_mib = resident_mib(program.process.pid) - before_mib
    if taken < PICTURES:
        report.miss(
            f"memory for {PICTURES:,} runs with a picture of 1 MB each",
            f"{grown_mib:.0f} MiB were taken after {taken:,} already",
        )
    else:
        report.add(f"memory for {PICTURES:,} runs with a picture of 1 MB each", grown_mib, "MiB")


def _download(
    report: Report,
    who: str,
    program: Running,
    url: str,
    rate: Row | None = None,
    memory: Row | None = None,
) -> tuple[Row, Row]:
    href = _run(url, "give", {"mib": MIB})["output"]["href"]
    path = urlsplit(href).path
    before_mib = resident_mib(program.process.pid)
    Path(f"/proc/{program.process.pid}/clear_refs").write_text("5", encoding="utf-8")
    seconds = float(
        subprocess.run(
            [
                sys.executable,
                str(HERE / "download.py"),
                url + path,
                str(CLIENTS),
                str(MIB * (1 << 20)),
            ],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    )
    most_mib = most_resident_mib(program.process.pid)
    what = f"{MIB} MiB x {CLIENTS} downloads at once"
    return (
        report.add(f"{who}{what}", CLIENTS * MIB / seconds, "MiB/s", rate),
        report.add(
            f"{who}{what}: memory beside", max(most_mib - before_mib, 0.1), "MiB", memory, "lower"
        ),
    )


def _run(url: str, action: str, input: dict[str, Any]) -> dict[str, Any]:
    """Run an action to its end.

    Raises:
        RuntimeError: It did not complete.
    """
    run = _ask(url, "POST", f"/demo/{action}", input)
    deadline = time.monotonic() + READY_S
    while run["status"] in ("pending", "running") and time.monotonic() < deadline:
        time.sleep(0.05)
        run = _ask(url, "GET", urlsplit(run["href"]).path)
    if run["status"] != "completed":
        raise RuntimeError(f"{action} is {run['status']}")
    return run


def _ask(url: str, method: str, path: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=READY_S)
    body = None if content is None else json.dumps(content)
    connection.request(method, path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    if answer.status >= 400:
        raise RuntimeError(f"{method} {path} was answered with {answer.status}: {said!r}")
    found: dict[str, Any] = json.loads(said)
    return found
