"""labthings-fastapi's own ThingClient 0.3.0 works against our server, unchanged."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

pytestmark = pytest.mark.timeout(300)  # the first time, clients are installed


@pytest.fixture(scope="module")
def demo(thing_client: Any, conformance: str) -> Any:
    """A ThingClient connected to the Thing that has one of everything."""
    thing_client("connect", url=f"{conformance}/demo/")
    return thing_client


@pytest.fixture
def web(conformance: str):
    with httpx.Client(base_url=conformance) as client:
        yield client


def asked_until(ask: Callable[[], Any]) -> Any:
    """Ask over HTTP until there is something."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found := ask():
            return found
        time.sleep(0.01)
    pytest.fail("it never came")


def running(web: httpx.Client, action: str) -> str:
    """The address of the run of an action that is under way, as soon as there is one."""
    query = {"thing": "demo", "action": action, "status": "running"}
    (run,) = asked_until(lambda: web.get("/action_invocations", params=query).json())
    return str(run["href"])


def has_swallowed(web: httpx.Client, href: str) -> bool:
    """Whether a stubborn action has said that it swallowed a cancellation."""
    return any("swallowed" in line["message"] for line in web.get(href).json()["log"])


def test_it_finds_every_property_and_action(demo, conformance):
    found = demo("connect", url=f"{conformance}/demo/")

    assert found["properties"] == [
        "counter",
        "colour",
        "label",
        "home",
        "uptime",
        "exposure",
        "gain",
        "broken",
    ]
    assert found["actions"] == [
        "increment",
        "snap",
        "snap_to_disk",
        "slow_count",
        "stubborn_count",
        "explode",
        "plan_scan",
        "measure_blob",
        "echo_blob",
        "big_blob",
        "nothing",
        "zero",
    ]


def test_the_description_passes_its_own_validation(demo):
    demo("validate")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("counter", 7),
        ("colour", "blue"),
        ("label", "a label"),
        ("home", {"x": 1.5, "y": -2.0}),
        ("exposure", 20),
        ("gain", 2.5),
    ],
)
def test_a_property_that_is_written_is_read_back(demo, name, value):
    demo("set", name=name, value=value)

    assert demo("get", name=name) == value


def test_what_is_left_out_of_a_nested_value_gets_its_default(demo):
    demo("set", name="home", value={"x": 3.0})

    assert demo("get", name="home") == {"x": 3.0, "y": 0.0}


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("counter", 101, "less than or equal to 100"),
        ("counter", "many", "valid integer"),
        ("colour", "pink", "'red', 'green' or 'blue'"),
        ("label", "x" * 21, "at most 20 characters"),
        ("exposure", 0, "greater than or equal to 1"),
        ("home", {"y": 1}, "Field required"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_the_reason(demo, name, value, reason):
    before = demo("get", name=name)

    with pytest.raises(Exception, match=f"ClientPropertyError: .*{reason}"):
        demo("set", name=name, value=value)

    assert demo("get", name=name) == before


def test_a_read_only_property_cannot_be_written(demo):
    with pytest.raises(Exception, match=r"ClientPropertyError: .*may not be set"):
        demo("set", name="uptime", value=1.0)


def test_a_getter_that_raises_is_said_in_its_own_words(demo):
    with pytest.raises(Exception, match=r"ClientPropertyError: .*the sensor is unplugged"):
        demo("get", name="broken")


def test_an_action_runs_with_its_defaults_and_with_what_is_given(demo):
    demo("set", name="counter", value=0)

    assert demo("call", name="increment", input={}) == 1
    assert demo("call", name="increment", input={"by": 5}) == 6
    assert demo("get", name="counter") == 6


def test_an_action_that_gives_nothing_and_one_that_gives_zero_are_results(demo):
    assert demo("call", name="nothing", input={}) is None
    assert demo("call", name="zero", input={}) == 0


def test_it_waits_for_a_slow_action(demo):
    before = demo("get", name="uptime")

    assert demo("call", name="slow_count", input={"n": 4, "dt": 0.02}) == 4

    assert demo("get", name="uptime") == pytest.approx(before + 0.08)


def test_it_polls_an_invocation_and_follows_its_links(demo):
    started = demo("post", name="slow_count", input={"n": 3, "dt": 0.01})
    assert started["status"] in ("pending", "running")

    done = demo("poll", invocation=started)

    assert done["status"] == "completed"
    assert done["output"] == 3
    assert [line["message"] for line in done["log"]] == [f"step {i} of 3" for i in (1, 2, 3)]
    assert demo("follow", invocation=done, rel="output") == 3
    assert demo("follow", invocation=done, rel="self") == done


@pytest.mark.parametrize(
    ("name", "input", "reason"),
    [
        ("increment", {"by": "x"}, "'by' - .*valid integer"),
        ("increment", {"too": 1}, "'too' - .*not permitted"),
        ("nothing", {"too": 1}, "'too' - .*not permitted"),
        ("plan_scan", {}, "'plan' - Field required"),
        ("plan_scan", {"plan": {"name": "a", "points": []}}, "'plan' - .*at least 1 item"),
    ],
)
def test_bad_input_starts_nothing_and_says_which_field(demo, web, name, input, reason):
    before = web.get(f"/demo/{name}").json()

    with pytest.raises(Exception, match=f"FailedToInvokeActionError: .*{reason}"):
        demo("call", name=name, input=input)

    assert web.get(f"/demo/{name}").json() == before


def test_a_failure_reaches_the_caller_with_its_class_and_words(demo):
    with pytest.raises(Exception, match=r"ServerActionError: (?s:.*)\[ValueError\]: no such luck"):
        demo("call", name="explode", input={"message": "no such luck"})


def test_an_action_that_somebody_cancels_raises_the_error_for_that(demo, web):
    called = demo.begin("call", name="slow_count", input={"n": 1000})

    assert web.delete(running(web, "slow_count")).status_code == 200

    with pytest.raises(Exception, match=r"InvocationCancelledError: .*cancelled"):
        demo.answer(called)


def test_a_stubborn_action_needs_two_cancellations(demo, web):
    once = demo.begin("call", name="stubborn_count", input={"n": 8})
    assert web.delete(running(web, "stubborn_count")).status_code == 200
    assert demo.answer(once) == 1

    twice = demo.begin("call", name="stubborn_count", input={"n": 1000})
    href = running(web, "stubborn_count")
    assert web.delete(href).status_code == 200
    asked_until(lambda: has_swallowed(web, href))
    assert web.delete(href).status_code == 200
    with pytest.raises(Exception, match=r"InvocationCancelledError: .*cancelled"):
        demo.answer(twice)


def test_nested_models_go_in_and_out(demo):
    plan = {
        "name": "a scan",
        "points": [{"x": 1}, {"x": 4, "y": -2}],
        "origin": {"x": 10, "y": 10},
        "colour": "green",
    }

    assert demo("call", name="plan_scan", input={"plan": plan}) == {
        "name": "a scan",
        "n": 2,
        "bbox": [11.0, 8.0, 14.0, 10.0],
    }


def test_a_picture_comes_out_and_can_be_saved(demo, web, tmp_path: Path):
    demo("set", name="colour", value="green")

    blob = demo("call", name="snap", input={"width": 20, "height": 10})

    assert blob["media_type"] == "image/png"
    file = tmp_path / "snap.png"
    assert demo("save", blob=blob["blob"], path=str(file)) == blob["sha256"]
    with Image.open(file) as picture:
        assert picture.size == (20, 10)
        assert picture.convert("RGB").getpixel((0, 0)) == (0, 255, 0)


def test_a_picture_from_a_file_comes_out(demo, web):
    blob = demo("call", name="snap_to_disk", input={})

    content = web.get(blob["href"]).raise_for_status().content
    assert len(content) == blob["size"]
    assert Image.open(io.BytesIO(content)).size == (16, 16)


@pytest.mark.parametrize("maker", ["snap", "snap_to_disk"])
def test_a_blob_goes_in_and_the_very_same_comes_out(demo, maker):
    blob = demo("call", name=maker, input={})

    assert demo("call", name="measure_blob", input={"image": blob}) == blob["size"]
    echoed = demo("call", name="echo_blob", input={"image": blob})
    assert echoed["href"] == blob["href"]
    assert echoed["sha256"] == blob["sha256"]


def test_a_blob_of_another_kind_or_from_elsewhere_is_refused(demo, web):
    text = demo("call", name="big_blob", input={"mib": 1})
    assert text["size"] == 1024 * 1024
    with pytest.raises(Exception, match=r"FailedToInvokeActionError: .*image/png"):
        demo("call", name="measure_blob", input={"image": text})

    elsewhere = {"href": "http://elsewhere.example/blob/x", "media_type": "image/png"}
    answer = web.post("/demo/measure_blob", json={"image": elsewhere})
    assert answer.status_code == 422


def test_cancelled_and_failed_ones_have_the_types_that_it_compares_letter_by_letter(demo, web):
    known = demo("known_types")
    slow = web.post("/demo/slow_count", json={"n": 1000}).json()
    web.delete(slow["href"])

    cancelled = demo("poll", invocation=slow)
    failed = demo("poll", invocation=demo("post", name="explode", input={}))

    assert cancelled["status"] == "cancelled"
    assert cancelled["error"]["type"] == known["InvocationCancelledError"]
    assert set(cancelled["error"]) == {"detail", "type", "status", "title"}
    assert failed["error"]["type"] == known["ValueError"]
    assert (failed["error"]["title"], failed["error"]["detail"]) == ("ValueError", "bang")


def test_an_action_that_finds_a_thing_busy_raises_the_error_for_that(thing_client, busy):
    thing_client("connect", url=f"{busy}/lamp/")
    held = thing_client("post", name="shine", input={})
    asked_until(lambda: httpx.get(held["href"]).json()["status"] == "running")

    thing_client("connect", url=f"{busy}/switch/")
    with pytest.raises(Exception, match=r"GlobalLockBusyError: .*lamp is busy"):
        thing_client("call", name="dim", input={})

    httpx.delete(held["href"]).raise_for_status()


def test_the_other_thing_is_another_one(thing_client, conformance, web):
    web.put("/demo/counter", json=5).raise_for_status()
    web.put("/other/counter", json=50).raise_for_status()

    thing_client("connect", url=f"{conformance}/other/")
    assert thing_client("get", name="counter") == 50
    thing_client("connect", url=f"{conformance}/demo/")
    assert thing_client("get", name="counter") == 5
