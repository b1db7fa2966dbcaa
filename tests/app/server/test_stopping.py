"""STOP ALL over HTTP is never gated: not by limits, a closing bench, a ledger in trouble."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.errors import LedgerFullError
from app.run_records import RunQuery
from app.server.settings import ServerSettings
from app.server.thread import ServerThread

LIMIT = 12


def test_it_works_at_the_limit_and_what_was_refused_there_leaves_no_trace(serving):
    served = serving(limit=2)
    for _ in range(2):
        served.run("wait", {"seconds": 60}, wait=False)
    refused = [served.http.post("/probe/zero") for _ in range(3)]

    stopped = served.http.post("/stop")

    assert [answer.status_code for answer in refused] == [503] * 3
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)
    assert all("2 actions run or wait" in answer.json()["detail"] for answer in refused)
    assert stopped.status_code == 200
    assert {report["thing"] for report in stopped.json()["things"]} == {"probe", "other"}
    runs = served.bench.actions.invocations
    assert len(runs) == 2
    assert all(run.wait_ended(20) for run in runs)
    assert {run.status.value for run in runs} == {"cancelled"}
    assert served.run("zero")["status"] == "completed", "there is room again"


def test_it_works_while_the_bench_waits_for_its_end(serving):
    served = serving()
    served.run("wait", {"seconds": 60}, wait=False)
    served.bench.actions.refuse_new()
    before = served.probe.stopped

    answer = served.http.post("/stop")

    assert answer.status_code == 200
    assert served.probe.stopped == before + 1
    assert all(run.wait_ended(20) for run in served.bench.actions.invocations)


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Bench]:
    """A bench that records what is run."""
    spec = BenchSpec("Recorded", (ThingSpec("probe", "server_instruments:Probe"),))
    with Bench(spec, data_folder=tmp_path, limit=LIMIT) as bench:
        yield bench


@pytest.fixture
def http(recorded: Bench) -> Iterator[httpx.Client]:
    """A client of it."""
    server = ServerThread(recorded, ServerSettings(port=0))
    server.start()
    with httpx.Client(base_url=server.url, timeout=20) as client:
        yield client
    server.stop()


def test_it_works_while_nothing_can_be_recorded(
    recorded: Bench, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = http.post("/probe/wait", json={"seconds": 60})
    probe: Any = recorded.thing("probe")
    before = probe.stopped

    def full(*_: object) -> None:
        raise LedgerFullError("the disk is full")

    for name in ("check", "accepted"):
        monkeypatch.setattr(recorded.ledger, name, full)
    refused = http.post("/probe/zero")
    stopped = http.post("/stop")

    assert started.status_code == 201
    assert refused.status_code == 503
    assert int(refused.headers["retry-after"]) >= 1
    assert "the disk is full" in refused.json()["detail"]
    assert stopped.status_code == 200
    assert stopped.json()["things"][0]["answered"]
    assert probe.stopped == before + 1
    assert all(run.wait_ended(20) for run in recorded.actions.invocations)


def test_what_was_accepted_is_in_the_ledger_and_what_was_refused_is_not(
    recorded: Bench, http: httpx.Client
) -> None:
    answers: list[int] = []
    lock = threading.Lock()

    def ask() -> None:
        with httpx.Client(base_url=str(http.base_url), timeout=60) as client:
            for _ in range(LIMIT // 2):
                code = client.post("/probe/wait", json={"seconds": 600}).status_code
                with lock:
                    answers.append(code)

    clients = [threading.Thread(target=ask) for _ in range(5)]
    for each in clients:
        each.start()
    for each in clients:
        each.join(90)
    http.post("/stop")

    assert sorted(set(answers)) == [201, 503]
    assert answers.count(201) == LIMIT
    page = recorded.history.find(RunQuery(limit=1000, total=True))
    assert page.total == LIMIT
