"""Runs, a ledger in memory, and a disk that can be filled.

For annotations import from here under `TYPE_CHECKING` only; at run time take the fixtures.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.errors import InvocationNotFoundError
from app.run_facts import LogLine, Origin, OriginKind, Problem, Stamp
from app.run_records import (
    RecordedBlob,
    RecordedValue,
    RunPage,
    RunQuery,
    RunRecord,
    RunState,
)

BEGAN = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)


MakeRun = Callable[..., RunRecord]
MakeLedger = Callable[..., "Ledger"]


def _run_record(number: int = 1, **changes: Any) -> RunRecord:
    """A run that failed after a second, with one of everything; `changes` by name."""
    requested = BEGAN + timedelta(minutes=number)
    id = changes.pop("id", uuid.uuid4())
    found: dict[str, Any] = {
        "id": id,
        "number": number,
        "parent": None,
        "root": id,
        "thing": "camera",
        "action": "snap",
        "title": "Snap",
        "state": RunState.ERROR,
        "origin": Origin(OriginKind.NETWORK, "127.0.0.1"),
        "stamp": Stamp("Ada", "onion skin 7", "evening"),
        "requested_at": requested,
        "started_at": requested,
        "ended_at": requested + timedelta(seconds=1),
        "elapsed_s": 1.0,
        "input": {"planes": 11},
        "output": [{"media_type": "image/png"}],
        "blobs": (RecordedBlob((0,), "image/png", "snap-0.png", 12, (8, 8), "ab" * 32, "cd" * 32),),
        "input_blobs": (RecordedBlob(("mask",), "image/png", "mask.png", None),),
        "error": Problem("ValueError", "bang", "about:blank", 500),
        "log": (LogLine("INFO", "plane 3", requested, "camera.py", 7),),
        "before": {"camera": {"exposure": RecordedValue(10.0, requested)}},
        "after": {"camera": {"exposure": RecordedValue(20.0, requested)}},
        "stuck": False,
        "note": "",
    }
    return RunRecord(**{**found, **changes})


class Ledger:
    """A ledger in memory: a `RunHistory` that pages by number.

    Attributes:
        records: What it has, newest first.
        queries: What it was asked.
        failure: Raised by everything, where there is one.
    """

    def __init__(self, *records: RunRecord) -> None:
        self.records = list(records)
        self.queries: list[RunQuery] = []
        self.failure: Exception | None = None

    def find(self, query: RunQuery) -> RunPage:
        self._fail()
        self.queries.append(query)
        below = int(query.after or 10**9)
        fitting = [each for each in self.records if query.thing in (None, each.thing)]
        found = [each for each in fitting if each.number < below]
        shown = found[: query.limit]
        more = str(shown[-1].number) if len(found) > len(shown) else None
        return RunPage(shown, more, len(fitting) if query.total else None)

    def run(self, id: UUID) -> RunRecord:
        self._fail()
        for record in self.records:
            if record.id == id:
                return record
        raise InvocationNotFoundError(id)

    def annotate(self, id: UUID, note: str) -> RunRecord:
        found = replace(self.run(id), note=note)
        self.records = [found if each.id == id else each for each in self.records]
        return found

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


@pytest.fixture(scope="session")
def make_run() -> MakeRun:
    """Makes a run with one of everything: `make_run(number, thing="stage", ...)`."""
    return _run_record


@pytest.fixture(scope="session")
def make_ledger() -> MakeLedger:
    """Makes a ledger in memory of the runs given, newest first."""
    return Ledger


DISK_MB = 8


class MountedDisk:
    """A file system of its own, of a few megabytes, that can be filled and emptied again.

    Attributes:
        folder: Where it is mounted.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, but_bytes: int = 0) -> None:
        """Leave only so many bytes free, in whole pages of 4,096."""
        with self._filler.open("ab", 0) as stream, suppress(OSError):
            while (free := shutil.disk_usage(self.folder).free) > but_bytes:
                stream.write(bytes(max(4096, (free - but_bytes) // 2)))
        assert shutil.disk_usage(self.folder).free <= but_bytes

    def empty(self) -> None:
        """Take away what fills it."""
        self._filler.unlink(missing_ok=True)


@pytest.fixture
def mounted_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MountedDisk | None]:
    """A disk that can really be full; None where nothing may be mounted, which is told."""
    folder = tmp_path_factory.mktemp("disk")
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "labwright-test", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"no disk can be mounted here: {done.stderr}", file=sys.stderr)
        yield None
        return
    yield MountedDisk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
