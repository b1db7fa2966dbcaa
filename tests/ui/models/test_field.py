"""What was asked for and what is confirmed, apart."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from pytestqt.qtbot import QtBot

from app.handles import Reading
from things.errors import BusyError, ThingError, ValueRefusedError
from ui.models.field import FieldModel, FieldState
from ui.models.schema import DataSchema

if TYPE_CHECKING:
    import asyncio

    from tests.ui.conftest import FakeThing, MakeThing, RunCoroutine


def reading(value: Any, age_s: float = 0.0) -> Reading:
    return Reading(value, datetime.now(UTC), time.monotonic() - age_s)


@pytest.fixture
def exposure(camera: FakeThing) -> FieldModel:
    async def write(value: Any) -> Reading:
        return await camera.write("exposure", value)

    raw = camera.describe()["properties"]["exposure"]
    field = FieldModel("exposure", DataSchema(raw, "exposure"), write, "Camera")
    field.confirm(reading(25.0))
    return field


def test_an_edited_value_says_what_enter_and_esc_would_do(exposure: FieldModel) -> None:
    exposure.edit(60.0)

    assert exposure.state is FieldState.EDITED
    sentence = f"{exposure.state.word} {exposure.reason}"
    assert sentence == "Not sent. Enter sends 60.0 ms, Esc goes back to 25.0 ms."
    assert (exposure.requested, exposure.confirmed) == (60.0, 25.0)


def test_reverting_goes_back_to_what_is_confirmed(exposure: FieldModel) -> None:
    exposure.edit(60.0)
    exposure.revert()

    assert exposure.state is FieldState.CONFIRMED
    assert exposure.requested == 25.0


def test_a_value_under_way_is_pending_until_the_thing_answers(
    exposure: FieldModel,
    camera: FakeThing,
    qloop: asyncio.AbstractEventLoop,
    qtbot: QtBot,
) -> None:
    camera.hold("exposure")
    exposure.edit(40.0)
    writing = qloop.create_task(exposure.commit())
    qtbot.waitUntil(lambda: camera.waiting("exposure") == 1)

    assert exposure.state is FieldState.PENDING
    assert exposure.reason == "Camera still says 25.0 ms."
    assert exposure.requested == 40.0

    camera.release("exposure")
    qtbot.waitUntil(writing.done)

    assert exposure.state is FieldState.CONFIRMED
    assert exposure.confirmed == 40.0


def test_a_value_the_schema_forbids_is_not_even_sent(
    exposure: FieldModel, camera: FakeThing, run: RunCoroutine
) -> None:
    exposure.edit(-3.0)
    assert "must be greater than 0" in exposure.reason.lower()

    assert run(exposure.commit()) is False

    assert exposure.state is FieldState.REFUSED
    assert exposure.reason == "Must be greater than 0 ms."
    assert exposure.requested == -3.0
    assert camera.written == []


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueRefusedError("exposure", "needs 22 ms or less"), "Needs 22 ms or less."),
        (BusyError("camera", "snap, by anna"), "It is busy: snap, by anna."),
        (ThingError("the sensor is unplugged"), "The sensor is unplugged."),
    ],
)
def test_a_refusal_keeps_the_value_to_be_edited(
    exposure: FieldModel,
    camera: FakeThing,
    run: RunCoroutine,
    error: ThingError,
    reason: str,
) -> None:
    camera.refusals["exposure"] = error
    exposure.edit(45.0)
    run(exposure.commit())

    assert exposure.state is FieldState.REFUSED
    assert exposure.reason == reason
    assert exposure.requested == 45.0
    assert exposure.confirmed == 25.0


def test_a_mistake_is_said_in_the_field_and_goes_on_to_the_log(
    exposure: FieldModel, camera: FakeThing, run: RunCoroutine
) -> None:
    camera.refusals["exposure"] = ZeroDivisionError("by nothing")
    exposure.edit(45.0)
    with pytest.raises(ZeroDivisionError):
        run(exposure.commit())

    assert exposure.state is FieldState.REFUSED
    assert exposure.reason == "ZeroDivisionError: by nothing."


def test_a_change_from_outside_does_not_overwrite_what_is_typed(exposure: FieldModel) -> None:
    exposure.edit(60.0)
    exposure.confirm(reading(30.0))

    assert exposure.state is FieldState.EDITED
    assert exposure.requested == 60.0
    assert "Esc goes back to 30.0 ms." in exposure.reason


def test_an_older_answer_does_not_end_a_newer_request(
    exposure: FieldModel, qloop: asyncio.AbstractEventLoop, camera: FakeThing, qtbot: QtBot
) -> None:
    camera.hold("exposure")
    first = qloop.create_task(exposure.send(40.0))
    qtbot.waitUntil(lambda: camera.waiting("exposure") == 1)
    camera.refusals["exposure"] = ThingError("too late")
    camera.release("exposure")
    camera.hold("exposure")
    second = qloop.create_task(exposure.send(50.0))
    qtbot.waitUntil(first.done)

    assert exposure.state is FieldState.PENDING
    assert exposure.requested == 50.0

    camera.refusals.clear()
    camera.release("exposure")
    qtbot.waitUntil(second.done)
    assert exposure.state is FieldState.CONFIRMED


def test_a_stale_value_says_how_long_it_was_not_heard(exposure: FieldModel) -> None:
    exposure.confirm(reading(25.0, age_s=134))
    exposure.go_stale()

    assert exposure.state is FieldState.STALE
    assert exposure.reason == "Not heard for 2 min 14 s."

    exposure.go_stale("could not be read: the sensor is unplugged")
    assert exposure.reason == "Could not be read: the sensor is unplugged."

    exposure.confirm(reading(26.0))
    assert exposure.state is FieldState.CONFIRMED


def test_what_is_no_number_is_refused_on_enter(exposure: FieldModel, run: RunCoroutine) -> None:
    exposure.edit(None, "'abc' is not a number")
    assert exposure.state is FieldState.EDITED

    run(exposure.commit())

    assert exposure.state is FieldState.REFUSED
    assert exposure.reason == "'abc' is not a number."


def test_the_part_of_a_vector_that_is_wrong_is_named(run: RunCoroutine) -> None:
    raw = {"type": "object", "properties": {k: {"type": "number", "maximum": 5} for k in "xy"}}

    async def write(_value: Any) -> Reading:
        raise AssertionError("nothing may be sent")

    field = FieldModel("position", DataSchema(raw, "position"), write)
    field.edit({"x": 1.0, "y": 9.0})
    run(field.commit())

    assert field.reason == "Y must be at most 5."
    assert field.faults[0].loc == ("y",)


def test_a_read_only_value_is_never_edited_by_its_age(camera: FakeThing) -> None:
    async def write(_value: Any) -> Reading:
        raise AssertionError("nothing may be sent")

    raw = camera.describe()["properties"]["temperature"]
    field = FieldModel("temperature", DataSchema(raw), write)

    assert field.age_text() == "never read"
    field.confirm(reading(-9.8, age_s=61))
    assert field.state is FieldState.READ_ONLY
    assert field.age_text() == "1 min 1 s ago"


def test_a_refusal_leaves_alone_what_was_typed_meanwhile(
    exposure: FieldModel, qloop: asyncio.AbstractEventLoop, camera: FakeThing, qtbot: QtBot
) -> None:
    camera.hold("exposure")
    writing = qloop.create_task(exposure.send(60.0))
    qtbot.waitUntil(lambda: camera.waiting("exposure") == 1)
    exposure.edit(70.0)
    camera.refusals["exposure"] = ThingError("the sensor is unplugged")
    camera.release("exposure")
    qtbot.waitUntil(writing.done)

    assert (exposure.state, exposure.requested) == (FieldState.EDITED, 70.0)
    assert exposure.reason == (
        "60.0 ms was refused: the sensor is unplugged. "
        "Enter sends 70.0 ms, Esc goes back to 25.0 ms."
    )

    exposure.revert()
    exposure.edit(80.0)
    assert "60.0" not in exposure.reason


@pytest.mark.parametrize(
    ("raw", "now", "asked", "still"),
    [
        ({"type": "boolean"}, False, True, "Off"),
        ({"enum": ["low", "high"]}, "low", "high", "low"),
    ],
)
def test_a_refused_choice_says_what_is_so(
    raw: dict[str, Any], now: object, asked: object, still: str, run: RunCoroutine
) -> None:
    async def write(_value: Any) -> Reading:
        raise ThingError("the key switch is off")

    field = FieldModel("emission", DataSchema(raw, "emission"), write, "Laser")
    field.confirm(reading(now))
    run(field.send(asked))

    assert field.state is FieldState.REFUSED
    assert field.reason == f"The key switch is off. Laser still says {still}."
    field.confirm(reading(asked))
    assert field.reason == "The key switch is off."


@pytest.mark.parametrize("as_list", [False, True])
def test_untouched_components_follow_what_is_confirmed(
    as_list: bool, qloop: asyncio.AbstractEventLoop, make_thing: MakeThing, qtbot: QtBot
) -> None:
    def vector(x: float, y: float) -> Any:
        return [x, y] if as_list else {"x": x, "y": y}

    number = {"type": "number"}
    raw: dict[str, Any] = {"type": "object", "properties": {"x": number, "y": number}}
    if as_list:
        raw = {"type": "array", "items": number, "minItems": 2, "maxItems": 2}
    stage = make_thing("stage", {"properties": {"pos": raw}}, {"pos": vector(1.0, 2.0)})
    field = FieldModel("pos", DataSchema(raw, "pos"), lambda value: stage.write("pos", value))
    field.confirm(reading(vector(1.0, 2.0)))

    field.edit(vector(-55.0, 2.0))
    field.confirm(reading(vector(1.0, -20.0)))
    assert field.requested == vector(-55.0, -20.0)
    assert field.state is FieldState.EDITED

    stage.hold("pos")
    writing = qloop.create_task(field.commit())
    qtbot.waitUntil(lambda: stage.waiting("pos") == 1)
    field.confirm(reading(vector(1.0, -30.0)))
    assert field.requested == vector(-55.0, -20.0)
    stage.refusals["pos"] = ThingError("the stage is locked")
    stage.release("pos")
    qtbot.waitUntil(writing.done)
    assert field.state is FieldState.REFUSED
    assert field.requested == vector(-55.0, -30.0)
