"""How many files a second the archive keeps, each acknowledged when it would outlive a power cut.

    python benchmarks/our_keeping.py FOLDER BYTES KEEPERS SECONDS

Prints files a second. Every file has a content of its own.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from app.archive.archive import Archive
from app.bench import SWITCH_INTERVAL_S
from app.database.of_bench import open_bench_database


def measure(folder: Path, size: int, keepers: int, seconds: float) -> float:
    """Keep files from several threads at once; returns how many a second."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)  # as in the program
    database = open_bench_database(folder)
    archive = Archive(database, folder / "files")
    archive.open()
    content = os.urandom(size)
    for number in range(10):
        archive.keep(content + b"warm %d" % number, "warm")
    counts = [0] * keepers
    began_s = time.perf_counter()

    def keep(keeper: int) -> None:
        while time.perf_counter() - began_s < seconds:
            own = b"%d %d" % (keeper, counts[keeper])
            archive.keep(own + content[len(own) :], f"file {counts[keeper]}", extension="bin")
            counts[keeper] += 1

    threads = [threading.Thread(target=keep, args=(keeper,)) for keeper in range(keepers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took_s = time.perf_counter() - began_s
    archive.close()
    database.close()
    return sum(counts) / took_s


if __name__ == "__main__":
    print(measure(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
