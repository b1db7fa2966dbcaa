from __future__ import annotations

import threading
from pathlib import Path

import httpx
import pytest

from app.errors import LedgerError, LedgerFullError
from app.handles import InvocationStatus
from app.recording import DATABASE
from app.run_records import RunQuery, RunState
from app.server.settings import ServerSettings
from app.server.thread import ServerThread

# Whatever is told of the file itself.
on_a_file = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def states(recorded):
    return {each.id: each.state for each in recorded.ledger.find(RunQuery(limit=1000)).runs}


def start_until_refused(recorded):
    """Start runs until one is refused; a few small ones still go into pages that are there.

    Returns:
        Those that were accepted.
    """
    accepted = []
    for _ in range(1000):
        try:
            accepted.append(recorded.start("say", text="x" * 20_000))
        except LedgerFullError:
            return accepted
    pytest.fail("the disk was never full")


def test_with_a_full_disk_nothing_new_is_started_and_what_runs_goes_on(recorded):
    before = recorded.start("wait")
    assert recorded.probe.began.wait(30)
    recorded.disk.fill()
    start_until_refused(recorded)

    assert "full" in recorded.next_trouble()
    assert "full" in recorded.bench.ledger_trouble
    with pytest.raises(LedgerFullError, match="full"):
        recorded.start("nothing")
    recorded.probe.go.set()
    assert before.wait_ended(30)
    assert before.status is InvocationStatus.COMPLETED

    recorded.disk.empty()
    assert recorded.next_trouble() == ""
    assert recorded.bench.ledger_trouble == ""
    recorded.written()
    assert states(recorded)[before.id] is RunState.COMPLETED
    assert recorded.record(recorded.run("double")).output == 2


def test_with_a_full_disk_what_was_accepted_is_not_lost(recorded):
    accepted = [recorded.start("say", text="x" * 5_000) for _ in range(20)]
    recorded.disk.fill()
    accepted += start_until_refused(recorded)
    assert "full" in recorded.next_trouble()
    recorded.disk.empty()
    assert recorded.next_trouble() == ""
    for invocation in accepted:
        assert invocation.wait_ended(30)
    recorded.written()

    found = states(recorded)
    assert {found[each.id] for each in accepted} == {RunState.COMPLETED}
    assert not {RunState.PENDING, RunState.RUNNING} & set(found.values())


def test_what_could_not_be_recorded_is_cancelled_and_is_recorded_once_there_is_room(recorded):
    recorded.disk.fill()
    accepted = start_until_refused(recorded)
    refused = recorded.bench.actions.invocations[-1]
    assert refused not in accepted
    assert refused.cancelled_at_s is not None or refused.status.ended
    assert refused.wait_ended(30)
    assert "full" in recorded.next_trouble()
    recorded.disk.empty()
    assert recorded.next_trouble() == ""
    recorded.written()

    assert states(recorded)[refused.id].status is refused.status


def test_stopping_never_waits_for_the_disk(recorded):
    running = recorded.start("wait")
    assert recorded.probe.began.wait(30)
    gate = threading.Event()
    writer = recorded.ledger._database.writer
    writer.submit(lambda _: gate.wait(60))  # a disk that does not answer

    (report,) = [each for each in recorded.bench.stop_all() if each.thing == "probe"]
    assert report.answered
    assert recorded.probe.stops == 1
    assert running.wait_ended(30)
    gate.set()


def test_over_http_a_full_disk_is_503_with_its_reason_and_when_to_come_again(recorded):
    server = ServerThread(recorded.bench, ServerSettings(port=0))
    server.start()
    try:
        with httpx.Client(base_url=server.url, timeout=30) as client:
            assert client.post("/probe/nothing", json={}).status_code == 201
            recorded.disk.fill()
            answers: list[httpx.Response] = []
            while not answers or answers[-1].status_code == 201:
                answers.append(client.post("/probe/say", json={"text": "x" * 20_000}))
            refused = answers[-1]
            assert refused.status_code == 503
            assert "full" in refused.json()["detail"]
            assert refused.headers["retry-after"]
            assert client.get("/probe/gain").json() == 1.0
            assert client.post("/stop").status_code == 200
            assert "full" in recorded.next_trouble()
            recorded.disk.empty()
            assert recorded.next_trouble() == ""
            assert client.post("/probe/nothing", json={}).status_code == 201
            recorded.written()
            found = {str(id) for id in states(recorded)}
            assert {each.json()["id"] for each in answers[:-1]} <= found
    finally:
        server.stop()


def test_when_too_much_waits_roots_are_refused_and_children_left_out_and_counted(
    opens, monkeypatch
):
    monkeypatch.setattr("app.ledger.entry_writer.CAPACITY", 3)
    monkeypatch.setattr("app.ledger.ledger.CAPACITY", 3)
    recorded = opens()
    monkeypatch.setattr(recorded.ledger._writing, "_capacity", 3)
    root = recorded.start("wait")
    assert recorded.probe.began.wait(30)
    gate, held = threading.Event(), threading.Event()

    def hold(_):
        held.set()
        assert gate.wait(60)

    recorded.ledger._database.writer.submit(hold)
    assert held.wait(30)
    recorded.probe.go.set()
    assert root.wait_ended(30)
    climbing = recorded.bench.start("probe", "climb", {"steps": 5}, root.origin)
    assert climbing.wait_ended(30)
    with pytest.raises(LedgerFullError, match="too many"):
        recorded.bench.start("probe", "nothing", {}, root.origin)
    gate.set()

    found = recorded.record(climbing)
    children = recorded.ledger.find(RunQuery(parent=climbing.id)).runs
    assert found.state is RunState.COMPLETED
    assert len(children) < 5
    left_out = 5 - len(children)
    assert f"{left_out} runs that this one started are not in the ledger" in found.log[-1].message


@on_a_file
def test_a_ledger_that_is_damaged_is_said_and_nothing_is_started(opens, tmp_path: Path):
    file = tmp_path / "data" / DATABASE
    file.parent.mkdir()
    file.write_bytes(b"Dear diary, " * 1000)
    recorded = opens()

    assert "no database" in recorded.bench.ledger_trouble
    assert "no database" in recorded.next_trouble()
    with pytest.raises(LedgerFullError, match="cannot be opened"):
        recorded.start("nothing")
    with pytest.raises(LedgerError, match="no database"):
        recorded.bench.history.find(RunQuery())
    assert recorded.bench.read("probe", "gain").value == 1.0
    assert [each.answered for each in recorded.bench.stop_all()] == [True]
    assert file.read_bytes() == b"Dear diary, " * 1000


@on_a_file
def test_without_recording_a_damaged_ledger_stops_nobody(opens, tmp_path: Path):
    file = tmp_path / "data" / DATABASE
    file.parent.mkdir()
    file.write_bytes(b"Dear diary, " * 1000)
    recorded = opens(record_runs=False)

    assert recorded.run("double").result == 2
    assert file.read_bytes() == b"Dear diary, " * 1000
