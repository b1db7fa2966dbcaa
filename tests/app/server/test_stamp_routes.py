from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from app.actions.events import StampChanged
from app.handles import Stamp


@pytest.fixture(autouse=True)
def empty_again(served) -> Iterator[None]:
    """The bench is shared by the tests of this file."""
    yield
    served.bench.set_stamp(Stamp())


def test_a_stamp_is_set_and_read(served):
    answer = served.http.put("/stamp", json={"operator": " Ada ", "sample": "onion skin 7"})

    expected = {"operator": "Ada", "sample": "onion skin 7", "session": ""}
    assert answer.status_code == 200
    assert answer.json() == expected
    assert served.http.get("/stamp").json() == expected
    assert served.bench.stamp == Stamp("Ada", "onion skin 7")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"operator": "x" * 201}, ["body", "operator"]),
        ({"sample": "on\nion"}, ["body", "sample"]),
        ({"session": 7}, ["body", "session"]),
        ({"session": None}, ["body", "session"]),
        ({"weather": "fair"}, ["body", "weather"]),
        ([], ["body"]),
        ("Ada", ["body"]),
    ],
)
def test_what_is_no_stamp_is_refused_and_changes_nothing(served, body, place):
    served.http.put("/stamp", json={"operator": "Ada"})

    answer = served.http.put("/stamp", json=body)

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == place
    assert served.http.get("/stamp").json()["operator"] == "Ada"


def test_no_body_is_no_stamp(served):
    served.http.put("/stamp", json={"operator": "Ada"})

    assert served.http.put("/stamp").status_code == 422
    assert served.bench.stamp.operator == "Ada"


def test_a_new_stamp_is_an_event_and_part_of_the_state(served):
    with served.http.stream("GET", "/events") as events:
        lines = events.iter_lines()
        next(line for line in lines if line.startswith("id: "))
        told = []
        for name in ("Ada", "Bo"):
            served.http.put("/stamp", json={"operator": name})
        for _ in range(2):
            next(line for line in lines if line == "event: stamp")
            told.append(json.loads(next(lines).removeprefix("data: ")))

    assert [event["stamp"]["operator"] for event in told] == ["Ada", "Bo"], "each is told once"
    assert [event["thing"] for event in told] == ["", ""]
    state = served.http.get("/events/state").json()
    assert state["stamp"]["operator"] == "Bo"
    assert state["ledger_trouble"] == ""


def test_two_windows_hear_of_it(served):
    mailboxes = [served.bench.bus.subscribe(lambda: None) for _ in range(2)]
    served.http.put("/stamp", json={"operator": "Ada"})

    for mailbox in mailboxes:
        assert [e.stamp.operator for e in mailbox.take() if isinstance(e, StampChanged)] == ["Ada"]
        mailbox.close()
