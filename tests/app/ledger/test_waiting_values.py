"""What a Thing was before and after a run that had to wait for another one."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.handles import Origin, OriginKind

ME = Origin(OriginKind.SCRIPT, "a test")
PATIENCE_S = 30.0

DRIVER = """
import threading
from things import Thing, action, property

class Stage(Thing):
    position: float = property(default=0.0)
    go = threading.Event()

    @action
    def move(self, to: float) -> None:
        self.go.wait(30)
        self.position = to
"""


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    (tmp_path / "waiting_driver.py").write_text(DRIVER)
    monkeypatch.syspath_prepend(str(tmp_path))
    spec = BenchSpec("Test bench", (ThingSpec("stage", "waiting_driver:Stage"),))
    with Bench(spec, data_folder=tmp_path / "data") as bench:
        yield bench


def test_each_run_has_what_the_one_before_it_left(bench: Bench) -> None:
    stage: Any = bench.thing("stage")
    runs = [bench.invoke("stage", "move", {"to": float(to)}, ME) for to in (1, 2, 3)]
    stage.go.set()

    found = [ended(bench, run) for run in runs]

    values = [
        (each.before["stage"]["position"].value, each.after["stage"]["position"].value)
        for each in found
    ]
    starts = [each.started_at for each in found]
    in_order = [value for _, value in sorted(zip(starts, values, strict=True))]
    assert [before for before, _ in in_order] == [0.0, *(after for _, after in in_order[:-1])]
    assert {after for _, after in in_order} == {1.0, 2.0, 3.0}


def ended(bench: Bench, run: Any) -> Any:
    """The record of a run, once its end is on disk."""
    assert run.wait_ended(PATIENCE_S)
    deadline_s = time.monotonic() + PATIENCE_S
    while not (record := bench.history.run(run.id)).after:
        assert time.monotonic() < deadline_s
        threading.Event().wait(0.005)
    return record
