"""What is left of the ledger when the program is killed in the middle of everything."""

from __future__ import annotations

import http.client
import json
import random
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlalchemy import text

from app.database.database import Database
from app.ledger.ledger import Ledger
from app.recording import DATABASE
from app.run_records import RunQuery, RunState
from resources import resource

CLIENTS = 6
HARNESS = Path(__file__).parent / "clients" / "killed_bench.py"
ACTIONS: tuple[tuple[str, dict[str, float]], ...] = (
    ("/demo/nothing", {}),
    ("/other/slow_count", {"n": 3, "dt": 0.02}),
    ("/demo/snap", {"width": 16, "height": 16}),
)


class Clients:
    """Start runs as fast as they can until nobody answers any more.

    Attributes:
        acknowledged: The runs that were answered with 201.
        others: What else was answered, how often.
    """

    def __init__(self, url: str, wanted: int) -> None:
        self.acknowledged: list[UUID] = []
        self.others: Counter[int] = Counter()
        self.enough = threading.Event()
        self._wanted = wanted
        self._address = urlsplit(url)
        self._threads = [
            threading.Thread(target=self._run, args=(number,)) for number in range(CLIENTS)
        ]
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        for thread in self._threads:
            thread.join(60)
            assert not thread.is_alive()

    def _run(self, number: int) -> None:
        path, input = ACTIONS[number % len(ACTIONS)]
        body = json.dumps(input)
        connection = http.client.HTTPConnection(
            self._address.hostname or "", self._address.port, timeout=60
        )
        try:
            while True:
                connection.request("POST", path, body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                content = answer.read()
                if answer.status != 201:
                    self.others[answer.status] += 1
                    continue
                self.acknowledged.append(UUID(json.loads(content)["id"]))
                if len(self.acknowledged) >= self._wanted:
                    self.enough.set()
        except (OSError, http.client.HTTPException, ValueError):
            return  # it was killed
        finally:
            connection.close()


def killed_once(folder: Path, bench: Path, wanted: int) -> Clients:
    """Serve a bench, let clients start runs, kill it after so many were acknowledged."""
    program = subprocess.Popen(
        [sys.executable, str(HARNESS), str(bench), str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    try:
        clients = Clients(program.stdout.readline().strip(), wanted)
        assert clients.enough.wait(60), clients.others
    finally:
        program.kill()
        program.wait(60)
        program.stdout.close()
    clients.join()
    return clients


def kill_and_look(folder: Path, rounds: int) -> None:
    bench = resource("benches/conformance.toml")
    chance = random.Random(rounds)
    acknowledged: set[UUID] = set()
    interrupted = 0
    for _ in range(rounds):
        clients = killed_once(folder, bench, chance.randint(1, 150))
        acknowledged |= set(clients.acknowledged)

        database = Database.at_file(folder / DATABASE)
        try:
            ledger = Ledger(database)
            with database.reader() as connection:
                assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
                rows = connection.execute(text("SELECT id FROM runs")).scalars()
                known = {UUID(row) for row in rows}
            assert acknowledged <= known
            for state in (RunState.PENDING, RunState.RUNNING):
                assert ledger.find(RunQuery(state=state, limit=1)).runs == []
            interrupted = len(ledger.find(RunQuery(state=RunState.INTERRUPTED)).runs)
            ledger.close()
        finally:
            database.close()
    assert interrupted > 0  # else it was never killed in mid-action


@pytest.mark.timeout(600)  # it starts a program twenty times
def test_killed_twenty_times_in_mid_action_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    kill_and_look(tmp_path, 20)


@pytest.mark.soak
def test_killed_two_hundred_times_in_mid_action_nothing_acknowledged_is_lost(
    tmp_path: Path,
) -> None:
    kill_and_look(tmp_path, 200)
