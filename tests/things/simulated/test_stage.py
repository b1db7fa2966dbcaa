"""The stage: travels, reports, obeys limits, stops."""

from __future__ import annotations

import time

import pytest

from things import InvocationCancelledError, ValueRefusedError, affordances_of
from things.actions import ActionDescriptor
from things.errors import InputRefusedError
from things.simulated.stage import Limits, Position, Stage, StoppedError


@pytest.fixture
def stage() -> Stage:
    stage = Stage(start=(1.0, 2.0, 0.5), home=(0.0, 0.0, 0.1))
    stage.speed, stage.acceleration = 10.0, 200.0
    return stage


@pytest.fixture
def slow_stage(stage: Stage) -> Stage:
    """One that needs 20 s for the way the tests send it."""
    stage.speed = 0.5
    return stage


def test_it_begins_where_the_bench_says(stage: Stage) -> None:
    assert stage.position == Position(x=1.0, y=2.0, z=0.5)
    assert not stage.moving


def test_it_arrives_exactly(stage: Stage) -> None:
    arrived = stage.move_to(x=1.3, y=1.9, z=0.6)

    assert arrived == stage.position == Position(x=1.3, y=1.9, z=0.6)


def test_an_axis_left_empty_stays(stage: Stage) -> None:
    stage.move_to(z=0.51)

    assert stage.position == Position(x=1.0, y=2.0, z=0.51)


def test_it_moves_by_a_distance(stage: Stage) -> None:
    stage.move_by(dx=-0.25, dz=0.1)

    assert stage.position.x == pytest.approx(0.75)
    assert stage.position.z == pytest.approx(0.6)


def test_home_is_home(stage: Stage) -> None:
    assert stage.home() == Position(x=0.0, y=0.0, z=0.1)


def test_a_faster_stage_is_there_sooner(stage: Stage) -> None:
    def seconds_for_a_millimetre() -> float:
        began = time.monotonic()
        stage.move_by(dx=1.0)
        return time.monotonic() - began

    stage.speed = 4.0
    slow = seconds_for_a_millimetre()
    stage.speed = 10.0

    assert seconds_for_a_millimetre() < slow


def test_a_place_outside_the_limits_is_refused_before_it_moves(stage: Stage) -> None:
    stage.limits = Limits(upper=Position(x=5, y=5, z=1))

    with pytest.raises(ValueRefusedError, match=r"z: 1\.200 mm is outside the limits, -1 to 1 mm"):
        stage.move_to(z=1.2)

    assert stage.position == Position(x=1.0, y=2.0, z=0.5)


def test_limits_that_leave_no_room_are_refused(stage: Stage) -> None:
    upside_down = {"lower": {"x": 0, "y": 0, "z": 2}, "upper": {"x": 1, "y": 1, "z": 1}}

    with pytest.raises(ValueRefusedError, match="the lower z must not be above the upper z"):
        affordances_of(Stage)["limits"].write(stage, upside_down)  # type: ignore[attr-defined] # a property

    assert stage.limits == Limits()


def test_a_place_no_stage_reaches_is_refused_as_input() -> None:
    move_to = affordances_of(Stage)["move_to"]
    assert isinstance(move_to, ActionDescriptor)

    with pytest.raises(InputRefusedError, match="x"):
        move_to.validated_input({"x": 1000})


def test_it_says_how_far_it_is(slow_stage: Stage, run) -> None:
    run.start(slow_stage.move_to, x=11.0).under_way()

    step = run.progress.snapshot()[0]
    assert (step.total, step.label) == (10.0, "mm")
    assert slow_stage.moving
    run.cancel_event.set()
    run.end()


def test_cancelled_it_stands_where_it_is(slow_stage: Stage, run) -> None:
    run.start(slow_stage.move_to, x=11.0).under_way()

    run.cancel_event.set()
    run.end()

    assert isinstance(run.error, InvocationCancelledError)
    here = slow_stage.position
    assert not slow_stage.moving
    assert 1.0 <= here.x < 10.0
    assert slow_stage.position == here


def test_stop_ends_the_move_at_once(slow_stage: Stage, run) -> None:
    run.start(slow_stage.move_to, x=11.0).under_way()

    slow_stage.stop()

    assert not slow_stage.moving
    here = slow_stage.position
    assert isinstance(run.end().error, StoppedError)
    assert slow_stage.position == here


def test_after_a_stop_it_goes_on_from_there(slow_stage: Stage, run) -> None:
    run.start(slow_stage.move_to, x=11.0).under_way()
    slow_stage.stop()
    run.end()
    slow_stage.speed = 10.0

    slow_stage.move_to(x=1.0)

    assert slow_stage.position == Position(x=1.0, y=2.0, z=0.5)
