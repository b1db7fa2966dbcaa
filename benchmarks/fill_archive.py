"""Fills the archive of a bench with records, to be listed and searched.

    python benchmarks/fill_archive.py FOLDER COUNT [DATABASE_URL]

Some words, tags, values, Things and contents nearly all of them have, some a few: what is rare and
what is frequent is searched in different ways. Few contents: it is the catalogue that is measured.
"""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from app.archive.archive import Archive
from app.archive.records import ArchivedFile, FileState, Provenance
from app.archive.rows import Content, NewFile, row_of, setting_values, words_for
from app.archive.texts import micros, moment
from app.archiving import FOLDER
from app.database.archive_tables import file_settings, file_tags, file_versions, files
from app.database.of_bench import open_bench_database
from app.run_facts import Stamp
from app.run_records import RecordedValue
from app.setting_keys import setting_keys
from things.events import now

BATCH = 5_000
CONTENTS = 10
SAMPLES = ("onion skin", "yeast", "diatoms", "pollen", "beads")
THINGS = ("camera", "spectrometer", "stage")
TYPES = (*["image/png"] * 14, *["image/tiff"] * 4, "application/x-npz", "text/csv; charset=utf-8")
SETTINGS = 5
WORDS = ("good", "blurred", "bright", "dark", "drifted", "sharp", "test", "final")


def fill(folder: Path, count: int, address: str = "") -> None:
    """Make so many records.

    Args:
        folder: The bench's folder of data.
        count: How many.
        address: The setting `database_url`.
    """
    database = open_bench_database(folder, address)
    archive = Archive(database, folder / FOLDER)
    archive.open()
    try:
        kept = [archive.keep(f"content {n}".encode(), f"first {n}") for n in range(CONTENTS)]
        first = kept[-1]
        began = now() - timedelta(days=365)
        for start in range(0, count, BATCH):
            numbers = range(first.number + 1 + start, first.number + 1 + min(start + BATCH, count))

            def job(connection: Connection, numbers: range = numbers) -> None:
                rows = [_row(n, micros(began + timedelta(minutes=n)), kept) for n in numbers]
                connection.execute(insert(files), rows)
                connection.execute(insert(file_versions), [_version(row) for row in rows])
                connection.execute(insert(file_settings), _settings(rows))
                connection.execute(insert(file_tags), [tag for row in rows for tag in _tags(row)])

            archive.write(job)
    finally:
        archive.close()
        database.close()


def _row(number: int, at_us: int, kept: Sequence[ArchivedFile]) -> dict[str, Any]:
    sample = "moon dust" if number % 20_000 == 7 else SAMPLES[number % 5]
    made = Provenance(
        run=uuid.UUID(int=number // 10),
        thing=THINGS[number % 3],
        action="calibrate" if number % 5_000 == 11 else ("snap", "stack")[number % 4 == 0],
        title="Snap",
        stamp=Stamp(("Ada", "Grace")[number % 7 == 0], sample, f"session {number // 1000}"),
        settings={
            "camera": {
                f"setting_{n}": RecordedValue(n * number, moment(at_us)) for n in range(SETTINGS)
            }
        },
    )
    media_type = TYPES[number % len(TYPES)]
    new = NewFile(
        id=uuid.uuid4(),
        name=f"2026-{sample}-{number:06}",
        extension=media_type.partition("/")[2][:4],
        media_type=media_type,
        meta=json.dumps({"lens": f"{number % 4 * 10 + 10}x", "z": number % 100, "serial": number}),
        tags={tag: tag for tag in _words_of(number)},
        notes=f"{WORDS[number % 7]} and {WORDS[number % 5]}, field {number % 997}",
        provenance=made,
    )
    content = kept[0] if number % 1000 else kept[number // 1000 % CONTENTS]
    row = row_of(new, number, at_us, Content(content.sha256, content.size or 0))
    if number % 33 == 5:
        row |= {"state": FileState.TRASHED.value, "trashed_us": at_us}
        row["words"] = words_for(row, tuple(new.tags.values()))
    return row


def _words_of(number: int) -> list[str]:
    """The tags of a file: one of some, one that half of them have, one that is rare."""
    half = ["kept"] if number % 2 else []
    return [WORDS[number % 8], *half, *(["nobel"] if number % 10_000 == 42 else [])]


def _version(row: dict[str, Any]) -> dict[str, Any]:
    kept = ("number", "version", "sha256", "size", "media_type", "created_us", "who")
    return {name: row[name] for name in kept}


def _settings(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"setting": key, "number": row["number"]}
        for row in rows
        for key in setting_keys(setting_values(row["settings"]))
    ]


def _tags(row: dict[str, Any]) -> list[dict[str, Any]]:
    words = _words_of(row["number"])
    return [{"number": row["number"], "folded": word, "tag": word} for word in words]


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
