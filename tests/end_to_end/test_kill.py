"""What is left of the ledger when the program is killed in the middle of everything."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
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


class Harness:
    """Serves the bench again and again, each time in a process that is killed."""

    def __init__(self, folder: Path) -> None:
        bench = resource("benches/conformance.toml")
        self._process = subprocess.Popen(
            [sys.executable, str(HARNESS), str(bench), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def killed_once(self, wanted: int) -> Clients:
        """Serve it, let clients start runs, kill it after so many were acknowledged."""
        assert self._process.stdin is not None
        self._process.stdin.write("once more\n")
        self._process.stdin.flush()
        number, url = self._said().split()
        try:
            clients = Clients(url, wanted)
            assert clients.enough.wait(60), clients.others
        finally:
            os.kill(int(number), signal.SIGKILL)
        assert self._said() == "ended"
        clients.join()
        return clients

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait(60)
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def kill_and_look(folder: Path, rounds: int) -> None:
    chance = random.Random(rounds)
    acknowledged: set[UUID] = set()
    interrupted = 0
    harness = Harness(folder)
    try:
        for _ in range(rounds):
            acknowledged |= set(harness.killed_once(chance.randint(1, 150)).acknowledged)
            interrupted = look(folder, acknowledged)
    finally:
        harness.close()
    assert interrupted > 0  # else it was never killed in mid-action


def look(folder: Path, acknowledged: set[UUID]) -> int:
    """Open the ledger as the next program does; returns how many runs were interrupted so far."""
    database = Database.at_file(folder / DATABASE)
    try:
        ledger = Ledger(database)
        with database.reader() as connection:
            assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
            known = {UUID(row) for row in connection.execute(text("SELECT id FROM runs")).scalars()}
        assert acknowledged <= known
        for state in (RunState.PENDING, RunState.RUNNING):
            assert ledger.find(RunQuery(state=state, limit=1)).runs == []
        interrupted = len(ledger.find(RunQuery(state=RunState.INTERRUPTED)).runs)
        ledger.close()
    finally:
        database.close()
    return interrupted


@pytest.mark.timeout(600)  # it starts a program twenty times
def test_killed_twenty_times_in_mid_action_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    kill_and_look(tmp_path, 20)


@pytest.mark.soak
def test_killed_two_hundred_times_in_mid_action_nothing_acknowledged_is_lost(
    tmp_path: Path,
) -> None:
    kill_and_look(tmp_path, 200)
