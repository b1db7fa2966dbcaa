"""A Thing as the window holds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from app.handles import Origin, OriginKind
from things.events import ThingState
from ui.models.field import FieldState
from ui.models.thing import ThingModel
from ui.states import State

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing, MakeThing, RunCoroutine


@pytest.fixture
def model(bench: FakeBench, camera: FakeThing) -> ThingModel:
    return listening(bench, ThingModel(camera))


def listening(bench: FakeBench, model: ThingModel) -> ThingModel:
    def wake() -> None:
        for event in subscription.take():
            model.apply(event)

    subscription = bench.subscribe(wake)
    return model


def test_nothing_is_built_before_it_is_looked_at(
    bench: FakeBench, camera: FakeThing, monkeypatch: pytest.MonkeyPatch
) -> None:
    described = []
    original = camera.describe

    def describe() -> Mapping[str, Any]:
        described.append(True)
        return original()

    monkeypatch.setattr(camera, "describe", describe)
    model = listening(bench, ThingModel(camera))

    camera.change("exposure", 12.0)
    assert described == []

    assert model.fields["exposure"].confirmed == 12.0


def test_fields_come_in_groups_with_a_summary(model: ThingModel) -> None:
    assert [group.title for group in model.groups] == ["", "Sensor"]
    assert model.summary(model.groups[1]) == "−9.8 °C, 2 values"


def test_a_change_from_outside_reaches_its_field(model: ThingModel, camera: FakeThing) -> None:
    assert model.fields["gain"].confirmed == 12.0
    camera.change("gain", 3.0)
    assert model.fields["gain"].confirmed == 3.0


def test_a_thing_that_goes_away_leaves_stale_values_and_comes_back(
    model: ThingModel, camera: FakeThing
) -> None:
    gain = model.fields["gain"]
    camera.become(ThingState.DISCONNECTED, "no answer")

    assert gain.state is FieldState.STALE
    assert model.shown_state is State.OFFLINE
    assert model.reason == "no answer"

    camera.become(ThingState.READY)
    assert gain.state is FieldState.CONFIRMED


def test_an_answer_that_comes_after_the_thing_went_away_stays_stale(
    model: ThingModel, camera: FakeThing, run: RunCoroutine
) -> None:
    gain = model.fields["gain"]
    camera.become(ThingState.DISCONNECTED, "no answer")

    run(model.read(gain))
    assert gain.state is FieldState.STALE
    camera.change("gain", 3.0)
    assert (gain.state, gain.confirmed) == (FieldState.STALE, 3.0)

    camera.become(ThingState.READY)
    assert gain.state is FieldState.CONFIRMED
    camera.change("gain", 4.0)
    assert gain.state is FieldState.CONFIRMED


def test_another_description_builds_other_fields(model: ThingModel, camera: FakeThing) -> None:
    assert "gain" in model.fields
    rebuilt = []
    model.rebuilt.connect(lambda: rebuilt.append(True))
    camera.become(ThingState.FAILED, "reloading")
    camera._description = {"title": "Camera", "properties": {"speed": {"type": "number"}}}
    camera.become(ThingState.READY)

    assert rebuilt == [True]
    assert list(model.fields) == ["speed"]


def test_the_state_says_what_runs_and_who_asked(
    model: ThingModel, camera: FakeThing, bench: FakeBench
) -> None:
    assert model.shown_state is State.READY
    camera.stream("live", True)
    assert model.shown_state is State.LIVE

    run = bench.start("camera", "acquire_stack", origin=Origin(OriginKind.NETWORK, "anna"))
    run.run()
    assert model.shown_state is State.RUNNING
    assert model.detail == "acquire a stack by anna"
    assert model.actions["acquire_stack"].running

    run.complete()
    assert model.shown_state is State.LIVE


def test_what_is_unknown_is_read_and_what_fails_goes_stale_alone(
    make_thing: MakeThing, run: RunCoroutine
) -> None:
    description = {
        "properties": {
            "sound": {"type": "number", "observable": True},
            "broken": {"type": "number"},
            "secret": {"type": "string", "writeOnly": True},
        }
    }
    thing = make_thing("meter", description, {"sound": 3.0})
    model = ThingModel(thing)
    run(model.read_unknown())

    assert thing.asked == ["broken"]
    assert model.fields["sound"].state is FieldState.CONFIRMED
    assert model.fields["broken"].state is FieldState.STALE
    assert model.fields["broken"].reason == "Could not be read: broken could not be read."


def test_a_property_that_fails_goes_stale_with_its_reason(
    model: ThingModel, camera: FakeThing
) -> None:
    assert model.fields["temperature"].state is FieldState.READ_ONLY
    camera.fail_to_read("temperature", "the sensor is unplugged")

    assert model.fields["temperature"].state is FieldState.STALE
    assert model.fields["temperature"].reason == "The sensor is unplugged."


def test_a_failed_thing_has_no_fields_and_says_why(make_thing: MakeThing) -> None:
    model = ThingModel(make_thing("laser", {}, {}, ThingState.FAILED, "driver did not start"))

    assert model.fields == {}
    assert model.groups == ()
    assert model.shown_state is State.FAULT
    assert model.reason == "driver did not start"
