"""Keeps files as fast as it can until somebody kills it; run in a process of its own."""

from __future__ import annotations

import os
import threading
from multiprocessing.connection import Connection
from pathlib import Path

from app.archive.archive import Archive
from app.archive.limits import ArchiveLimits
from app.database.of_bench import open_bench_database

THREADS = 3


def keep_until_killed(folder: Path, told: Connection, seed: int, database_url: str = "") -> None:
    """Keep, upload again, move in and delete files, and tell of each once it is acknowledged.

    Args:
        folder: Of the database, the archive and the sources.
        told: Is sent ('kept', id, sha256), ('moved', id, sha256, source) or ('deleted', id).
        seed: Makes contents that no other round makes.
        database_url: Of the server that has the catalogue; '' for a file in the folder.
    """
    database = open_bench_database(folder, database_url)
    archive = Archive(database, folder / "files", limits=ArchiveLimits(low_bytes=0))
    archive.open()
    sending = threading.Lock()

    def tell(*what: object) -> None:
        with sending:
            told.send(what)

    def work(number: int) -> None:
        for turn in range(100_000):
            content = b"%d %d %d " % (seed, number, turn) + os.urandom(3000)
            file = archive.keep([content[:100], content[100:]], f"{seed}-{number}-{turn}")
            tell("kept", file.id, file.sha256)
            source = folder / f"source-{seed}-{number}-{turn}"
            source.write_bytes(content[::-1])
            draft = archive.create("moved")
            moved = archive.put_file(draft.id, source, move=True)
            tell("moved", moved.id, moved.sha256, source)
            if turn % 3 == 0:
                archive.trash(file.id)
                archive.delete(file.id)
                tell("deleted", file.id)
            same = archive.keep(b"the same for all", "same")
            tell("kept", same.id, same.sha256)

    tell("began")
    for number in range(THREADS):
        threading.Thread(target=work, args=(number,), daemon=True).start()
    threading.Event().wait()
