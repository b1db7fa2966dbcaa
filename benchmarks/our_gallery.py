"""Our gallery over a filled archive; prints milliseconds for the first opening and for the others.

    python benchmarks/our_gallery.py FOLDER TIMES

FOLDER is a bench's folder of data. It is open when the first tiles are painted and their number is
said, small pictures aside.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from pathlib import Path

import qasync
from PySide6.QtWidgets import QApplication

from app.bench import Bench
from app.bench_file import BenchSpec
from app.imaging.decoder import ImageDecoder
from app.local import LocalBench
from ui.archive.page import ArchivePage
from ui.bridge import Bridge
from ui.tasks import Tasks
from ui.theme import Scheme, Theme

PATIENCE_S = 60.0


async def measure(theme: Theme, folder: Path, times: int) -> list[float]:
    """Open a new page so many times; each in milliseconds."""
    took = []
    with Bench(BenchSpec("Gallery", ()), data_folder=folder) as bench:
        handle = LocalBench(bench)
        archive = handle.archive
        await archive.tags()  # the archive is open before anybody looks into it
        bridge, decoder, tasks = Bridge(handle.subscribe), ImageDecoder(), Tasks(_told)
        for _ in range(times):
            began = time.perf_counter()
            page = ArchivePage(theme, handle, archive, bridge, decoder, tasks)
            page.resize(1280, 660)
            page.show()
            async with asyncio.timeout(PATIENCE_S):
                while page.model.total is None:  # noqa: ASYNC110 - no more than a turn of the loop
                    await asyncio.sleep(0)
            page.grid.viewport().repaint()
            took.append(1000 * (time.perf_counter() - began))
            page.hide()
            page.deleteLater()
            await asyncio.sleep(0.2)
        await tasks.close()
        bridge.close()
        decoder.close()
    return took


def _told(what: str, error: Exception) -> None:
    print(what, error, file=sys.stderr)


def main() -> None:
    """Open, and print the first and the median of the others."""
    qt = QApplication(sys.argv[:1])
    loop = qasync.QEventLoop(qt)
    with loop:
        theme = Theme(qt, Scheme.LIGHT)
        work = measure(theme, Path(sys.argv[1]), int(sys.argv[2]))
        took = loop.run_until_complete(work)
    print(took[0], statistics.median(took[1:]))


if __name__ == "__main__":
    main()
