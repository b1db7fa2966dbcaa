"""T12: a disk that is really full, and one that fails, beneath a ledger that goes on."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from app.database import sqlite
from app.errors import LedgerFullError
from app.handles import InvocationStatus
from app.recording import DATABASE
from app.run_records import RunQuery, RunState

if TYPE_CHECKING:
    from tests.app.conftest import MountedDisk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Disk(Protocol):
    """A disk that can be filled, and emptied again."""

    folder: Path

    def fill(self) -> None: ...

    def empty(self) -> None: ...


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
    request: pytest.FixtureRequest,
    mounted_disk: MountedDisk | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Disk]:
    """A full disk is a mounted one; who may not mount has the failing one twice, and is told."""
    if request.param == "full" and mounted_disk is not None:
        yield mounted_disk
        return
    limited = LimitedDisk(tmp_path_factory.mktemp("disk"))
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
