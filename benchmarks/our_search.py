"""How long searches of every kind take in an archive that `fill_archive.py` filled.

    python benchmarks/our_search.py FOLDER [DATABASE_URL]

Prints a line for each kind: its name, milliseconds for the median and the longest of 20, and those
of the processor for the longest. Each is a page and its JSON, without HTTP.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from app.archive.records import FileQuery, FileState
from app.archive.searching import FileReader
from app.database.of_bench import read_bench_database
from app.file_wire import page_json

TIMES: Final = 20
DEEP: Final = 40_000

NOW = datetime.now(UTC)
WORDS: Final = ("good", "blurred", "bright", "dark", "drifted", "sharp", "test", "final")

KINDS: Final[Mapping[str, Callable[[int], FileQuery]]] = {
    "all": lambda n: FileQuery(limit=80 + n),
    "one word, frequent": lambda n: FileQuery(text=WORDS[n % 5], limit=80 + n),
    "one word, nearly all": lambda n: FileQuery(text="field", limit=80 + n),
    "one word, the beginning, one letter": lambda n: FileQuery(text="fabcdsg"[n % 7]),
    "one word, a digit": lambda n: FileQuery(text=str(n % 10)),
    "one word, rare": lambda n: FileQuery(text=f"{5000 * n + 77:06}"),
    "one word, not there": lambda n: FileQuery(text=f"nowhere{n}"),
    "two words": lambda n: FileQuery(text=f"field {n + 100}"),
    "two words, frequent": lambda n: FileQuery(text=f"{WORDS[n % 7]} {WORDS[n % 5]}"),
    "two words, a letter and a digit": lambda n: FileQuery(text=f"y {n % 10}"),
    "two words, one rare": lambda n: FileQuery(text=f"good {5000 * n + 77:06}"),
    "two words, never together": lambda n: FileQuery(text="yeast pollen", limit=80 + n),
    "three words": lambda n: FileQuery(text=f"yeast {WORDS[n % 7]} fie {n}"),
    "tag, frequent": lambda n: FileQuery(tags=("kept",), limit=80 + n),
    "tag": lambda n: FileQuery(tags=(WORDS[n % 8],)),
    "tag, rare": lambda n: FileQuery(tags=("nobel",), limit=80 + n),
    "tag, not there": lambda n: FileQuery(tags=(f"none{n}",)),
    "tags": lambda n: FileQuery(tags=("kept", WORDS[n % 4 * 2 + 1])),
    "tags, never together": lambda n: FileQuery(tags=("kept", WORDS[n % 4 * 2])),
    "tags, one rare": lambda n: FileQuery(tags=("kept", "nobel"), limit=80 + n),
    "metadata, frequent": lambda n: FileQuery(meta={"lens": f"{n % 4 * 10 + 10}x"}),
    "metadata": lambda n: FileQuery(meta={"z": n}),
    "metadata, rare": lambda n: FileQuery(meta={"serial": n * 5000 + 1}),
    "metadata, two": lambda n: FileQuery(meta={"lens": f"{n % 4 * 10 + 10}x", "z": n}),
    "Thing": lambda n: FileQuery(thing=("camera", "stage", "spectrometer")[n % 3]),
    "Thing, not there": lambda n: FileQuery(thing=f"nobody {n}"),
    "action, frequent": lambda n: FileQuery(action=("snap", "stack")[n % 2]),
    "action, rare": lambda n: FileQuery(action="calibrate", limit=80 + n),
    "action, not there": lambda n: FileQuery(action=f"none {n}"),
    "operator": lambda n: FileQuery(operator=("Ada", "Grace")[n % 2]),
    "operator, not there": lambda n: FileQuery(operator=f"none {n}"),
    "sample": lambda n: FileQuery(sample=("yeast", "pollen")[n % 2]),
    "sample, rare": lambda n: FileQuery(sample="moon dust", limit=80 + n),
    "session": lambda n: FileQuery(session=f"session {4 * n}"),
    "media type": lambda n: FileQuery(media_type=("image/png", "application/x-npz")[n % 2]),
    "media type, wildcard": lambda n: FileQuery(media_type=("image/*", "text/*")[n % 2]),
    "media type, not there": lambda n: FileQuery(media_type=f"video/{n}"),
    "run": lambda n: FileQuery(run=UUID(int=n * 500)),
    "sha256, frequent": lambda n: FileQuery(sha256=CONTENTS[0], limit=80 + n),
    "sha256": lambda n: FileQuery(sha256=CONTENTS[n % 9 + 1]),
    "trashed": lambda n: FileQuery(state=FileState.TRASHED, limit=80 + n),
    "any state": lambda n: FileQuery(state=None, limit=80 + n),
    "drafts": lambda n: FileQuery(state=FileState.DRAFT, limit=80 + n),
    "setting, all": lambda n: FileQuery(settings={"camera.setting_0": 0}, limit=80 + n),
    "setting, rare": lambda n: FileQuery(settings={"camera.setting_1": 5_000 * n}),
    "settings, Thing, word": lambda n: FileQuery(
        settings={"camera.setting_0": 0, "camera.setting_2": 10_000 * n}, thing="stage", text="fie"
    ),
    "setting, all, and tag": lambda n: FileQuery(
        settings={"camera.setting_0": 0}, tags=("kept",), limit=80 + n
    ),
    "a day": lambda n: FileQuery(since=_day(3 + n), until=_day(2 + n)),
    "a month long ago": lambda n: FileQuery(since=_day(330 + n), until=_day(300 + n)),
    "until long ago": lambda n: FileQuery(until=_day(360 - n)),
    "since long ago": lambda n: FileQuery(since=_day(360 - n)),
    "in no time": lambda n: FileQuery(since=_day(2000 + n), until=_day(1000 + n)),
    "month, tag, word": lambda n: FileQuery(
        since=_day(330 + n), until=_day(300 + n), tags=("kept",), text="sharp"
    ),
    "tag, metadata, Thing": lambda n: FileQuery(
        tags=("sharp",), meta={"lens": "20x"}, thing="camera", limit=80 + n
    ),
    "Thing, action, sample": lambda n: FileQuery(
        thing="camera", action=("snap", "stack")[n % 2], sample="yeast"
    ),
    "Thing, action, never together": lambda n: FileQuery(
        thing="camera", action="calibrate", sample="onion skin", limit=80 + n
    ),
    "word and Thing": lambda n: FileQuery(text=WORDS[n % 5], thing="stage"),
    "word and metadata, never together": lambda n: FileQuery(
        text="nobel", meta={"lens": "20x"}, limit=80 + n
    ),
    "word in the trash": lambda n: FileQuery(text=WORDS[n % 5], state=FileState.TRASHED),
    "two words, tag, type, sample": lambda n: FileQuery(
        text=f"fie {n % 10}", tags=("kept",), media_type="image/*", sample="pollen"
    ),
}

CONTENTS: Final[list[str]] = []


def main(folder: Path, address: str = "", only: str = "") -> None:
    """Print the figures."""
    database = read_bench_database(folder, address)
    reader = FileReader(database, "/files/")
    CONTENTS.extend(
        reader.find(FileQuery(text=f"first {n}", oldest_first=True, limit=1)).files[0].sha256
        for n in range(10)
    )
    for kind, make in KINDS.items():
        for what, change in (
            ("", {}),
            (", counted", {"total": True}),
            (", deep", {"after": str(DEEP)}),
        ):
            if only not in kind + what:
                continue
            took_ms = [_took_ms(reader, replace(make(n), **change)) for n in range(TIMES)]
            alone_ms, cpu_ms = zip(*took_ms, strict=True)
            figures = (statistics.median(alone_ms), max(alone_ms), max(cpu_ms))
            print(f"{kind}{what}", *(f"{figure:.2f}" for figure in figures), sep="\t", flush=True)
    database.close()


def _took_ms(reader: FileReader, query: FileQuery) -> tuple[float, float]:
    began_s, cpu_s = time.perf_counter(), time.process_time()
    page_json(reader.find(query))
    return (time.perf_counter() - began_s) * 1000, (time.process_time() - cpu_s) * 1000


def _day(ago: int) -> datetime:
    # They were made a minute after another, from a year ago on.
    return NOW - timedelta(days=ago)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
