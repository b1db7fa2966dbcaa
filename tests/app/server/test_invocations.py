from __future__ import annotations

import json
import threading
import time
import uuid
from datetime import datetime

import pytest

JSON = {"content-type": "application/json"}
WHOLE = {
    "status",
    "id",
    "action",
    "href",
    "timeStarted",
    "timeRequested",
    "timeCompleted",
    "input",
    "output",
    "log",
    "links",
    "error",
    "progress",
    "waiting_for",
    "cancel_requested",
    "stuck",
}
SUMMARY = {
    "status",
    "id",
    "action",
    "href",
    "timeStarted",
    "timeRequested",
    "timeCompleted",
    "links",
}


def running(served, action="wait", **input):
    """An invocation that runs."""
    invocation = served.run(action, input or {"seconds": 30}, wait=False)
    found = next(
        each for each in served.bench.actions.invocations if str(each.id) == invocation["id"]
    )
    assert served.until(lambda: found.status.value != "pending")
    return invocation, found


def test_an_action_answers_201_with_the_whole_invocation(served):
    answer = served.http.post("/probe/increment", json={"by": 3})

    invocation = answer.json()
    assert answer.status_code == 201
    assert set(invocation) == WHOLE
    assert invocation["action"] == "/probe/increment"
    assert invocation["input"] == {"by": 3}
    assert invocation["href"] == f"{served.url}/action_invocations/{invocation['id']}"
    assert invocation["links"] == [
        {"href": invocation["href"], "type": None, "rel": "self", "anchor": None},
        {"href": invocation["href"] + "/output", "type": None, "rel": "output", "anchor": None},
    ]
    served.ended(invocation["href"])


def test_when_it_has_ended_it_has_output_and_times_with_a_zone(served):
    invocation = served.run("increment", {"by": 3})

    assert invocation["status"] == "completed"
    assert invocation["output"] == 3
    assert invocation["error"] is None
    times = [
        datetime.fromisoformat(invocation[name])
        for name in ("timeRequested", "timeStarted", "timeCompleted")
    ]
    assert all(moment.tzinfo is not None for moment in times)
    assert times == sorted(times)


@pytest.mark.parametrize("body", [None, b"", b"{}", b"null"])
def test_no_body_is_as_good_as_an_empty_one(served, body):
    headers = JSON if body else {}
    answer = served.http.post("/probe/increment", content=body, headers=headers)

    assert answer.status_code == 201
    assert answer.json()["input"] == {"by": 1}
    served.ended(answer.json()["href"])


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"by": "many"}, ["body", "by"]),
        ({"unknown": 1}, ["body", "unknown"]),
        ([1], ["body"]),
        ("text", ["body"]),
    ],
)
def test_bad_input_is_refused_and_nothing_started(served, body, place):
    before = len(served.bench.actions.invocations)

    answer = served.http.post("/probe/increment", json=body)

    assert answer.status_code == 422
    fault = answer.json()["detail"][0]
    assert set(fault) == {"type", "loc", "msg", "input"}
    assert fault["loc"] == place
    assert len(served.bench.actions.invocations) == before


def test_nested_models_arrive_as_models(served):
    plan = {"name": "a", "points": [{"x": 1}, {"x": 2, "y": 3}]}

    assert served.run("plan_scan", {"plan": plan})["output"] == 2


def test_how_it_failed_is_a_problem_in_the_invocation(served):
    invocation = served.run("explode", {"message": "bang"})

    assert invocation["status"] == "error"
    assert invocation["output"] is None
    assert invocation["error"] == {
        "type": "https://docs.python.org/3/library/exceptions.html#ValueError",
        "title": "ValueError",
        "status": 500,
        "detail": "bang",
    }


def test_a_driver_that_leaves_the_program_ends_as_an_error_and_the_next_one_works(served):
    assert served.run("leave")["status"] == "error"
    assert served.run("zero")["status"] == "completed"


def test_what_it_logged_is_in_it(served):
    lines = served.run("chatter", {"lines": 500})["log"]

    assert [line["message"] for line in lines] == [f"line {number}" for number in range(500)]
    assert set(lines[0]) == {"message", "levelname", "levelno", "lineno", "filename", "created"}
    assert datetime.fromisoformat(lines[0]["created"]).tzinfo is not None


def test_cancelling_answers_200_and_then_503(served):
    invocation, found = running(served)

    first = served.http.delete(invocation["href"])
    assert (first.status_code, first.json()) == (200, None)
    assert found.wait_ended(5)
    ended = served.http.get(invocation["href"]).json()
    second = served.http.delete(invocation["href"])

    assert ended["status"] == "cancelled"
    assert ended["error"]["type"].endswith("exceptions.InvocationCancelledError")
    assert ended["output"] is None
    assert second.status_code == 503


@pytest.mark.parametrize(("action", "result"), [("zero", 0), ("empty", []), ("nothing", None)])
def test_a_result_that_is_falsy_is_a_result(served, action, result):
    invocation = served.run(action)

    answer = served.http.get(invocation["href"] + "/output")

    assert (answer.status_code, answer.json()) == (200, result)


def test_there_is_no_output_while_it_runs_nor_when_it_failed(served):
    invocation, _ = running(served)
    failed = served.run("explode")

    for href in (invocation["href"], failed["href"]):
        answer = served.http.get(href + "/output")
        assert answer.status_code == 503
        assert answer.json()["detail"] == "No result is available for this invocation."


def test_an_unknown_id_is_404_and_a_malformed_one_422(served):
    unknown = uuid.uuid4()
    for method, tail in (("GET", ""), ("DELETE", ""), ("GET", "/output")):
        answer = served.http.request(method, f"/action_invocations/{unknown}{tail}")
        assert answer.status_code == 404
        assert answer.json()["detail"] == f"No action invocation found with ID {unknown}"
        malformed = served.http.request(method, f"/action_invocations/nonsense{tail}")
        assert malformed.status_code == 422
        assert malformed.json()["detail"][0]["loc"] == ["path", "id"]


def test_lists_are_summaries_and_no_more(served):
    served.run("increment")
    served.run("zero")

    everything = served.http.get("/action_invocations").json()
    of_one = served.http.get("/probe/zero").json()
    filtered = served.http.get("/action_invocations", params={"action": "zero"}).json()

    assert all(set(summary) == SUMMARY for summary in everything)
    assert {summary["action"] for summary in of_one} == {"/probe/zero"}
    assert filtered == of_one
    one = served.http.get(of_one[-1]["href"]).json()
    assert {key: one[key] for key in SUMMARY} == of_one[-1]


def test_the_list_of_another_thing_is_its_own(served):
    served.run("zero")

    assert served.http.get("/other/zero").json() == []


def test_links_follow_the_host_the_client_used(served):
    port = served.url.rsplit(":", 1)[1]
    host = {"host": f"localhost:{port}"}

    invocation = served.http.post("/probe/zero", headers=host).json()
    listed = served.http.get("/action_invocations", headers=host).json()

    assert invocation["href"].startswith(f"http://localhost:{port}/")
    assert all(each["href"].startswith(f"http://localhost:{port}/") for each in listed)


def test_whoever_looks_sees_either_all_of_the_end_or_nothing_of_it(served):
    """Status, times and output change in one step, also for those who poll without pause."""
    torn = []
    seen = set()

    def poll(href: str) -> None:
        while True:
            one = served.http.get(href).json()
            seen.add(one["status"])
            if (one["status"] == "completed") != (one["timeCompleted"] is not None) or (
                one["status"] == "completed" and one["output"] != 1
            ):
                torn.append(one)
            if one["status"] == "completed":
                return

    for _ in range(20):
        poll(served.run("wait", {"seconds": 0.01}, wait=False)["href"])

    assert torn == []
    assert "completed" in seen


def test_an_invocation_that_is_forgotten_takes_its_blob_with_it(served):
    invocation = served.http.post("/probe/fleeting").json()
    found = served.bench.actions.get_invocation(uuid.UUID(invocation["id"]))
    assert found.wait_ended(5)
    href = served.http.get(invocation["href"]).json()["output"]["href"]
    del found

    deadline = time.monotonic() + 5
    while served.http.get(invocation["href"]).status_code != 404:
        assert time.monotonic() < deadline
    while served.http.get(href).status_code != 404:
        assert time.monotonic() < deadline


def test_more_than_allowed_are_refused_with_a_time_to_come_back(serving):
    served = serving(limit=2)
    for _ in range(2):
        served.run("wait", {"seconds": 30}, wait=False)

    answer = served.http.post("/probe/zero")

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    served.bench.actions.cancel_all()


def test_a_bench_that_closes_starts_nothing_and_says_so(serving):
    served = serving()
    served.bench.actions.refuse_new()

    answer = served.http.post("/probe/zero")

    assert answer.status_code == 503
    assert "closing" in answer.json()["detail"]


def test_after_the_bench_has_closed_the_server_still_answers_in_words(serving):
    served = serving()
    served.bench.close()

    for method, path, body in (
        ("GET", "/probe/gain", None),
        ("PUT", "/probe/gain", 1.0),
        ("POST", "/probe/zero", None),
    ):
        answer = served.http.request(method, path, json=body)
        assert answer.status_code == 503, (method, path)
        assert answer.headers["content-type"] == "application/problem+json"


def test_stop_cancels_everything_and_says_of_each_thing_how_it_stopped(served):
    _, found = running(served)

    answer = served.http.post("/stop")

    assert answer.status_code == 200
    reports = {report["thing"]: report for report in answer.json()["things"]}
    assert set(reports) == {"probe", "other"}
    assert reports["probe"]["answered"]
    assert found.wait_ended(5)
    assert found.status.value == "cancelled"
    assert served.probe.stopped >= 1


@pytest.mark.parametrize("body", [b"", b"not json at all", b"NaN"])
def test_stop_is_not_put_off_by_a_body(served, body):
    assert served.http.post("/stop", content=body).status_code == 200


def test_stop_works_while_every_worker_hangs(served):
    """All workers wait for getters; STOP ALL needs none of them."""
    served.probe.gate.clear()
    hung = [threading.Thread(target=served.bench.read, args=("probe", "gain")) for _ in range(1)]
    for thread in hung:
        thread.start()
    blocked = [served.bench.workers.submit(served.probe.gate.wait, 10) for _ in range(50)]
    try:
        assert served.http.post("/stop").status_code == 200
        assert served.http.post("/probe/zero").status_code == 201
        assert served.http.get("/probe/counter").status_code == 200
        assert not any(future.done() for future in blocked)  # none was waited for
    finally:
        served.probe.gate.set()
        for future in blocked:
            future.result(20)
        for thread in hung:
            thread.join()


def test_the_body_is_limited_however_it_comes(serving):
    served = serving(max_body_bytes=2000)
    long = json.dumps({"message": "x" * 5000}).encode()

    def in_pieces():
        for start in range(0, len(long), 500):
            yield long[start : start + 500]

    declared = served.http.post("/probe/explode", content=long, headers=JSON)
    chunked = served.http.post("/probe/explode", content=in_pieces(), headers=JSON)

    assert (declared.status_code, chunked.status_code) == (413, 413)
    assert served.bench.actions.invocations == []
    assert served.http.get("/probe/counter").status_code == 200


def test_a_gigabyte_is_refused_before_it_comes_and_memory_stays_flat(served):
    import resource
    import socket

    host, port = served.url.removeprefix("http://").split(":")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        head = (
            f"POST /probe/explode HTTP/1.1\r\nhost: {host}:{port}\r\n"
            f"content-type: application/json\r\ncontent-length: {10**9}\r\n\r\n"
        )
        connection.sendall(head.encode())
        answer = connection.recv(1000)
    assert b" 413 " in answer.split(b"\r\n")[0]
    piece = b"a" * 65536
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(
            f"POST /probe/explode HTTP/1.1\r\nhost: {host}:{port}\r\n"
            "content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n".encode()
        )
        sent = 0
        try:
            while sent < 10**9:
                connection.sendall(b"10000\r\n" + piece + b"\r\n")
                sent += len(piece)
        except OSError:
            sent += 0  # closed, as it should be
        assert sent < 200 * 2**20
    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kib < 64 * 1024


def test_a_body_that_trickles_is_not_waited_for(served, monkeypatch):
    monkeypatch.setattr("app.server.bodies.BODY_WITHIN_S", 0.2)

    def slowly():
        yield b'{"message": '
        threading.Event().wait(0.6)
        yield b'"late"}'

    answer = served.http.post("/probe/explode", content=slowly(), headers=JSON)

    assert answer.status_code == 408


def test_json_that_is_too_deep_is_refused_quickly(served):
    for deep in (b"[" * 100_000, b'{"a":' * 80 + b"1" + b"}" * 80):
        answer = served.http.post("/probe/explode", content=deep, headers=JSON)
        assert answer.status_code == 400
