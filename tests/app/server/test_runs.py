from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from app.actions.events import RunAnnotated
from app.errors import LedgerError, RunQueryError
from app.handles import OriginKind, Problem
from app.run_records import RunQuery, RunState
from app.run_wire import page_from, run_from

if TYPE_CHECKING:
    from tests.app.conftest import Ledger, MakeLedger, MakeRun
    from tests.app.server.conftest import Served


@pytest.fixture
def ledger(served: Served, make_run: MakeRun, make_ledger: MakeLedger) -> Iterator[Ledger]:
    """A ledger of five runs on the bench that is served."""
    things = {5: "probe", 4: "other", 3: "probe", 2: "probe", 1: "other"}
    made = make_ledger(*(make_run(number, thing=thing) for number, thing in things.items()))
    served.bench.ledger, before = made, served.bench.ledger
    yield made
    served.bench.ledger = before


def test_what_was_run_is_listed_newest_first_without_logs_and_values(served, ledger):
    answer = served.http.get("/invocations")

    body = answer.json()
    assert answer.status_code == 200
    assert [run["number"] for run in body["invocations"]] == [5, 4, 3, 2, 1]
    assert body["next"] is None
    assert body["total"] is None
    assert "link" not in answer.headers
    assert not {"log", "before", "after"} & body["invocations"][0].keys()
    assert body["invocations"][0]["href"] == f"/invocations/{ledger.records[0].id}"


def test_pages_fit_together_by_next_and_by_the_link_header(served, ledger):
    first = served.http.get("/invocations?thing=probe&limit=2&total=true")
    link = first.headers["link"]
    second = served.http.get(link[1 : link.index(">")])
    same = served.http.get(f"/invocations?thing=probe&limit=2&after={first.json()['next']}")

    assert link.endswith('; rel="next"')
    assert link.startswith(f"<{served.url}/invocations?thing=probe&limit=2&total=true&after=")
    assert first.json()["total"] == 3
    numbers = [[run["number"] for run in page.json()["invocations"]] for page in (first, second)]
    assert numbers == [[5, 3], [2]]
    assert same.json()["invocations"] == second.json()["invocations"]
    assert second.json()["next"] is None


def test_every_filter_reaches_the_ledger(served, ledger):
    parent = uuid.uuid4()
    query = (
        "thing=probe&action=snap&state=interrupted&origin=window&who=ada"
        "&since=2026-03-01T18:00:00Z&until=2026-03-01T20:00:00%2B01:00"
        f"&text=onion%20skin&parent={parent}&roots=true&limit=7&after=3&total=true"
    )

    assert served.http.get(f"/invocations?{query}").status_code == 200
    assert ledger.queries[-1] == RunQuery(
        thing="probe",
        action="snap",
        state=RunState.INTERRUPTED,
        origin=OriginKind.WINDOW,
        who="ada",
        since=datetime(2026, 3, 1, 18, tzinfo=UTC),
        until=datetime(2026, 3, 1, 19, tzinfo=UTC),
        text="onion skin",
        parent=parent,
        roots=True,
        limit=7,
        after="3",
        total=True,
    )


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("colour=red", "colour"),
        ("thing=a&thing=b", "thing"),
        ("state=done", "state"),
        ("origin=moon", "origin"),
        ("since=yesterday", "since"),
        ("since=2026-03-01T18:00:00", "since"),
        ("until=2026-03-01", "until"),
        ("parent=7", "parent"),
        ("roots=1", "roots"),
        ("total=", "total"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=-5", "limit"),
        ("limit=²", "limit"),
        ("text=" + "x" * 201, "text"),
    ],
)
def test_a_parameter_that_means_nothing_is_refused_by_its_name(served, ledger, query, name):
    answer = served.http.get(f"/invocations?{query}")

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", name]
    assert ledger.queries == []


def test_what_the_ledger_does_not_understand_is_refused_by_its_name(served, ledger):
    ledger.failure = RunQueryError("after", "the 'next' of a page was expected")

    answer = served.http.get("/invocations?after=nonsense")

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["query", "after"]
    assert answer.json()["detail"][0]["input"] == "nonsense"


def test_one_run_comes_whole(served, ledger):
    run = ledger.records[2]
    answer = served.http.get(f"/invocations/{run.id}")

    assert answer.status_code == 200
    assert run_from(answer.json()) == run
    assert answer.json()["log"][0]["message"] == "plane 3"
    assert answer.json()["before"]["camera"]["exposure"]["value"] == 10.0


def test_a_run_that_is_not_there_is_not_found(served, ledger):
    id = uuid.uuid4()

    for method, body in (("GET", None), ("PATCH", {"note": "good"})):
        answer = served.http.request(method, f"/invocations/{id}", json=body)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert str(id) in answer.json()["detail"]
    assert served.http.get("/invocations/seven").status_code == 422
    assert served.http.delete(f"/invocations/{id}").status_code == 405


def test_a_note_is_written_and_told(served, ledger):
    run = ledger.records[0]
    heard = threading.Event()
    mailbox = served.bench.bus.subscribe(heard.set)

    answer = served.http.patch(f"/invocations/{run.id}", json={"note": " good focus\n"})

    assert answer.status_code == 200
    assert answer.json()["note"] == "good focus"
    assert served.http.get(f"/invocations/{run.id}").json()["note"] == "good focus"
    assert heard.wait(10)
    notes = [event.run.note for event in mailbox.take() if isinstance(event, RunAnnotated)]
    mailbox.close()
    assert notes == ["good focus"]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, ["body", "note"]),
        ({"note": 7}, ["body", "note"]),
        ({"note": "x" * 10_001}, ["body", "note"]),
        ({"note": "bell\x07"}, ["body", "note"]),
        ({"note": "good", "state": "completed"}, ["body", "state"]),
        ([], ["body"]),
        (None, ["body"]),
    ],
)
def test_nothing_but_a_note_can_be_written(served, ledger, body: Any, place):
    run = ledger.records[0]
    answer = served.http.request("PATCH", f"/invocations/{run.id}", json=body)

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == place
    assert ledger.run(run.id) == run


def test_a_bench_without_a_ledger_answers_503_in_words(served):
    id = uuid.uuid4()

    for method, path in (
        ("GET", "/invocations"),
        ("GET", f"/invocations/{id}"),
        ("PATCH", f"/invocations/{id}"),
    ):
        body = {"note": ""} if method == "PATCH" else None
        answer = served.http.request(method, path, json=body)
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert "there is no ledger" in answer.json()["detail"]


def test_a_ledger_in_trouble_answers_503_with_the_reason_and_no_path(served, ledger):
    ledger.failure = LedgerError("/var/lib/bench/labwright.db: disk I/O error")

    answer = served.http.get("/invocations")

    assert answer.status_code == 503
    assert answer.json()["detail"].endswith("disk I/O error")
    assert "/var/lib" not in answer.json()["detail"]


def test_a_slow_search_holds_up_no_instrument(served, ledger):
    entered, go_on = threading.Barrier(3), threading.Event()
    find = ledger.find

    def slow(query: RunQuery) -> object:
        entered.wait(20)
        go_on.wait(20)
        return find(query)

    ledger.find = slow
    answers: list[int] = []

    def search() -> None:
        answers.append(served.http.get("/invocations?text=slow").status_code)

    searches = [threading.Thread(target=search) for _ in range(6)]
    for each in searches:
        each.start()
    entered.wait(20)  # as many as may search at once do so now
    try:
        assert served.run("increment")["status"] == "completed"
    finally:
        entered.abort()
        go_on.set()
        for each in searches:
            each.join(30)
    assert len(answers) == 6


def test_the_list_is_as_the_client_reads_it(served, ledger):
    page = page_from(served.http.get("/invocations?limit=2").json())

    assert [run.number for run in page.runs] == [5, 4]
    assert page.next == "4"


@pytest.fixture
def interrupted(ledger: Ledger, make_run: MakeRun) -> Any:
    """A run on the probe that the program before this one did not end."""
    run = make_run(
        6,
        thing="probe",
        action="increment",
        state=RunState.INTERRUPTED,
        ended_at=None,
        elapsed_s=None,
        output=None,
        error=Problem("Interrupted", "the program ended before this run did", "urn:x", 500),
    )
    ledger.records.insert(0, run)
    return run


def test_a_run_that_the_program_did_not_end_is_a_failed_one_on_the_older_routes(
    served, interrupted
):
    href = f"/action_invocations/{interrupted.id}"
    found = served.http.get(href).json()
    ordinary = served.run("increment")

    assert found["status"] == "error"
    assert "the program ended" in found["error"]["detail"]
    assert found["action"] == "/probe/increment"
    assert found["output"] is None
    assert found["log"][0]["message"] == "plane 3"
    assert found.keys() == ordinary.keys()
    assert found["href"] == f"{served.url}{href}"
    assert served.http.get(href + "/output").status_code == 503
    assert served.http.delete(href).status_code == 503


def test_it_is_forgotten_there_when_its_time_is_up(served, interrupted, monkeypatch):
    action = served.probe._core.affordances["increment"]
    monkeypatch.setattr(action, "retention_time", 0.0)
    href = f"/action_invocations/{interrupted.id}"

    assert served.http.get(href).status_code == 404
    assert served.http.get(href + "/output").status_code == 404
    assert served.http.delete(href).status_code == 404
    assert served.http.get(f"/invocations/{interrupted.id}").json()["state"] == "interrupted"


def test_a_run_that_ended_and_expired_stays_404_on_the_older_routes(served, ledger):
    run = ledger.records[0]

    assert served.http.get(f"/action_invocations/{run.id}").status_code == 404
    ledger.failure = LedgerError("the disk is gone")
    assert served.http.get(f"/action_invocations/{run.id}").status_code == 404
