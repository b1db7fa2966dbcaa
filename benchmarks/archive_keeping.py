"""How many files a second the archive keeps, one at a time and for several at once."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from report import Report

SECONDS = 4
KINDS = ((100_000, 1), (100_000, 8), (100_000, 16), (1_000, 1), (1_000, 8))
HERE = Path(__file__).resolve().parent


def measure(report: Report) -> None:
    """Each kind in an archive of its own, with the folders that its contents need still to make."""
    print("Keeping files, each acknowledged when it would outlive a power cut")
    for size, keepers in KINDS:
        with tempfile.TemporaryDirectory() as folder:
            given = (folder, str(size), str(keepers), str(SECONDS))
            command = [sys.executable, str(HERE / "our_keeping.py"), *given]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
        who = "one at a time" if keepers == 1 else f"{keepers} at once"
        report.add(f"files of {size // 1000} kB, {who}", float(done.stdout), "/s")
