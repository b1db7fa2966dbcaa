"""The Thing that has one of everything has what the wire page promises, to the letter."""

from __future__ import annotations

import json
import threading
import tomllib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from resources import resource
from things import InputRefusedError, PngBlob, ValueRefusedError, affordances_of, thing_description
from things.actions import ActionDescriptor
from things.errors import ReadOnlyError
from things.simulated.everything import MAX_BLOB_MIB, Colour, Everything, Point

PROPERTIES: dict[str, dict[str, Any]] = {
    "counter": {"type": "integer", "default": 0, "minimum": 0, "maximum": 100},
    "colour": {"type": "string", "default": "red", "enum": ["red", "green", "blue"]},
    "label": {"type": "string", "default": "untitled", "maxLength": 20},
    "home": {"type": "object", "default": {"x": 0, "y": 0}, "required": ["x"]},
    "uptime": {"type": "number", "readOnly": True},
    "exposure": {"type": "integer", "default": 10, "minimum": 1, "lw:setting": True},
    "gain": {"type": "number", "readOnly": False},
    "broken": {"type": "integer", "readOnly": True},
}
OBSERVABLE = {"counter", "colour", "label", "home", "uptime", "exposure"}

INPUTS: dict[str, dict[str, Any]] = {
    "increment": {"by": ("integer", 1)},
    "snap": {"width": ("integer", 8), "height": ("integer", 8)},
    "snap_to_disk": {},
    "slow_count": {"n": ("integer", 20), "dt": ("number", 0.1)},
    "stubborn_count": {"n": ("integer", 10), "dt": ("number", 0.05)},
    "explode": {"message": ("string", "bang")},
    "plan_scan": {"plan": ("object", None)},
    "measure_blob": {"image": ("object", None)},
    "echo_blob": {"image": ("object", None)},
    "big_blob": {"mib": ("integer", 64)},
    "nothing": {},
    "zero": {},
}
OUTPUTS = {
    "increment": "integer",
    "snap": "image/png",
    "snap_to_disk": "image/png",
    "slow_count": "integer",
    "stubborn_count": "integer",
    "explode": None,
    "plan_scan": "object",
    "measure_blob": "integer",
    "echo_blob": "image/png",
    "big_blob": "text/plain",
    "nothing": None,
    "zero": "integer",
}


@pytest.fixture
def thing() -> Everything:
    return Everything()


@pytest.fixture
def td(thing: Everything) -> dict[str, Any]:
    return thing_description(thing)


def test_the_conformance_bench_serves_it_twice() -> None:
    bench = tomllib.loads(resource("benches/conformance.toml").read_text("utf-8"))

    assert bench["things"] == {
        name: {"class": "things.simulated.everything:Everything"} for name in ("demo", "other")
    }


def test_properties_have_the_names_defaults_and_limits_of_the_page(td: dict[str, Any]) -> None:
    assert list(td["properties"]) == list(PROPERTIES)
    for name, expected in PROPERTIES.items():
        described = td["properties"][name]
        assert {key: described.get(key) for key in expected} == expected
        assert described["observable"] is (name in OBSERVABLE)
    home = td["properties"]["home"]["properties"]
    assert {axis: field["type"] for axis, field in home.items()} == {"x": "number", "y": "number"}
    assert home["y"]["default"] == 0


def test_actions_have_the_names_inputs_and_outputs_of_the_page(td: dict[str, Any]) -> None:
    assert list(td["actions"]) == list(INPUTS)
    for name, inputs in INPUTS.items():
        action = td["actions"][name]
        fields = action.get("input", {}).get("properties", {})
        assert {
            key: (field["type"], field.get("default")) for key, field in fields.items()
        } == inputs
        output = action.get("output", {})
        assert output.get("lw:mediaType", output.get("type")) == OUTPUTS[name]


def test_a_plan_is_nested_as_on_the_page(td: dict[str, Any]) -> None:
    plan = td["actions"]["plan_scan"]["input"]["properties"]["plan"]
    assert plan["required"] == ["name", "points"]
    assert list(plan["properties"]) == ["name", "points", "origin", "colour"]
    assert plan["properties"]["points"]["minItems"] == 1
    assert plan["properties"]["origin"]["default"] == {"x": 0, "y": 0}
    assert plan["properties"]["colour"]["default"] == "red"
    planned = td["actions"]["plan_scan"]["output"]["properties"]
    assert list(planned) == ["name", "n", "bbox"]
    assert planned["bbox"]["minItems"] == planned["bbox"]["maxItems"] == 4


def test_no_action_is_exclusive(thing: Everything) -> None:
    actions = [one for one in affordances_of(thing).values() if isinstance(one, ActionDescriptor)]

    assert not any(action.exclusive for action in actions)


def test_values_begin_as_on_the_page(thing: Everything) -> None:
    assert (thing.counter, thing.colour, thing.label) == (0, Colour.RED, "untitled")
    assert (thing.home, thing.uptime) == (Point(x=0, y=0), 0.0)
    assert (thing.exposure, thing.gain) == (10, 1.0)


def test_what_is_out_of_range_is_refused(thing: Everything) -> None:
    for name, value in (("counter", 101), ("counter", -1), ("label", "x" * 21), ("exposure", 0)):
        with pytest.raises(ValueRefusedError):
            setattr(thing, name, value)
    with pytest.raises(ReadOnlyError):
        Everything.uptime.write(thing, 1.0)  # type: ignore[attr-defined]  # on the class it is a descriptor


def test_gain_is_got_and_set(thing: Everything) -> None:
    thing.gain = 2.5

    assert thing.gain == 2.5


def test_the_broken_one_says_why(thing: Everything) -> None:
    with pytest.raises(RuntimeError, match=r"^the sensor is unplugged$"):
        _ = thing.broken


def test_exposure_is_kept_on_disk(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    with (first := Everything()).settings_in(file):
        first.exposure = 20

    with (second := Everything()).settings_in(file):
        assert second.exposure == 20


def test_increment_adds_and_gives_the_counter(thing: Everything) -> None:
    assert thing.increment() == 1
    assert thing.increment(by=5) == 6
    assert thing.counter == 6
    with pytest.raises(ValueRefusedError):
        thing.increment(by=100)
    assert thing.counter == 6


def test_many_increments_at_once_are_all_counted(thing: Everything) -> None:
    threads = [threading.Thread(target=thing.increment) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert thing.counter == 50


def test_a_picture_is_in_the_current_colour_and_one_line_is_logged(run, thing, caplog) -> None:
    thing.colour = Colour.BLUE

    with caplog.at_level("INFO"):
        picture = run.start(thing.snap, width=4, height=2).end().result

    assert isinstance(picture, PngBlob)
    with Image.open(picture.open()) as painted:
        assert painted.size == (4, 2)
        assert painted.convert("RGB").getcolors() == [(8, (0, 0, 255))]
    assert len(caplog.records) == 1


@pytest.mark.parametrize(("width", "height"), [(0, 8), (8, -1), (100_000, 100_000)])
def test_a_picture_that_is_none_or_fills_the_memory_is_refused(thing, width, height) -> None:
    with pytest.raises(ValueError, match="is no picture"):
        thing.snap(width, height)


def test_a_picture_on_disk_is_16_by_16_in_a_directory_that_goes_with_it(thing) -> None:
    picture = thing.snap_to_disk()

    file = picture.data.file_path
    assert picture.content == file.read_bytes()
    assert picture.content[16:24] == (16).to_bytes(4) * 2
    del picture
    assert not file.parent.exists()


def test_a_slow_count_adds_to_uptime_and_logs_each_step(run, thing, caplog) -> None:
    with caplog.at_level("INFO"):
        result = run.start(thing.slow_count, n=3, dt=0.01).end().result

    assert result == 3
    assert thing.uptime == pytest.approx(0.03)
    assert [record.getMessage() for record in caplog.records] == [
        "step 1 of 3",
        "step 2 of 3",
        "step 3 of 3",
    ]


def test_a_slow_count_is_cancelled(run, thing) -> None:
    run.start(thing.slow_count, n=1000).under_way("steps")

    run.cancel_event.set()

    assert type(run.end().error).__name__ == "InvocationCancelledError"


def test_a_stubborn_count_gives_how_many_cancellations_it_swallowed(run, thing) -> None:
    assert thing.stubborn_count(n=2, dt=0.001) == 0

    run.start(thing.stubborn_count, n=100, dt=0.01).under_way("steps")
    run.cancel_event.set()

    assert run.end().result == 1


def test_explode_fails_with_what_it_is_told(thing: Everything) -> None:
    with pytest.raises(ValueError, match=r"^bang$"):
        thing.explode()
    with pytest.raises(ValueError, match=r"^no luck$"):
        thing.explode("no luck")


def test_a_plan_is_checked_and_measured(thing: Everything) -> None:
    given = {"name": "a", "points": [{"x": 1}, {"x": 4, "y": -2}], "origin": {"x": 10, "y": 1}}
    checked = Everything.plan_scan.validated_input({"plan": given})

    planned = thing.plan_scan(**dict(checked))

    assert json.loads(planned.model_dump_json()) == {
        "name": "a",
        "n": 2,
        "bbox": [11.0, -1.0, 14.0, 1.0],
    }
    for wrong in ({"name": "a", "points": []}, {"points": [{"x": 1}]}, {"name": "a"}):
        with pytest.raises(InputRefusedError):
            Everything.plan_scan.validated_input({"plan": wrong})


def test_blobs_are_measured_and_given_back(thing: Everything) -> None:
    image = PngBlob.from_bytes(b"12345")

    assert thing.measure_blob(image) == 5
    assert thing.echo_blob(image) is image


def test_a_big_blob_is_text_of_that_size(thing: Everything) -> None:
    blob = thing.big_blob(mib=2)

    assert (blob.media_type, len(blob.content)) == ("text/plain", 2 * 1024 * 1024)
    assert blob.content.decode("ascii").endswith("\n")
    for mib in (-1, MAX_BLOB_MIB + 1):
        with pytest.raises(ValueError, match="cannot be held"):
            thing.big_blob(mib)


def test_nothing_and_zero(thing: Everything) -> None:
    assert (thing.nothing(), thing.zero()) == (None, 0)
