"""A bench that is served until it is killed. Arguments: the bench file and the folder of data."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from app.bench import Bench
from app.bench_file import read_bench_file
from app.server.settings import ServerSettings
from app.server.thread import ServerThread


def main(bench_file: Path, folder: Path) -> None:
    """Open the bench, say where it is served, and go on for ever."""
    bench = Bench(read_bench_file(bench_file), data_folder=folder)
    bench.open()
    server = ServerThread(bench, ServerSettings(port=0))
    server.start()
    print(server.url, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
