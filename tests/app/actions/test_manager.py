from __future__ import annotations

import threading
import time
from uuid import uuid4

import pytest

from app.actions import ActionManager, InvocationStatus, NoBlobManagerError
from app.actions.events import InvocationChanged, InvocationProgressed
from app.errors import ClosingError, InvocationNotFoundError, TooManyInvocationsError
from things.blobs import blobdata_to_url_ctx


def test_what_was_invoked_is_started_and_listed(manager, run, rig):
    invocation = run("hold", wait=False)

    assert invocation.is_alive()
    assert manager.invocations == [invocation]
    assert manager.get_invocation(invocation.id) is invocation
    with pytest.raises(KeyError, match="No action invocation found with ID"):
        manager.get_invocation(uuid4())


def test_the_list_is_a_snapshot(manager, run):
    listed = manager.invocations
    run("talk")

    assert listed == []


def test_models_need_a_blob_context(manager, run):
    run("talk")

    with pytest.raises(NoBlobManagerError):
        manager.list_invocations()


def test_a_list_is_filtered_by_action_and_by_thing(manager, run, rig):
    run("talk")
    run("fleeting")
    other = type(rig)()
    descriptor = type(rig)._affordances["talk"]
    manager.invoke_action(descriptor, other, None, descriptor.validated_input({})).wait_ended(5)
    token = blobdata_to_url_ctx.set(lambda data: "http://x")
    try:
        assert len(manager.list_invocations()) == 3
        assert len(manager.list_invocations(action=descriptor)) == 2
        assert len(manager.list_invocations(thing=other)) == 1
        assert len(manager.list_invocations(action=descriptor, thing=rig)) == 1
        model = manager.list_invocations(thing=rig)[0]
    finally:
        blobdata_to_url_ctx.reset(token)
    assert model.href == f"/action_invocations/{model.id}"
    assert [link.rel for link in model.links or ()] == ["self", "output"]


def test_an_ended_one_is_forgotten_by_the_clock_and_a_running_one_never(manager, run):
    running = run("hold", wait=False)
    run("fleeting")

    deadline = time.monotonic() + 5
    while len(manager.invocations) > 1:
        assert time.monotonic() < deadline
        running.wait_ended(0.01)
    manager.expire_invocations()

    assert manager.invocations == [running]


def test_cancelling_says_whether_there_was_something_to_cancel(manager, run, rig):
    running, ended = run("hold", wait=False), run("talk")

    assert manager.cancel(running.id) is True
    assert running.wait_ended(5)
    assert manager.cancel(ended.id) is False
    with pytest.raises(InvocationNotFoundError):
        manager.cancel(uuid4())


def test_exclusive_ones_run_one_after_the_other_in_order_of_arrival(manager, run, rig, recorder):
    runs = [run("hold", wait=False)]
    assert rig.began.wait(5)
    for _ in range(5):
        invocation = run("hold", wait=False)
        runs.append(invocation)
        while not invocation.waiting_for:
            invocation.wait_ended(0.001)

    assert [each.status for each in runs[1:]] == [InvocationStatus.PENDING] * 5
    assert all(
        each.waiting_for.startswith("waiting for Hold on rig, asked by script") for each in runs[1:]
    )
    rig.go.set()
    for each in runs:
        assert each.wait_ended(5)
        assert each.waiting_for == ""
    started = [each.standing.started_at for each in runs]
    assert started == sorted(started)
    told = [
        event.snapshot.waiting_for
        for event in recorder.events
        if isinstance(event, InvocationProgressed) and event.snapshot.id == runs[1].id
    ]
    assert told[0].startswith("waiting for Hold on rig")


def test_one_that_waits_can_be_cancelled_and_the_next_takes_its_place(run, rig):
    first = run("hold", wait=False)
    assert rig.began.wait(5)
    second, third = run("hold", wait=False), run("hold", wait=False)
    while not (second.waiting_for and third.waiting_for):
        second.wait_ended(0.001)

    second.cancel()
    assert second.wait_ended(5)
    assert second.status is InvocationStatus.CANCELLED
    assert second.standing.started_at is None
    rig.go.set()
    assert first.wait_ended(5)
    assert third.wait_ended(5)
    assert third.status is InvocationStatus.COMPLETED


def test_beyond_the_limit_it_is_refused_and_nothing_is_lost(rig):
    manager = ActionManager(limit=2)
    descriptor = type(rig)._affordances["hold"]
    empty = descriptor.validated_input({})
    runs = [manager.invoke_action(descriptor, rig, None, empty) for _ in range(2)]

    with pytest.raises(TooManyInvocationsError):
        manager.invoke_action(descriptor, rig, None, empty)
    assert manager.invocations == runs

    rig.go.set()
    for each in runs:
        assert each.wait_ended(5)
    manager.invoke_action(descriptor, rig, None, empty).wait_ended(5)
    assert manager.close(5) == []


def test_status_changes_are_numbered_without_gaps_and_in_order(manager, run, recorder):
    runs = [run("talk", wait=False) for _ in range(30)]
    for each in runs:
        assert each.wait_ended(5)

    changes = [event for event in recorder.events if isinstance(event, InvocationChanged)]
    assert [change.seq for change in changes] == list(range(1, len(changes) + 1))
    for each in runs:
        assert recorder.statuses(each) == ["pending", "running", "completed"]
        versions = [c.snapshot.version for c in changes if c.snapshot.id == each.id]
        assert versions == sorted(versions)


def test_a_listener_that_fails_does_not_leave_it_running(rig):
    def broken(event: object) -> None:
        raise RuntimeError("a listener's fault")

    manager = ActionManager(broken)
    descriptor = type(rig)._affordances["fleeting"]
    invocation = manager.invoke_action(descriptor, rig, None, descriptor.validated_input({}))

    assert invocation.wait_ended(5)
    assert invocation.status is InvocationStatus.COMPLETED
    assert manager.close(5) == []


def test_what_follows_an_invocation_may_fail_too(rig, caplog):
    def broken(invocation: object) -> None:
        raise RuntimeError("what follows is broken")

    manager = ActionManager(after=broken)
    descriptor = type(rig)._affordances["fleeting"]
    invocation = manager.invoke_action(descriptor, rig, None, descriptor.validated_input({}))

    assert invocation.wait_ended(5)
    invocation.join(5)
    assert "what follows is broken" in caplog.text
    assert manager.close(5) == []


def test_closing_cancels_waits_and_starts_nothing_new(rig):
    manager = ActionManager()
    descriptor = type(rig)._affordances["stubborn"]
    empty = descriptor.validated_input({})
    stubborn = manager.invoke_action(descriptor, rig, None, empty)
    assert rig.began.wait(5)

    assert manager.close(5) == []
    assert stubborn.status is InvocationStatus.COMPLETED
    with pytest.raises(ClosingError):
        manager.invoke_action(descriptor, rig, None, empty)
    assert "expiry" not in {thread.name for thread in threading.enumerate()}


def test_what_does_not_end_is_named_and_abandoned(rig):
    manager = ActionManager()
    descriptor = type(rig)._affordances["deaf"]
    deaf = manager.invoke_action(descriptor, rig, None, descriptor.validated_input({}))
    assert rig.began.wait(5)

    assert manager.close(0.3) == [deaf]
    assert deaf.status is InvocationStatus.RUNNING
    rig.go.set()
    assert deaf.wait_ended(5)
    deaf.join(5)
