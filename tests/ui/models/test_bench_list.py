"""The bench list says what every Thing is doing, broken ones included."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt

from things.events import StreamChanged, ThingState
from ui.models.bench_list import BenchListModel, Role, telling
from ui.models.schema import DataSchema
from ui.states import State

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing, MakeThing

POSITION: dict[str, Any] = {
    "type": "object",
    "properties": {axis: {"type": "number", "title": axis, "unit": "mm"} for axis in "xyz"},
    "required": ["x", "y", "z"],
}


@pytest.fixture
def stage(make_thing: MakeThing) -> FakeThing:
    return make_thing(
        "stage",
        {
            "title": "Stage",
            "lw:group": "Microscope",
            "properties": {
                "speed": {"title": "Speed", "type": "number", "unit": "mm/s"},
                "position": POSITION,
            },
            "actions": {"home": {"title": "Home"}},
        },
        {"speed": 2.0, "position": {"x": 12.48, "y": -3.117, "z": 0.842}},
    )


@pytest.fixture
def laser(make_thing: MakeThing) -> FakeThing:
    return make_thing("laser", {}, {}, ThingState.FAILED, "driver did not start")


@pytest.fixture
def whole(
    camera: FakeThing,
    stage: FakeThing,
    laser: FakeThing,
    make_bench: Callable[..., FakeBench],
) -> FakeBench:
    return make_bench(camera, stage, laser)


@pytest.fixture
def model(whole: FakeBench, qapp: object) -> BenchListModel:
    return BenchListModel(whole)


def names(model: BenchListModel) -> list[str]:
    rows = (model.index(number) for number in range(model.rowCount()))
    return [row.data(Role.NAME) or f"[{row.data()}]" for row in rows]


def of(model: BenchListModel, name: str, role: int) -> Any:
    return model.index_of(name).data(role)


def test_every_thing_is_listed_under_its_group(model: BenchListModel) -> None:
    assert names(model) == ["[Other]", "camera", "laser", "[Microscope]", "stage"]


def test_a_broken_thing_is_shown_with_its_reason_and_can_be_retried(
    model: BenchListModel,
) -> None:
    assert of(model, "laser", Role.STATE) is State.FAULT
    assert of(model, "laser", Role.SECOND_LINE) == "driver did not start"
    assert of(model, "laser", Role.CAN_RETRY) is True
    assert of(model, "camera", Role.CAN_RETRY) is False


def test_the_second_line_shows_what_tells_most(model: BenchListModel) -> None:
    assert of(model, "stage", Role.SECOND_LINE).endswith(" mm")
    assert "−3.117" in of(model, "stage", Role.SECOND_LINE)
    assert of(model, "camera", Role.SECOND_LINE).startswith("25.0 ms, gain 12")


def test_what_is_measured_all_the_time_comes_before_what_hardly_changes() -> None:
    raw: dict[str, dict[str, Any]] = {
        "pixel_size": {"type": "number", "readOnly": True, "lw:group": "Sensor"},
        "exposure": {"type": "number", "lw:group": "Acquisition"},
        "temperature": {"type": "number", "readOnly": True, "lw:poll": 1, "lw:group": "Sensor"},
        "target": {"type": "number"},
    }
    schemas = {name: DataSchema(each, name) for name, each in raw.items()}
    assert telling(schemas) == ("target", "temperature", "exposure")


def test_at_most_three_values_and_no_password_is_shown() -> None:
    schemas = {name: DataSchema({"type": "number"}, name) for name in ("a", "b", "c", "d")} | {
        "secret": DataSchema({"type": "string", "format": "password"}, "secret")
    }
    assert telling(schemas) == ("a", "b", "c")
    assert telling({"secret": schemas["secret"]}) == ()


def test_running_wins_over_live_and_ends(model: BenchListModel, whole: FakeBench) -> None:
    model.apply(StreamChanged(thing="camera", name="live", live=True))
    assert of(model, "camera", Role.STATE) is State.LIVE

    subscription = whole.subscribe(lambda: None)
    run = whole.start("camera", "snap")
    run.run()
    for event in subscription.take():
        model.apply(event)
    assert of(model, "camera", Role.STATE) is State.RUNNING

    run.complete()
    for event in subscription.take():
        model.apply(event)
    assert of(model, "camera", Role.STATE) is State.LIVE


def test_the_view_is_told_once_of_many_changes(
    model: BenchListModel, whole: FakeBench, stage: FakeThing
) -> None:
    told: list[int] = []
    model.dataChanged.connect(lambda top, _bottom, _roles: told.append(top.row()))
    subscription = whole.subscribe(lambda: None)
    for step in range(50):
        stage.change("position", {"x": step, "y": 0.0, "z": 0.0})
    for event in subscription.take():
        model.apply(event)
    assert told == []

    model.flush()
    model.flush()

    assert told == [model.index_of("stage").row()]
    assert of(model, "stage", Role.SECOND_LINE).startswith("49")


def test_a_search_finds_a_property_and_shows_its_value(model: BenchListModel) -> None:
    model.set_filter("speed")
    assert names(model) == ["[Microscope]", "stage"] or names(model) == ["stage"]
    assert of(model, "stage", Role.SECOND_LINE) == "speed 2.0 mm/s"

    model.set_filter("")
    assert "camera" in names(model)


def test_a_folded_group_hides_its_things_until_something_is_searched(
    model: BenchListModel,
) -> None:
    model.toggle_group("Microscope")
    assert "stage" not in names(model)
    model.set_filter("stage")
    assert "stage" in names(model)
    model.set_filter("")
    model.fold_all(True)
    assert model.all_folded
    assert names(model) == ["[Other]", "[Microscope]"]


def test_a_thing_that_comes_back_shows_its_values_and_its_group(
    model: BenchListModel, whole: FakeBench, laser: FakeThing, stage: FakeThing
) -> None:
    subscription = whole.subscribe(lambda: None)
    laser._description = {
        "title": "Laser 488",
        "lw:group": "Microscope",
        "properties": {"power": {"type": "number", "title": "Power", "unit": "mW"}},
    }
    laser._readings["power"] = stage._readings["speed"]
    laser.become(ThingState.READY)
    for event in subscription.take():
        model.apply(event)

    assert names(model) == ["[Other]", "camera", "[Microscope]", "stage", "laser"]
    assert of(model, "laser", Role.STATE) is State.READY
    assert of(model, "laser", Role.SECOND_LINE) == "2.0 mW"


def test_a_screen_reader_hears_name_state_and_values(model: BenchListModel) -> None:
    said = of(model, "laser", Qt.ItemDataRole.AccessibleTextRole)
    assert said == "laser, Fault, driver did not start"


def test_groups_cannot_be_selected(model: BenchListModel) -> None:
    group = model.index(0)
    assert not model.flags(group) & Qt.ItemFlag.ItemIsSelectable
    assert model.flags(model.index_of("camera")) & Qt.ItemFlag.ItemIsSelectable


def test_a_value_that_cannot_be_read_any_more_gives_way_to_the_reason(
    model: BenchListModel, stage: FakeThing, whole: FakeBench
) -> None:
    mailbox = whole.subscribe(lambda: None)

    def second_line() -> object:
        for event in mailbox.take():
            model.apply(event)
        return model.index_of("stage").data(Role.SECOND_LINE)

    stage.fail_to_read("position", "position: the driver gave a number that is not finite")
    assert second_line() == "Position: the driver gave a number that is not finite"

    stage.change("position", {"x": 1.0, "y": 2.0, "z": 3.0})
    assert second_line() == "1.0  2.0  3.0 mm"
