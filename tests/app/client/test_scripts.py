"""What a script does with a bench elsewhere: `connect`, read, write, run, subscribe."""

from __future__ import annotations

import io
import threading

import numpy as np
import pytest
from PIL import Image

from app.client import RemoteBlob, connect
from app.handles import InvocationStatus
from things.errors import (
    AffordanceNotFoundError,
    InputRefusedError,
    InvocationCancelledError,
    ReadOnlyError,
    ValueRefusedError,
)
from things.events import EventEmitted, PropertyChanged


def test_a_property_is_an_attribute(client):
    demo = client["demo"]

    demo.exposure = 20

    assert demo.exposure == 20
    assert demo["exposure"] == 20
    demo["exposure"] = np.int64(21)
    assert demo.exposure == 21


def test_an_action_is_a_method_that_waits_and_gives_what_came_of_it(client):
    demo = client["demo"]
    demo.counter = 4

    assert demo.increment(by=3) == 7
    assert demo.zero() == 0
    assert demo.nothing() is None
    plan = {"name": "two", "points": [{"x": 1}, {"x": 3, "y": 2}]}
    assert demo.plan_scan(plan=plan) == {"name": "two", "n": 2, "bbox": [1.0, 0.0, 3.0, 2.0]}


def test_a_picture_is_fetched_when_it_is_asked_for_and_saved_piece_by_piece(client, tmp_path):
    picture = client["demo"].snap(width=5, height=3)

    assert isinstance(picture, RemoteBlob)
    assert picture.media_type == "image/png"
    picture.save(tmp_path / "snap.png")
    assert np.asarray(Image.open(tmp_path / "snap.png")).shape == (3, 5, 3)
    assert picture.size == len(picture.content)
    with picture.open() as file:
        assert file.read() == picture.content
    assert Image.open(io.BytesIO(picture.content)).size == (5, 3)
    assert [path.name for path in tmp_path.iterdir()] == ["snap.png"]


def test_a_picture_can_be_given_to_an_action_as_input(client):
    demo = client["demo"]
    picture = demo.snap_to_disk()

    assert demo.measure_blob(image=picture) == len(picture.content)
    assert demo.echo_blob(image=picture).content == picture.content


def test_what_a_client_does_not_know_is_said_with_what_is_near(client):
    with pytest.raises(AttributeError, match="did you mean 'exposure'"):
        client["demo"].exposur = 3
    with pytest.raises(AttributeError, match="nothing called 'warp'"):
        _ = client["demo"].warp
    with pytest.raises(KeyError, match="there is demo, probe"):
        client["camera"]


def test_a_refused_value_comes_as_the_error_it_was(client):
    demo = client["demo"]
    before = demo.exposure

    with pytest.raises(ValueRefusedError, match="greater than or equal to 1") as caught:
        demo.exposure = -3

    assert caught.value.name == "exposure"
    assert caught.value.details[0]["type"] == "greater_than_equal"
    assert demo.exposure == before
    with pytest.raises(ReadOnlyError):
        demo.uptime = 3.0
    with pytest.raises(ValueRefusedError, match="finite"):
        demo.gain = float("nan")


def test_a_refused_input_names_its_place_and_starts_nothing(client):
    with pytest.raises(InputRefusedError, match="points") as caught:
        client["demo"].plan_scan(plan={"name": "none", "points": []})

    assert caught.value.details[0]["loc"] == ("plan", "points")


def test_what_cannot_be_json_is_not_sent(client):
    with pytest.raises(TypeError, match="object cannot be sent"):
        client["demo"].label = object()


def test_a_failed_action_raises_what_the_thing_raised(client):
    with pytest.raises(ValueError, match="bang") as caught:
        client["demo"].explode()

    assert str(caught.value) == "bang"
    assert "Raised by explode on demo" in caught.value.__notes__[0]


def test_a_started_action_tells_its_status_and_log_and_can_be_cancelled(client, until):
    run = client["demo"].slow_count.start(n=100, dt=0.02)

    until(lambda: len(run.log) >= 2)
    assert run.status is InvocationStatus.RUNNING
    assert run.log[0].message == "step 1 of 100"
    assert run.output is None
    assert run.cancel()
    with pytest.raises(InvocationCancelledError):
        run.wait()
    assert run.status is InvocationStatus.CANCELLED
    assert not run.cancel()


def test_waiting_ends_after_its_time_and_the_action_goes_on(client):
    run = client["probe"].hold.start()

    with pytest.raises(TimeoutError, match="goes on"):
        run.wait(0.1)

    assert not run.status.ended
    run.cancel()


def test_progress_is_told_while_waiting(client):
    told: list[float] = []

    client["demo"].slow_count(n=8, dt=0.1, on_progress=lambda steps: told.append(steps[0].done))

    assert told == sorted(told)
    assert len(told) >= 2


def test_a_run_that_somebody_started_is_found_by_its_id(client):
    started = client["demo"].increment.start(by=0)
    started.wait()

    found = client.invocation(started.id)

    assert (found.thing, found.action) == ("demo", "increment")
    assert found.wait() == started.output


def test_subscribers_get_values_in_order_and_events_of_the_thing(client, until):
    demo, probe = client["demo"], client["probe"]
    values: list[object] = []
    heats: list[object] = []
    everything: list[object] = []
    leave = demo.subscribe("counter", values.append)
    probe.subscribe("overheated", heats.append)
    client.subscribe(everything.append)

    for value in range(10, 20):
        demo.counter = value
    probe.warm_up()

    until(lambda: heats)
    assert values == list(range(10, 20))
    assert heats == [71.5]
    assert {type(event) for event in everything} >= {PropertyChanged, EventEmitted}
    leave()
    demo.counter = 3
    until(lambda: any(getattr(event, "value", None) == 3 for event in everything))
    assert values[-1] == 19


def test_a_subscriber_that_fails_stops_nobody_else(client, until, caplog):
    def fail(_value):
        raise RuntimeError("my own fault")

    values: list[object] = []
    client["demo"].subscribe("label", fail)
    client["demo"].subscribe("label", values.append)

    client["demo"].label = "one"

    until(lambda: values == ["one"])
    assert "my own fault" in caplog.text


def test_two_clients_see_each_other(served, until):
    with connect(served.url) as one, connect(served.url) as other:
        seen: list[object] = []
        other["demo"].subscribe("colour", seen.append)

        one["demo"].colour = "blue"

        until(lambda: seen == ["blue"])
        assert other["demo"].colour == "blue"
        one["demo"].colour = "red"


def test_many_threads_may_use_one_client(client):
    results: list[object] = []

    def work():
        results.append(client["demo"].zero())

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == [0] * 12


def test_stop_all_reports_and_cancels(client):
    run = client["probe"].hold.start()

    assert client.stop_all() == []

    with pytest.raises(InvocationCancelledError):
        run.wait(10)


def test_a_property_that_is_gone_over_there_is_not_found(client):
    demo = client["demo"]
    demo._described["properties"]["warp"] = {}

    with pytest.raises(AffordanceNotFoundError):
        _ = demo.warp


def test_a_client_can_be_looked_at(client):
    assert list(client) == ["demo", "probe", "fragile"]
    assert len(client) == 3
    assert {"exposure", "snap"} <= set(dir(client["demo"]))
    assert repr(client["demo"]).startswith("<Everything at http://127.0.0.1:")
    assert client["demo"].snap.__doc__.startswith("Take a picture")
    client["demo"].exposure = 77
    client["demo"].reset("exposure")
    assert client["demo"].exposure == 10


def test_a_file_is_brought_to_the_bench_as_an_input(client, tmp_path):
    demo = client["demo"]
    file = tmp_path / "mine.png"
    demo.snap(width=30, height=20).save(file)

    assert demo.measure_blob(image=file) == file.stat().st_size
    blob = client.upload(file.read_bytes(), "image/png")
    assert demo.echo_blob(image=blob).content == file.read_bytes()
    with pytest.raises(InputRefusedError, match=r"gone\.png cannot be read: No such file"):
        demo.measure_blob(image=tmp_path / "gone.png")
    with pytest.raises(InputRefusedError, match="image"):
        demo.measure_blob(image=client.upload(b"text", "text/plain"))
