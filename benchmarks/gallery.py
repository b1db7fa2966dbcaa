"""How long the archive's page takes to open with 100,000 files in it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from report import Report

RECORDS = 100_000
TIMES = 8
HERE = Path(__file__).resolve().parent


def measure(report: Report) -> None:
    """A new page each time, in a process of its own."""
    if not os.environ.get("DISPLAY"):
        report.miss("the gallery", "there is no display; run it by `make bench`")
        return
    print(f"The gallery: {RECORDS:,} records")
    with tempfile.TemporaryDirectory() as folder:
        fill = [sys.executable, str(HERE / "fill_archive.py"), folder, str(RECORDS)]
        subprocess.run(fill, check=True)
        ours = [sys.executable, str(HERE / "our_gallery.py"), folder, str(TIMES)]
        done = subprocess.run(ours, check=True, capture_output=True, text=True)
    first_ms, others_ms = (float(word) for word in done.stdout.split()[-2:])
    report.add("the gallery, the first time", first_ms, "ms", None, "lower")
    report.add("the gallery, again (median)", others_ms, "ms", None, "lower")
