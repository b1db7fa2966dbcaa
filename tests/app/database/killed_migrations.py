"""Migrates a database in processes that are killed at any moment. Arguments: a folder, how often.

A line of JSON for each: whether it was killed before it had ended, the step that the file is at
then, what is wrong with its structure, how many runs are left, and whether it opens afterwards.
What is imported is imported once, before anything is forked, and no thread is started here.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
import uuid
from pathlib import Path

from sqlalchemy import insert

from app.database import sqlite
from app.database.database import Database
from app.database.migrating import migrate, migrate_down
from app.database.schema import runs
from app.database.sqlite_file import writing_engine

RUNS = 300
FIRST = "0001"


def make_old(file: Path) -> None:
    """A file of the first step, with some runs in it."""
    engine = writing_engine(file, sqlite.sqlite_choice())
    rows = [
        {
            column.name: {"number": number, "id": uuid.uuid4(), "root": uuid.uuid4()}.get(
                column.name, None if column.nullable else ("x" if _is_text(column) else 1)
            )
            for column in runs.c
        }
        for number in range(RUNS)
    ]
    with engine.connect() as connection, connection.begin():
        migrate(connection)
        connection.execute(insert(runs), rows)
        migrate_down(connection, FIRST)
    engine.dispose()


def _is_text(column: object) -> bool:
    return getattr(column, "type").python_type is str  # noqa: B009 - a column of any kind


def opened_in_a_child(file: Path) -> int:
    """Open the file as a program does, which migrates it; returns the number of that process."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            Database.at_file(file).close()
            code = 0
        finally:
            os._exit(code)
    return child


def killed_within(child: int, within_s: float) -> bool:
    """Kill a process after a while; False where it had ended before."""
    time.sleep(within_s)  # any moment will do: nothing is waited for
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def look(file: Path) -> tuple[str, str, int]:
    """The step a file is at, what is wrong with it, and how many runs it has."""
    choice = sqlite.sqlite_choice()
    connection = sqlite.connect(choice, file)
    try:
        damage = sqlite.damage(connection, whole=True)
        step = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        left = connection.execute("SELECT count(*) FROM runs").fetchone()[0]
    finally:
        connection.close()
    return step, damage, left


def main(folder: Path, rounds: int) -> None:
    """Do it so many times."""
    old = folder / "old.db"
    make_old(old)
    chance = random.Random(rounds)
    first = folder / "first.db"
    shutil.copy(old, first)
    began_s = time.monotonic()
    os.waitpid(opened_in_a_child(first), 0)
    takes_s = time.monotonic() - began_s
    for number in range(rounds):
        place = folder / str(number)
        place.mkdir()
        file = place / "labwright.db"
        shutil.copy(old, file)
        killed = killed_within(opened_in_a_child(file), chance.uniform(0, takes_s))
        step, damage, left = look(file)
        _, status = os.waitpid(opened_in_a_child(file), 0)
        found = {
            "killed": killed,
            "step": step,
            "damage": damage,
            "runs": left,
            "opens": os.waitstatus_to_exitcode(status) == 0,
            "step_then": look(file)[0],
        }
        print(json.dumps(found), flush=True)
        shutil.rmtree(place)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
