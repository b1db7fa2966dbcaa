"""T11: a program that is killed while it changes the tables."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.database.schema import HEAD

HARNESS = Path(__file__).parent / "killed_migrations.py"
RUNS = 300


def kill_and_look(folder: Path, rounds: int) -> None:
    done = subprocess.run(
        [sys.executable, str(HARNESS), str(folder), str(rounds)],
        capture_output=True,
        text=True,
        check=True,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]

    assert len(found) == rounds
    assert any(each["killed"] for each in found)  # else it was never in the middle of it
    assert {each["step"] for each in found} <= {"0001", HEAD}
    assert {each["damage"] for each in found} == {""}
    assert {each["runs"] for each in found} == {RUNS}
    assert all(each["opens"] and each["step_then"] == HEAD for each in found)


def test_killed_in_mid_migration_a_database_is_as_before_or_as_after(tmp_path: Path) -> None:
    kill_and_look(tmp_path, 10)


@pytest.mark.soak
def test_killed_two_hundred_times_in_mid_migration_a_database_is_as_before_or_as_after(
    tmp_path: Path,
) -> None:
    kill_and_look(tmp_path, 200)
