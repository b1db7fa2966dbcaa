from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.handles import Origin, OriginKind
from app.recording import DATABASE
from app.run_records import RunQuery, RunState

ME = Origin(OriginKind.SCRIPT, "a test")


# Whatever is told of the file itself.
on_a_file = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def copied_as_a_crash_leaves_it(folder: Path, target: Path) -> None:
    """Copy the database while it is open: what a killed program leaves behind."""
    target.mkdir()
    for file in folder.glob(f"{DATABASE}*"):
        shutil.copy(file, target / file.name)


@on_a_file
def test_what_ran_when_the_program_died_is_interrupted(opens, tmp_path: Path):
    recorded = opens()
    ended = recorded.run("double")
    running = recorded.start("wait")
    assert recorded.probe.began.wait(30)
    waiting = recorded.start("double")  # for the lock
    recorded.ledger._writing.drain(30)
    copied_as_a_crash_leaves_it(tmp_path / "data", tmp_path / "crashed")
    recorded.probe.go.set()
    recorded.bench.close()
    shutil.rmtree(tmp_path / "data")
    (tmp_path / "crashed").rename(tmp_path / "data")
    again = opens()

    found = {each.id: each for each in again.ledger.find(RunQuery()).runs}
    assert found[ended.id].state is RunState.COMPLETED
    for each in (running, waiting):
        assert found[each.id].state is RunState.INTERRUPTED
        assert found[each.id].error.title == "Interrupted"
        assert "program ended" in found[each.id].error.detail


def test_what_is_abandoned_at_the_end_is_interrupted_and_says_for_how_long_it_was_waited(opens):
    recorded = opens()
    stuck = recorded.start("ignore")
    probe = recorded.probe
    assert probe.began.wait(30)
    assert recorded.bench.close(0.2)
    again = opens()
    found = again.ledger.run(stuck.id)
    probe.go.set()

    assert found.state is RunState.INTERRUPTED
    assert "0.2 s" in found.error.detail
    assert "abandoned" in found.error.detail
    assert found.started_at is not None


@on_a_file
def test_ending_in_order_leaves_nothing_running_and_no_log_of_changes(opens, tmp_path: Path):
    recorded = opens()
    cancelled = recorded.start("wait")
    assert recorded.probe.began.wait(30)
    assert recorded.bench.close(30) == []

    found = {path.name for path in (tmp_path / "data").glob(f"{DATABASE}*")}
    assert found == {DATABASE, f"{DATABASE}.sums"}
    assert opens().ledger.run(cancelled.id).state is RunState.CANCELLED


def test_closing_while_many_end_loses_none(opens):
    recorded = opens()
    started = [recorded.bench.start("probe", "nothing", {}, ME) for _ in range(50)]
    recorded.bench.close(30)

    found = {each.id: each.state for each in opens().ledger.find(RunQuery()).runs}
    assert set(found) == {each.id for each in started}
    assert not {RunState.PENDING, RunState.RUNNING} & set(found.values())
