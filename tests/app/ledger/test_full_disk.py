"""T12: a disk that is really full, and one that fails, beneath a ledger that goes on."""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

import pytest

from app.database import sqlite
from app.errors import LedgerFullError
from app.handles import InvocationStatus
from app.recording import DATABASE
from app.run_records import RunQuery, RunState

DISK_MB = 8
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Disk(Protocol):
    """A disk that can be filled, and emptied again."""

    folder: Path

    def fill(self) -> None: ...

    def empty(self) -> None: ...


class MountedDisk:
    """A file system of its own, of a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        with self._filler.open("wb", 0) as stream, suppress(OSError):
            for _ in range(DISK_MB * 256 + 1):
                stream.write(bytes(4096))
        assert shutil.disk_usage(self.folder).free == 0

    def empty(self) -> None:
        self._filler.unlink()


class LimitedDisk:
    """A disk on which no file may grow: writing fails, with another error than on a full one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self) -> None:
        largest = max(file.stat().st_size for file in self.folder.rglob(f"{DATABASE}*"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, self._before[1]))

    def empty(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, self._before)


@pytest.fixture(params=["full", "failing"])
def disk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Disk]:
    """A full disk is a mounted one; who may not mount has the failing one twice, and is told."""
    folder = tmp_path_factory.mktemp("disk")
    if request.param == "full":
        command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "labwright-test", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            yield MountedDisk(folder)
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
            return
        print(f"no disk can be mounted here: {done.stderr}", file=sys.stderr)
    limited = LimitedDisk(folder)
    yield limited
    limited.empty()


@pytest.fixture
def tmp_path(disk: Disk) -> Path:
    """The bench keeps its data on that disk."""
    return disk.folder


def start_until_refused(recorded):
    accepted = []
    for _ in range(2000):
        try:
            accepted.append(recorded.start("say", text="x" * 20_000))
        except LedgerFullError:
            return accepted
    pytest.fail("the disk was never full")


def test_a_disk_that_takes_no_more_is_said_and_it_goes_on_by_itself(opens, disk):
    recorded = opens()
    before = [recorded.run("say", text="x" * 1000) for _ in range(20)]
    running = recorded.start("wait")
    assert recorded.probe.began.wait(30)
    disk.fill()
    before += start_until_refused(recorded)

    assert "disk" in recorded.next_trouble()
    with pytest.raises(LedgerFullError, match="disk"):
        recorded.start("nothing")
    recorded.probe.go.set()
    assert running.wait_ended(30)
    assert running.status is InvocationStatus.COMPLETED

    disk.empty()
    assert recorded.next_trouble() == ""
    after = recorded.run("double")
    for each in before:
        assert each.wait_ended(30)
    recorded.written()
    found = {each.id: each.state for each in recorded.ledger.find(RunQuery(limit=1000)).runs}
    assert {found[each.id] for each in (*before, running, after)} == {RunState.COMPLETED}
    assert not {RunState.PENDING, RunState.RUNNING} & set(found.values())


def test_what_was_acknowledged_before_the_disk_was_full_is_there_when_the_program_ends_so(
    opens, disk
):
    recorded = opens()
    accepted = [recorded.run("say", text="x" * 1000) for _ in range(20)]
    disk.fill()
    accepted += start_until_refused(recorded)
    assert "disk" in recorded.next_trouble()
    for each in accepted:
        assert each.wait_ended(30)
    recorded.bench.close()

    disk.empty()
    assert sqlite.damage_of(disk.folder / "data" / DATABASE, whole=True) == ""
    again = opens()
    found = {each.id: each.state for each in again.ledger.find(RunQuery(limit=1000)).runs}
    assert {each.id for each in accepted} <= set(found)
    # What was accepted on a disk with room and ended without any is not known to have ended.
    assert set(found.values()) <= {RunState.COMPLETED, RunState.INTERRUPTED}
    assert again.run("double").status is InvocationStatus.COMPLETED
