"""The activity list is in order, filtered, bounded, and knows what is stuck."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from app.actions.events import InvocationChanged, InvocationProgressed
from app.handles import Origin, OriginKind
from ui.models.invocations import (
    SILENT_AFTER_S,
    InvocationListModel,
    Only,
)
from ui.states import State

if TYPE_CHECKING:
    from tests.ui.conftest import FakeBench, FakeInvocation, MakeThing


class Clock:
    """A clock that goes when the test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def two(make_thing: MakeThing, make_bench: Callable[..., FakeBench]) -> FakeBench:
    return make_bench(make_thing(), make_thing("stage", {"title": "Stage"}, {}))


@pytest.fixture
def model(clock: Clock, qapp: object) -> InvocationListModel:
    return InvocationListModel(newest=5, clock=clock)


@pytest.fixture
def follow(two: FakeBench, model: InvocationListModel) -> Callable[[], None]:
    """Bring what happened on the bench into the model."""
    subscription = two.subscribe(lambda: None)

    def take() -> None:
        for event in subscription.take():
            assert isinstance(event, InvocationChanged | InvocationProgressed)
            model.apply(event)

    return take


def ids(*runs: FakeInvocation) -> list[UUID]:
    return [run.snapshot.id for run in runs]


def test_running_stands_before_waiting_before_the_newest_ended(
    two: FakeBench, model: InvocationListModel, follow: Callable[[], None]
) -> None:
    old, new, waits, runs = (two.start("camera", "snap") for _ in range(4))
    for each in (old, new, runs):
        each.run()
    old.complete()
    new.fail("no light")
    follow()

    assert list(model.rows) == ids(runs, waits, new, old)
    assert model.state(new.snapshot.id) is State.FAILED
    counts = model.counts
    assert (counts.all, counts.running, counts.waiting, counts.failed) == (4, 1, 1, 1)


def test_filters_by_state_thing_and_origin_add_up(
    two: FakeBench, model: InvocationListModel, follow: Callable[[], None]
) -> None:
    mine = two.start("camera", "snap")
    theirs = two.start("camera", "snap", origin=Origin(OriginKind.NETWORK, "anna"))
    other = two.start("stage", "home")
    for run in (mine, theirs, other):
        run.run()
    mine.fail("dark")
    follow()

    model.show_only(Only.RUNNING)
    assert set(model.rows) == set(ids(theirs, other))
    model.show_thing("camera")
    assert list(model.rows) == ids(theirs)
    model.show_origin(OriginKind.WINDOW)
    assert list(model.rows) == []
    model.show_only(Only.FAILED)
    assert list(model.rows) == ids(mine)
    assert model.things == ["camera", "stage"]


def test_only_the_newest_are_kept(
    two: FakeBench, model: InvocationListModel, follow: Callable[[], None]
) -> None:
    runs = [two.start("camera", "snap") for _ in range(8)]
    for run in runs:
        run.run()
        run.fail("dark")
    follow()

    assert len(model.rows) == 5
    assert model.counts.failed == 5
    assert model.snapshot(runs[0].snapshot.id) is None
    assert model.rows[0] == runs[-1].snapshot.id


def test_an_older_snapshot_is_passed_over(
    two: FakeBench, model: InvocationListModel, follow: Callable[[], None]
) -> None:
    run = two.start("camera", "snap")
    early = run.snapshot
    run.run()
    run.complete()
    follow()

    model.load([early])

    assert model.state(early.id) is State.COMPLETED
    assert model.counts.all == 1


def test_progress_changes_a_row_without_moving_any(
    two: FakeBench, model: InvocationListModel, follow: Callable[[], None]
) -> None:
    run = two.start("camera", "snap")
    run.run()
    follow()
    moved: list[None] = []
    changed: list[UUID] = []
    model.changed.connect(lambda: moved.append(None))
    model.row_changed.connect(changed.append)

    run.step(3, 10, "planes")
    follow()

    assert moved == []
    assert changed == ids(run)


def test_one_that_ignores_cancel_is_stuck(
    two: FakeBench,
    model: InvocationListModel,
    follow: Callable[[], None],
) -> None:
    run = two.start("camera", "snap")
    run.run()
    run._change(cancel_requested=True)
    follow()
    assert model.state(run.snapshot.id) is State.STOPPING

    run._change(stuck=True)
    follow()
    assert model.state(run.snapshot.id) is State.STUCK

    run.end_cancelled()
    follow()
    assert model.state(run.snapshot.id) is State.CANCELLED


def test_one_that_stops_reporting_gives_no_sign_of_life(
    two: FakeBench,
    model: InvocationListModel,
    follow: Callable[[], None],
    clock: Clock,
) -> None:
    run, quiet = two.start("camera", "snap"), two.start("stage", "home")
    for each in (run, quiet):
        each.run()
    run.step(3, 10, "planes")
    follow()
    clock.now += SILENT_AFTER_S + 2

    assert model.silent_s(run.snapshot.id) == pytest.approx(SILENT_AFTER_S + 2)
    assert model.silent_s(quiet.snapshot.id) == 0.0, "it never said it would report"

    run.step(4, 10, "planes")
    follow()
    assert model.silent_s(run.snapshot.id) == 0.0


def test_time_goes_on_while_nothing_is_heard(
    two: FakeBench, model: InvocationListModel, follow: Callable[[], None], clock: Clock
) -> None:
    run = two.start("camera", "snap")
    run.run()
    follow()
    clock.now += 7.0
    assert model.elapsed_s(run.snapshot.id) == pytest.approx(7.0)

    run._change(elapsed_s=8.0)
    follow()
    assert model.elapsed_s(run.snapshot.id) == pytest.approx(8.0)

    run.complete()
    follow()
    clock.now += 60.0
    assert model.elapsed_s(run.snapshot.id) == run.snapshot.elapsed_s


def test_a_part_of_another_has_no_row_until_its_thing_is_asked_for(
    two: FakeBench, model: InvocationListModel, follow: Callable[[], None]
) -> None:
    focus = two.start("camera", "autofocus")
    focus.run()
    move = two.start("stage", "move_to", parent=focus.snapshot.id)
    move.run()
    follow()

    assert list(model.rows) == ids(focus)
    assert model.counts.all == model.counts.running == 1
    assert model.active == [focus.snapshot]
    assert model.part(focus.snapshot.id) == move.snapshot
    move.fail("limit")
    follow()
    assert model.counts.failed == 0

    model.show_thing("stage")
    assert list(model.rows) == ids(move)


def test_the_list_keeps_ten_thousand_rows(two: FakeBench, qapp: object) -> None:
    model = InvocationListModel(newest=10_000)
    template = two.start("camera", "snap")
    template.run()
    template.complete()
    snapshots = [replace(template.snapshot, id=uuid4()) for _ in range(10_500)]
    model.load(snapshots)
    assert len(model.rows) == 10_000

    newest = [replace(snapshot, id=uuid4()) for snapshot in snapshots[:200]]
    for snapshot in newest:
        model.apply(InvocationChanged(thing="camera", snapshot=snapshot, seq=1))
        assert len(model.rows) == 10_000
    assert model.snapshot(newest[-1].id) == newest[-1]
    assert model.snapshot(snapshots[0].id) is None, "the oldest made room"
