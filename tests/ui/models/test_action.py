"""An action's form and what it is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.handles import Origin, OriginKind, ProgressStep
from things.errors import InputRefusedError, ThingError
from ui.models.action import ActionModel
from ui.models.progress import progress_view

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeThing, RunCoroutine


@pytest.fixture
def stack(camera: FakeThing) -> ActionModel:
    return ActionModel("acquire_stack", camera.describe()["actions"]["acquire_stack"])


def test_a_form_begins_with_the_defaults(stack: ActionModel) -> None:
    assert stack.values == {"planes": 11, "step": 0.25}
    assert [each.title for each in stack.inputs] == ["Planes", "Step"]


def test_running_sends_what_stands_in_the_form(
    stack: ActionModel, camera: FakeThing, bench: FakeBench, run: RunCoroutine
) -> None:
    stack.edit("planes", 41)
    run(stack.run(camera))

    assert camera.invoked == [("acquire_stack", {"planes": 41, "step": 0.25})]
    assert stack.running


def test_a_form_that_does_not_fit_is_not_sent(
    stack: ActionModel, camera: FakeThing, bench: FakeBench, run: RunCoroutine
) -> None:
    stack.edit("planes", 0)
    run(stack.run(camera))

    assert camera.invoked == []
    assert stack.fault_of("planes") == "must be at least 1"
    assert stack.fault_of("step") == ""

    stack.edit("planes", 5)
    assert stack.fault_of("planes") == ""


def test_a_refusal_lands_on_the_very_input(
    stack: ActionModel, camera: FakeThing, bench: FakeBench, run: RunCoroutine
) -> None:
    camera.refusals["acquire_stack"] = InputRefusedError(
        "acquire_stack",
        [
            {"type": "x", "loc": ("body", "step"), "msg": "Value error, too coarse", "input": 3},
            {"type": "x", "loc": ("elsewhere",), "msg": "not asked for", "input": 3},
        ],
    )
    run(stack.run(camera))

    assert stack.fault_of("step") == "too coarse"
    assert stack.error == "elsewhere: not asked for"
    assert not stack.running


def test_an_action_that_cannot_start_says_why(
    stack: ActionModel, camera: FakeThing, bench: FakeBench, run: RunCoroutine
) -> None:
    camera.refusals["acquire_stack"] = ThingError("the shutter is closed")
    run(stack.run(camera))

    assert stack.error == "the shutter is closed"


def test_a_mistake_is_said_on_the_action_and_goes_on_to_the_log(
    stack: ActionModel, camera: FakeThing, bench: FakeBench, run: RunCoroutine
) -> None:
    camera.refusals["acquire_stack"] = ZeroDivisionError("by nothing")
    with pytest.raises(ZeroDivisionError):
        run(stack.run(camera))

    assert stack.error == "it could not be started (ZeroDivisionError: by nothing)"
    assert not stack.running


def test_waiting_progress_and_failure_are_shown_as_they_come(
    stack: ActionModel, camera: FakeThing, bench: FakeBench
) -> None:
    anna = Origin(OriginKind.NETWORK, "anna@192.168.1.20")
    run = bench.start("camera", "acquire_stack", origin=anna)
    run.wait("waiting for stage: autofocus")
    stack.follow(run.snapshot)

    assert stack.waiting == "Waiting for stage: autofocus"
    assert stack.who == "anna@192.168.1.20"
    assert stack.progress is None

    run.run()
    run.step(31, 50, "steps", 9.2)
    stack.follow(run.snapshot)

    assert stack.waiting == ""
    assert stack.progress is not None
    assert stack.progress.fraction == pytest.approx(0.62)
    assert (stack.progress.step, stack.progress.remaining) == ("31 of 50 steps", "9 s left")

    run.fail("the detector is saturated")
    stack.follow(run.snapshot)

    assert not stack.running
    assert stack.error == "the detector is saturated"


def test_old_news_do_not_undo_newer_ones(
    stack: ActionModel, camera: FakeThing, bench: FakeBench
) -> None:
    run = bench.start("camera", "acquire_stack")
    before = run.snapshot
    run.run()
    run.complete()
    stack.follow(run.snapshot)
    stack.follow(before)

    assert not stack.running


def test_cancelling_asks_the_bench(
    stack: ActionModel, camera: FakeThing, bench: FakeBench, run: RunCoroutine
) -> None:
    run(stack.run(camera))
    run(stack.cancel(bench))
    stack.follow(bench.newest.snapshot)

    assert bench.cancelled == [bench.newest.snapshot.id]
    assert stack.cancelling


def test_nested_progress_is_one_fraction(bench: FakeBench) -> None:
    run = bench.start("camera", "acquire_stack")
    run._change(
        progress=(
            ProgressStep(1, 4, "tiles", 1.0, None),
            ProgressStep(5, 10, "planes", 1.0, None),
        )
    )

    assert progress_view(run.snapshot, 1.0).fraction == pytest.approx(0.375)


def test_time_goes_on_while_nothing_is_heard(bench: FakeBench, qapp: object) -> None:
    now = 50.0
    model = ActionModel("snap", {}, clock=lambda: now)
    run = bench.start("camera", "snap")
    run.run()
    model.follow(run.snapshot)
    now += 7.0

    assert model.progress is not None
    assert model.progress.remaining == "7 s so far"
