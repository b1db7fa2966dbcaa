"""Runs, and a ledger in memory, for tests of what is told about runs.

For annotations import from here under `TYPE_CHECKING` only; at run time take the fixtures.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
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
