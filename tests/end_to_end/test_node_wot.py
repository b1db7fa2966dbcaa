"""node-wot 0.9.2, the W3C's own consumer, works against our server, unchanged."""

from __future__ import annotations

import hashlib
import time
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.timeout(300)  # the first time, clients are installed


@pytest.fixture(scope="module")
def demo(node_wot: Any, conformance: str) -> Any:
    """node-wot, having consumed the Thing that has one of everything."""
    node_wot("consume", url=f"{conformance}/demo/")
    return node_wot


def ended(demo: Any, action: str, id: str) -> Any:
    """Ask by queryaction until an invocation has ended."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        found = demo("query", name=action, id=id)
        if found["status"] not in ("pending", "running"):
            return found
        time.sleep(0.01)
    pytest.fail(f"{action} never ended")


def run(demo: Any, action: str, input: Any = None) -> Any:
    """Invoke an action and wait for its end."""
    return ended(demo, action, demo("invoke", name=action, input=input)["id"])


def test_it_consumes_the_description(demo, conformance):
    found = demo("consume", url=f"{conformance}/demo/")

    assert {"counter", "home", "gain", "broken"} < set(found["properties"])
    assert {"snap", "plan_scan", "zero"} < set(found["actions"])
    assert found["events"] == []


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
    demo("write", name=name, value=value)

    assert demo("read", name=name) == value


def test_several_are_read_at_once(demo):
    demo("write", name="counter", value=3)

    found = demo("readAll", names=["counter", "uptime", "colour"])

    assert found["counter"] == 3
    assert set(found) == {"counter", "uptime", "colour"}


@pytest.mark.parametrize(
    ("name", "value"), [("counter", 101), ("colour", "pink"), ("exposure", 0), ("home", {"y": 1})]
)
def test_a_value_that_does_not_fit_is_refused(demo, name, value):
    before = demo("read", name=name)

    with pytest.raises(Exception, match="Client error: Unprocessable"):
        demo("write", name=name, value=value)

    assert demo("read", name=name) == before


def test_a_read_only_property_has_no_form_to_write_it_with(demo):
    with pytest.raises(Exception, match="did not get suitable form"):
        demo("write", name="uptime", value=1)


def test_a_getter_that_raises_is_a_server_error(demo):
    with pytest.raises(Exception, match="Server error"):
        demo("read", name="broken")


def test_an_action_is_invoked_with_and_without_input(demo):
    demo("write", name="counter", value=0)

    assert run(demo, "increment")["output"] == 1
    assert run(demo, "increment", {"by": 5})["output"] == 6
    assert demo("read", name="counter") == 6


def test_bad_input_is_refused(demo):
    with pytest.raises(Exception, match="Client error: Unprocessable"):
        demo("invoke", name="increment", input={"by": "x"})


def test_a_running_action_is_polled_by_queryaction(demo):
    started = demo("invoke", name="slow_count", input={"n": 3, "dt": 0.02})
    assert started["status"] in ("pending", "running")

    done = ended(demo, "slow_count", started["id"])

    assert (done["status"], done["output"]) == ("completed", 3)
    assert done["id"] == started["id"]


def test_a_running_action_is_cancelled_by_cancelaction(demo):
    started = demo("invoke", name="slow_count", input={"n": 1000})

    demo("cancel", name="slow_count", id=started["id"])

    assert ended(demo, "slow_count", started["id"])["status"] == "cancelled"
    with pytest.raises(Exception, match="Server error: Service Unavailable"):
        demo("cancel", name="slow_count", id=started["id"])


def test_an_invocation_that_never_was_is_a_client_error(demo):
    with pytest.raises(Exception, match="Client error: Not Found"):
        demo("query", name="zero", id="00000000-0000-0000-0000-000000000000")


def test_an_action_that_fails_says_why(demo):
    done = run(demo, "explode", {"message": "no such luck"})

    assert done["status"] == "error"
    assert done["error"]["detail"] == "no such luck"
    assert done["error"]["type"].endswith("#ValueError")


def test_falsy_and_missing_results_are_results(demo):
    assert run(demo, "zero")["output"] == 0
    assert run(demo, "nothing")["output"] is None


def test_nested_models_go_in_and_out(demo):
    plan = {"name": "a scan", "points": [{"x": 1}, {"x": 4, "y": -2}], "origin": {"x": 10}}

    assert run(demo, "plan_scan", {"plan": plan})["output"] == {
        "name": "a scan",
        "n": 2,
        "bbox": [11.0, -2.0, 14.0, 0.0],
    }


def test_a_blob_comes_out(demo):
    picture = run(demo, "snap", {"width": 20, "height": 10})["output"]

    fetched = demo("fetch", href=picture["href"], media_type=picture["media_type"])

    content = httpx.get(picture["href"]).raise_for_status().content
    assert fetched == {
        "media_type": "image/png",
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def test_a_blob_goes_in_and_the_very_same_comes_out(demo):
    picture = run(demo, "snap_to_disk")["output"]
    size = demo("fetch", href=picture["href"], media_type="image/png")["size"]

    assert run(demo, "measure_blob", {"image": picture})["output"] == size
    assert run(demo, "echo_blob", {"image": picture})["output"] == picture


def test_a_property_is_observed_by_server_sent_events(demo):
    demo("write", name="counter", value=0)

    demo("observe", name="counter")
    for value in (1, 2, 3):
        demo("write", name="counter", value=value)

    values = demo("observed", name="counter", count=3)
    demo("unobserve", name="counter")
    assert values == [1, 2, 3]


def test_a_value_set_by_an_action_is_observed(demo):
    before = demo("read", name="uptime")
    demo("observe", name="uptime")

    run(demo, "slow_count", {"n": 2, "dt": 0.01})

    assert demo("observed", name="uptime", count=2) == pytest.approx([before + 0.01, before + 0.02])
    demo("unobserve", name="uptime")


def test_what_is_not_observable_has_no_form_for_it(demo):
    with pytest.raises(Exception, match="did not get suitable form"):
        demo("observe", name="gain")


def test_an_event_is_subscribed_to(node_wot, busy):
    node_wot("consume", url=f"{busy}/switch/")

    node_wot("observe", name="flipped")
    run(node_wot, "flip", {"times": 2})

    assert node_wot("observed", name="flipped", count=2) == [1, 2]
    node_wot("unobserve", name="flipped")
