"""A bench that is served until it is killed, again and again.

Arguments: the bench file and the folder of data. Each line on stdin serves it once more, which is
answered by the number of its process and where it is served, and by 'ended' once it has been
killed. What it imports is imported once: that takes longer than all else.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import app.database.of_bench
import app.ledger.ledger
import app.server.running  # noqa: F401 - all three are imported late by what is served
from app.bench import Bench
from app.bench_file import read_bench_file
from app.server.settings import ServerSettings
from app.server.thread import ServerThread


def serve(bench_file: Path, folder: Path) -> None:
    """Open the bench, say where it is served, and go on for ever."""
    bench = Bench(read_bench_file(bench_file), data_folder=folder)
    bench.open()
    server = ServerThread(bench, ServerSettings(port=0))
    server.start()
    print(os.getpid(), server.url, flush=True)
    threading.Event().wait()


def main(bench_file: Path, folder: Path) -> None:
    """Serve it in a process of its own for each line."""
    for _ in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                serve(bench_file, folder)
            finally:
                os._exit(1)
        os.waitpid(child, 0)
        print("ended", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
