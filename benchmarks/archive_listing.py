"""100,000 files in the archive: the list under `ab -k -c 200 -n 2000`.

The list is measured twice: the same page for all who ask, as ab does, which is written once as
long as nothing changes; and by wrk with another page each time, which is read from the catalogue
each time. The peer reads at every request too.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from processes import running
from report import Report, Row

from app.database import FILE_NAME
from app.instance_lock import bench_folder
from app.packaged_benches import bench_file_of

RECORDS = 100_000
PAGE = 10
HERE = Path(__file__).resolve().parent


def measure(report: Report) -> None:
    """Headless, then with the window open, beside one held connection."""
    print(f"The archive: {RECORDS:,} records, pages of {PAGE}")
    with tempfile.TemporaryDirectory() as data:
        folder = bench_folder(Path(data), bench_file_of(None))
        folder.mkdir(parents=True)
        fill = [sys.executable, str(HERE / "fill_archive.py"), str(folder), str(RECORDS)]
        subprocess.run(fill, check=True)
        peer = _peer(report, folder / FILE_NAME)
        program = str(Path(sys.executable).with_name("labwright"))
        options = ["--port", "0", "--data-folder", data]
        locks = {"LABWRIGHT_LOCK_FOLDER": data}
        with running([program, "serve", "--bench", "demo", *options], locks) as served:
            url = served.wait_for(r"Listening on (\S+)")[1][1]
            _list(report, url, "headless", peer)
            _others(report, url, "headless", peer)
        if not os.environ.get("DISPLAY"):
            report.miss("with the window open", "there is no display; run it by `make bench`")
            return
        with running([program, "demo", *options], locks) as shown:
            shown.wait_for("Window drawn")
            url = shown.wait_for(r"Listening on (\S+)")[1][1]
            _list(report, url, "window open", peer)
            _others(report, url, "window open", peer)


def _peer(report: Report, database: Path) -> tuple[Row, Row] | None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(HERE / "peers" / "sqlite_server.py")]
    try:
        with running([*command, str(database), str(PAGE), str(port)]) as peer:
            peer.wait_for("Uvicorn running")
            rate, longest_ms = under_ab(f"http://127.0.0.1:{port}/")
            return (
                report.add("peer: one held connection behind uvicorn, ab", rate, "/s"),
                report.add("peer: longest answer", longest_ms, "ms"),
            )
    except RuntimeError as error:
        report.miss("one held connection behind uvicorn", str(error))
        return None


def _list(report: Report, url: str, how: str, peer: tuple[Row, Row] | None) -> None:
    page = f"{url}/archive?limit={PAGE}"
    _wait_open(page)
    under_ab(page)  # the first ones import and warm up
    rate, longest_ms = under_ab(page)
    report.add(f"list, ab, {how}", rate, "/s", peer and peer[0])
    report.add(f"longest answer, {how}", longest_ms, "ms", peer and peer[1], "lower")


def _wait_open(page: str) -> None:
    """The window is drawn before the archive is open; until then it says so, by 503."""
    deadline = time.monotonic() + 60
    while True:
        try:
            with urlopen(page, timeout=30):
                return
        except HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _others(report: Report, url: str, how: str, peer: tuple[Row, Row] | None) -> None:
    tool = shutil.which("wrk")
    if tool is None:
        report.miss("another page each time", "wrk is not installed")
        return
    script = (
        "request = function() return wrk.format('GET', "
        f"'/archive?limit={PAGE}&after=' .. math.random(100, {RECORDS})) end"
    )
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        command = [tool, "-t1", "-c50", "-d5s", "-s", file.name, url]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    match = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    if match is None or "Non-2xx" in done.stdout:
        raise RuntimeError(done.stdout)
    report.add(f"another page each time, wrk, {how}", float(match[1]), "/s", peer and peer[0])


def under_ab(
    address: str, options: Sequence[str] = ("-k", "-c", "200", "-n", "2000")
) -> tuple[float, float]:
    """Requests a second, and the longest in milliseconds, by ApacheBench.

    Raises:
        RuntimeError: ab is missing, or an answer was no success.
    """
    tool = shutil.which("ab")
    if tool is None:
        raise RuntimeError("ab (apache2-utils) is not installed")
    done = subprocess.run([tool, *options, address], capture_output=True, text=True, check=False)
    rate = re.search(r"Requests per second:\s+([\d.]+)", done.stdout)
    longest = re.search(r"100%\s+(\d+)", done.stdout)
    failed = re.search(r"Failed requests:\s+(\d+)", done.stdout)
    if not (rate and longest and failed) or failed[1] != "0" or "Non-2xx" in done.stdout:
        raise RuntimeError(done.stdout + done.stderr)
    return float(rate[1]), float(longest[1])
