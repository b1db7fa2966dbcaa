from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

JSON = {"content-type": "application/json"}


def test_a_property_is_read_as_bare_json(served):
    answer = served.http.get("/probe/counter")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == 0


def test_head_says_how_long_the_value_is_and_sends_nothing(served):
    answer = served.http.head("/probe/label")

    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(len('"untitled"'))
    assert answer.content == b""


def test_a_written_value_is_what_everybody_reads(served):
    answer = served.http.put("/probe/counter", json=7)

    assert (answer.status_code, answer.json()) == (201, None)
    assert served.http.get("/probe/counter").json() == 7
    assert served.probe.counter == 7


def test_a_nested_value_goes_in_and_out(served):
    assert served.http.put("/probe/home", json={"x": 2}).status_code == 201

    assert served.http.get("/probe/home").json() == {"x": 2.0, "y": 0.0}


def test_an_array_is_a_list_of_numbers(served):
    assert served.http.get("/probe/curve").json() == [0.0, 0.0, 0.0, 0.0]


def test_a_value_out_of_range_is_refused_in_fastapis_words(served):
    answer = served.http.put("/probe/counter", json=101)

    assert answer.status_code == 422
    assert answer.json() == {
        "detail": [
            {
                "type": "less_than_equal",
                "loc": ["body"],
                "msg": "Input should be less than or equal to 100",
                "input": 101,
            }
        ]
    }
    assert served.probe.counter == 0


def test_where_a_nested_value_is_wrong_is_said(served):
    answer = served.http.put("/probe/home", json={"x": "far"})

    assert answer.json()["detail"][0]["loc"] == ["body", "x"]


@pytest.mark.parametrize("body", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_what_is_not_finite_is_refused(served, body):
    answer = served.http.put("/probe/ratio", content=body, headers=JSON)

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["type"] == "finite_number"


def test_nan_deep_inside_is_found_and_its_place_said(served):
    body = '{"plan": {"name": "a", "points": [{"x": 1}, {"x": NaN}]}}'
    answer = served.http.post("/probe/plan_scan", content=body, headers=JSON)

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "plan", "points", 1, "x"]


@pytest.mark.parametrize("body", ["{", "nope", '"\\ud800"', "1 2", b"\xff"])
def test_what_is_no_json_is_refused(served, body):
    answer = served.http.put("/probe/label", content=body, headers=JSON)

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["type"] == "json_invalid"


def test_nothing_is_no_value(served):
    answer = served.http.put("/probe/counter", headers=JSON)

    assert answer.status_code == 422
    assert answer.json()["detail"][0]["type"] == "missing"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
def test_a_read_only_property_takes_nothing(served, method):
    answer = served.http.request(method, "/probe/curve", json=[1])

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD"
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["POST", "DELETE", "PATCH", "OPTIONS"])
def test_a_property_is_only_read_and_put(served, method):
    answer = served.http.request(method, "/probe/counter")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, PUT"


def test_reset_goes_back_to_the_default(served):
    served.http.put("/probe/counter", json=9)

    answer = served.http.post("/probe/counter/reset")

    assert (answer.status_code, answer.json()) == (200, None)
    assert served.http.get("/probe/counter").json() == 0


@pytest.mark.parametrize("name", ["curve", "gain", "zero", "live", "nonsense"])
def test_what_has_no_default_has_no_reset(served, name):
    assert served.http.post(f"/probe/{name}/reset").status_code == 404


def test_a_getter_is_asked_each_time_and_a_setter_called(served):
    before = served.probe.reads

    assert served.http.put("/probe/gain", json=2.5).status_code == 201
    assert served.http.get("/probe/gain").json() == 2.5
    assert served.probe.reads > before


def test_fifty_who_ask_at_once_cost_one_reading(served, monkeypatch):
    served.probe.gate.clear()
    served.probe.began.clear()
    before = served.probe.reads
    asked = threading.Semaphore(0)
    request = served.bench.properties.request

    def counted(thing, prop):
        if thing.name == "probe":
            asked.release()
        return request(thing, prop)

    monkeypatch.setattr(served.bench.properties, "request", counted)
    limits = httpx.Limits(max_connections=60)
    with httpx.Client(base_url=served.url, limits=limits) as http, ThreadPoolExecutor(50) as pool:
        answers = [pool.submit(http.get, "/probe/gain") for _ in range(50)]
        assert served.probe.began.wait(5)
        # Others are answered while this getter hangs, however many wait for it.
        assert served.http.get("/other/gain").status_code == 200
        assert served.http.get("/probe/counter").status_code == 200
        for _ in answers:
            assert asked.acquire(timeout=20)
        # The counter says that the last one is about to ask; the loop's next answer that it has.
        assert served.http.get("/probe/counter").status_code == 200
        served.probe.gate.set()
        values = [answer.result().json() for answer in answers]

    assert values == [1.0] * 50
    assert served.probe.reads - before == 1


def test_what_is_read_after_a_write_is_never_older(served):
    """A reading that began before the write must not answer who asks after it."""
    served.probe.gate.clear()
    served.probe.began.clear()
    slow = threading.Thread(target=served.http.get, args=("/probe/gain",))
    slow.start()
    assert served.probe.began.wait(5)
    with httpx.Client(base_url=served.url, timeout=20) as http, ThreadPoolExecutor(1) as pool:
        write = pool.submit(http.put, "/probe/gain", json=8.0)
        served.probe.gate.set()
        assert write.result().status_code == 201
        assert http.get("/probe/gain").json() == 8.0
    slow.join()


def test_a_getter_that_raises_is_a_problem_with_an_id_and_without_trace_or_path(served, caplog):
    answer = served.http.get("/probe/broken")

    problem = answer.json()
    assert answer.status_code == problem["status"] == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"].endswith("#RuntimeError")
    assert problem["title"] == "RuntimeError"
    assert "is unplugged" in problem["detail"]
    assert "/dev/" not in answer.text
    assert "Traceback" not in answer.text
    assert problem["instance"] == "/probe/broken"
    assert problem["error_id"] in caplog.text


def test_a_driver_that_gives_the_wrong_type_is_the_servers_fault(served):
    assert served.http.get("/probe/text_of_number").status_code == 500


def test_a_reading_that_is_no_number_is_null_or_an_error_but_valid_json(served):
    answer = served.http.get("/probe/crooked")

    json.loads(answer.text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def test_a_setter_that_fails_is_a_problem_without_paths(served):
    answer = served.http.put("/probe/gain", json=2000)

    assert answer.status_code == 500
    assert answer.json()["type"].endswith("#OSError")
    assert "amplifier0" not in answer.text


def test_a_property_of_a_busy_thing_is_refused_as_busy(served):
    invocation = served.run("wait", {"seconds": 30}, wait=False)
    running = served.bench.actions.invocations[-1]
    while running.status.value == "pending":
        served.http.get(invocation["href"])

    answer = served.http.put("/probe/counter", json=3)

    assert answer.status_code == 409
    assert "Wait" in answer.json()["detail"]
    assert served.http.get("/probe/counter").json() == 0


def test_a_thing_that_failed_to_start_says_why(served):
    answer = served.http.get("/dead/counter")

    assert answer.status_code == 503
    assert "no answer on USB" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/probe/nonsense", "/nobody/counter", "/nobody/", "/probe/a/b/c"])
def test_what_is_not_there_is_404(served, path):
    answer = served.http.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["instance"] == path


def test_content_that_is_not_json_is_refused(served):
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        headers = {"content-type": kind} if kind else {}
        answer = served.http.put("/probe/counter", content="5", headers=headers)
        assert answer.status_code == 415, kind
    assert served.probe.counter == 0


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/ld+json"])
def test_json_by_another_name_is_taken(served, kind):
    answer = served.http.put("/probe/counter", content="5", headers={"content-type": kind})

    assert answer.status_code == 201
