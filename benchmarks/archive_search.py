"""Searches of every kind in an archive of 100,000 files, on SQLite and on PostgreSQL.

PostgreSQL is Debian's, started as the tests start it, with as much memory as it has by itself.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from report import Report

RECORDS = 100_000
SLOWEST = 5
HERE = Path(__file__).resolve().parent


def measure(report: Report) -> None:
    """The median and the slowest kinds on both."""
    print(f"Searches in {RECORDS:,} records")
    with tempfile.TemporaryDirectory() as folder:
        _measure(report, "SQLite", Path(folder) / "bench")
    sys.path.append(str(HERE.parent))
    from tests.conftest import PostgresqlServer

    server = PostgresqlServer(shared_buffers="128MB")
    try:
        name = server.new_database()
        with tempfile.TemporaryDirectory() as folder:
            data = Path(folder) / "bench"
            data.mkdir()
            _fill(data, server.address(name))
            server.execute("VACUUM ANALYZE", name)  # as the server does by itself within a minute
            _search(report, "PostgreSQL", data, server.address(name))
    finally:
        server.close()


def _measure(report: Report, which: str, folder: Path) -> None:
    _fill(folder)
    _search(report, which, folder)


def _fill(folder: Path, *address: str) -> None:
    fill = [sys.executable, str(HERE / "fill_archive.py"), str(folder), str(RECORDS), *address]
    subprocess.run(fill, check=True)


def _search(report: Report, which: str, folder: Path, *address: str) -> None:
    command = [sys.executable, str(HERE / "our_search.py"), str(folder), *address]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found = []
    for line in done.stdout.splitlines():
        kind, median, longest, _ = line.split("\t")
        found.append((float(median), float(longest), kind))
    found.sort(reverse=True)
    medians = [median for median, _, _ in found]
    report.add(f"{which}, {len(found)} kinds, the median", statistics.median(medians), "ms")
    report.add(f"{which}, kinds over 50 ms", sum(median > 50 for median in medians), "")
    for median, longest, kind in found[:SLOWEST]:
        report.add(f"{which}, {kind} (median)", median, "ms", None, "lower")
        report.add(f"{which}, {kind} (longest)", longest, "ms", None, "lower")
