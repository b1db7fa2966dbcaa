"""Fills the archive of a bench with records, to be listed and searched.

    python benchmarks/fill_archive.py FOLDER COUNT

They all have the same content: it is the catalogue that is measured.
"""

from __future__ import annotations

import sys
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from app.archive.archive import Archive
from app.archive.records import FileState, Provenance
from app.archive.rows import NewFile, row_of
from app.archive.texts import micros
from app.archiving import FOLDER
from app.database.archive_tables import file_meta, file_tags, file_versions, files
from app.database.of_bench import open_bench_database
from app.run_facts import Stamp
from things.events import now

BATCH = 5_000
SAMPLES = ("onion skin", "yeast", "diatoms", "pollen", "beads")
THINGS = ("camera", "spectrometer", "stage")
WORDS = ("good", "blurred", "bright", "dark", "drifted", "sharp", "test", "final")


def fill(folder: Path, count: int) -> None:
    """Make so many records.

    Args:
        folder: The bench's folder of data.
        count: How many.
    """
    database = open_bench_database(folder)
    archive = Archive(database, folder / FOLDER)
    archive.open()
    try:
        first = archive.keep(b"the content of all of them", "first", extension="png")
        began = now() - timedelta(days=365)
        for start in range(0, count, BATCH):
            numbers = range(first.number + 1 + start, first.number + 1 + min(start + BATCH, count))

            def job(connection: Connection, numbers: range = numbers) -> None:
                rows = [_row(n, micros(began + timedelta(minutes=n)), first) for n in numbers]
                connection.execute(insert(files), rows)
                connection.execute(insert(file_versions), [_version(row) for row in rows])
                connection.execute(insert(file_tags), [_tag(row) for row in rows])
                connection.execute(insert(file_meta), [_meta(row) for row in rows])

            archive.write(job)
    finally:
        archive.close()
        database.close()


def _row(number: int, at_us: int, like: Any) -> dict[str, Any]:
    made = Provenance(
        thing=THINGS[number % 3],
        action="snap",
        title="Snap",
        stamp=Stamp("Ada", SAMPLES[number % 5], f"session {number // 1000}"),
    )
    new = NewFile(
        id=uuid.uuid4(),
        name=f"2026-{SAMPLES[number % 5]}-{number:06}",
        extension="png",
        media_type="image/png",
        meta=f'{{"lens": "{number % 4 * 10 + 10}x", "z": {number % 100}}}',
        tags={WORDS[number % 8]: WORDS[number % 8]},
        notes=f"{WORDS[number % 7]} and {WORDS[number % 5]}, field {number % 997}",
        provenance=made,
    )
    return row_of(new, number, at_us) | {
        "state": FileState.LINKED.value,
        "version": 1,
        "size": like.size,
        "sha256": like.sha256,
    }


def _version(row: dict[str, Any]) -> dict[str, Any]:
    kept = ("number", "version", "sha256", "size", "media_type", "created_us", "who")
    return {name: row[name] for name in kept}


def _tag(row: dict[str, Any]) -> dict[str, Any]:
    word = WORDS[row["number"] % 8]
    return {"number": row["number"], "folded": word, "tag": word}


def _meta(row: dict[str, Any]) -> dict[str, Any]:
    number: int = row["number"]
    return {"number": number, "key": "lens", "value": f"s{number % 4 * 10 + 10}x"}


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
