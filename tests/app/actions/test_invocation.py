from __future__ import annotations

import gc
import logging
import threading
import weakref
from datetime import timedelta
from uuid import uuid4

import numpy as np
import pytest

from app.actions import EmptyInput, Invocation, InvocationStatus
from app.problems import LABTHINGS_ERRORS, PYTHON_ERRORS, problem_of, without_paths
from things import BusyError, Thing, ValueRefusedError, action
from things.cancelling import CancelEvent
from things.errors import InvocationCancelledError


def made(rig, name, **more):
    """An invocation that has not been started."""
    descriptor = type(rig)._affordances[name]
    return Invocation(descriptor, rig, uuid4(), descriptor.validated_input({}), **more)


def test_an_invocation_is_a_daemon_thread_that_is_not_started_by_being_made(rig):
    invocation = made(rig, "hold")

    assert issubclass(Invocation, threading.Thread)
    assert invocation.daemon
    assert not invocation.is_alive()
    assert invocation.status is InvocationStatus.PENDING
    assert (invocation.result, invocation.expiry_time, invocation.exception) == (None, None, None)
    assert invocation.retention_time == 300


def test_no_input_is_an_empty_one(rig):
    invocation = Invocation(type(rig)._affordances["anything"], rig, uuid4())

    assert isinstance(invocation.input, EmptyInput)
    invocation.run()
    assert invocation.result == 0


def test_fields_and_dependencies_arrive_as_keywords_and_models_as_models(rig, run):
    invocation = run("take", point={"x": 2}, n=3)

    point, n, thread = rig.seen[0]
    assert type(point).__name__ == "Point"
    assert (point.x, n) == (2.0, 3)
    assert thread is invocation
    assert invocation.result == 6.0


def test_dependencies_are_added_to_the_input(rig):
    descriptor = type(rig)._affordances["anything"]
    invocation = Invocation(
        descriptor, rig, uuid4(), descriptor.validated_input({"a": 1}), {"b": 2}
    )
    invocation.run()

    assert rig.seen == [{"a": 1, "b": 2}]


def test_what_the_one_who_invokes_fills_in_is_filled_in(rig, run):
    invocation = run("injected")

    assert rig.seen == [(invocation.cancel_event, invocation.id)]
    assert [line.message for line in invocation.log] == ["from inside"]
    assert invocation.result == str(invocation.id)


def test_it_goes_from_pending_over_running_to_completed_and_says_each(run, recorder):
    assert recorder.statuses(run("fleeting")) == ["pending", "running", "completed"]


@pytest.mark.parametrize(
    "kind",
    ["ValueError", "SystemExit", "KeyboardInterrupt", "RecursionError", "MemoryError",
     "GeneratorExit", "MuteError"],
)  # fmt: skip
def test_whatever_it_raises_ends_it_as_an_error_without_noise(run, recorder, monkeypatch, kind):
    noise: list[object] = []
    monkeypatch.setattr(threading, "excepthook", noise.append)

    invocation = run("fail", kind=kind)

    assert noise == []
    assert invocation.status is InvocationStatus.ERROR
    assert type(invocation.exception).__name__ == kind
    assert invocation.result is None
    assert recorder.statuses(invocation)[-1] == "error"
    errors = [line for line in invocation.log if line.levelname == "ERROR"]
    assert len(errors) == 1
    assert run("fleeting").status is InvocationStatus.COMPLETED


def test_run_directly_raises_what_the_action_raised(rig):
    descriptor = type(rig)._affordances["fail"]
    invocation = Invocation(descriptor, rig, uuid4(), descriptor.validated_input({}))

    with pytest.raises(ValueError, match="bang"):
        invocation.run()

    assert invocation.status is InvocationStatus.ERROR


def test_a_cancelled_one_run_directly_does_not_raise(rig):
    invocation = made(rig, "hold", cancel_hook=CancelEvent(uuid4()))
    invocation.cancel()

    invocation.run()

    assert invocation.status is InvocationStatus.CANCELLED


def test_an_output_that_does_not_fit_its_type_is_an_error(run):
    invocation = run("wrong")

    assert invocation.status is InvocationStatus.ERROR
    assert invocation.problem is not None


def test_at_the_end_it_says_when_it_will_be_forgotten(run):
    invocation = run("fleeting")

    ended = invocation.standing.ended_at
    assert invocation.expiry_time - ended == timedelta(seconds=0.1)


def test_status_times_and_outcome_change_in_one_step(rig, run):
    """Whoever polls without pause sees all of the end or nothing of it."""
    torn = []
    for _ in range(200):
        invocation = run("fleeting", wait=False)
        while True:
            standing = invocation.standing
            ended = standing.status.ended
            if ended != (standing.ended_at is not None) or ended != (standing.outcome is not None):
                torn.append(standing)
            snapshot = invocation.snapshot()
            if snapshot.status.ended != (snapshot.ended_at is not None) or (
                snapshot.status is InvocationStatus.COMPLETED and snapshot.output != 1
            ):
                torn.append(snapshot)
            if ended:
                break

    assert torn == []


def test_who_hears_of_the_end_and_asks_sees_the_end(rig):
    seen = []

    def changed(invocation: Invocation, kind: str) -> None:
        if kind == "status":
            seen.append((invocation.status, invocation.standing.outcome is not None))

    descriptor = type(rig)._affordances["fleeting"]
    invocation = Invocation(
        descriptor, rig, uuid4(), descriptor.validated_input({}), changed=changed
    )
    invocation.run()

    assert seen == [
        (InvocationStatus.PENDING, False),
        (InvocationStatus.RUNNING, False),
        (InvocationStatus.COMPLETED, True),
    ]


def test_cancelling_reaches_code_that_looks(rig, run):
    invocation = run("hold", wait=False)
    assert rig.began.wait(5)
    invocation.cancel()
    assert invocation.wait_ended(5)

    assert invocation.status is InvocationStatus.CANCELLED
    assert invocation.result is None
    assert [line.message for line in invocation.log] == [
        f"Invocation {invocation.id} was cancelled."
    ]


def test_code_that_never_looks_runs_on(rig, run):
    invocation = run("deaf", wait=False)
    assert rig.began.wait(5)
    invocation.cancel()
    rig.go.set()
    assert invocation.wait_ended(5)

    assert invocation.status is InvocationStatus.COMPLETED
    assert invocation.result == 5
    assert invocation.snapshot().cancel_requested


def test_a_cancellation_that_was_handled_does_not_stop_the_next_one(rig, run):
    invocation = run("stubborn", wait=False)
    assert rig.began.wait(5)
    invocation.cancel()
    while rig.seen != [1]:
        invocation.wait_ended(0.001)
    assert invocation.status is InvocationStatus.RUNNING
    invocation.cancel()
    assert invocation.wait_ended(5)

    assert (invocation.status, invocation.result) == (InvocationStatus.COMPLETED, 2)


def test_a_cancellation_before_the_start_holds(rig):
    invocation = made(rig, "deaf", cancel_hook=CancelEvent(uuid4()))
    invocation.cancel()
    invocation.start()
    assert invocation.wait_ended(5)

    assert invocation.status is InvocationStatus.CANCELLED
    assert not rig.began.is_set()
    assert invocation.standing.started_at is None


def test_without_a_hook_cancelling_does_nothing(rig):
    rig.go.set()
    invocation = made(rig, "hold")
    invocation.cancel()
    invocation.run()

    assert invocation.status is InvocationStatus.COMPLETED


def test_only_its_own_records_are_in_its_log_and_the_newest_are_kept(rig, run):
    other = run("talk", lines=2)
    descriptor = type(rig)._affordances["talk"]
    invocation = Invocation(
        descriptor, rig, uuid4(), descriptor.validated_input({"lines": 50}), log_len=10
    )
    invocation.start()
    assert invocation.wait_ended(5)

    assert [line.message for line in invocation.log] == [f"line {n}" for n in range(40, 50)]
    assert [line.message for line in other.log] == ["line 0", "line 1"]


def test_its_records_go_on_to_the_log_of_the_thing(rig, run, caplog):
    with caplog.at_level(logging.INFO):
        run("talk", lines=1)

    assert "line 0" in caplog.text


def test_it_keeps_neither_its_thing_nor_what_its_code_worked_with_alive():
    class Large(Thing):
        @action
        def fail(self) -> None:
            picture = np.zeros(10)
            pictures.append(weakref.ref(picture))
            self.logger.info("working with %s", picture)
            raise ValueError("bang")

    pictures: list[weakref.ref[object]] = []
    thing = Large()
    descriptor = Large.fail
    invocation = Invocation(descriptor, thing, uuid4(), descriptor.validated_input({}))
    invocation.start()
    assert invocation.wait_ended(5)
    invocation.join()
    kept = weakref.ref(thing)
    del thing
    gc.collect()

    assert pictures[0]() is None
    assert kept() is None
    with pytest.raises(RuntimeError, match="gone"):
        _ = invocation.thing
    assert "bang" in invocation.log[-1].message
    assert "working with [0." in invocation.log[0].message


def test_it_is_gone_with_its_last_holder_and_waits_for_no_collector(rig):
    gc.collect()
    gc.disable()
    try:
        invocation = made(rig, "fleeting", cancel_hook=CancelEvent(uuid4()))
        invocation.start()
        assert invocation.wait_ended(5)
        invocation.join()
        kept = weakref.ref(invocation)
        del invocation
        assert kept() is None
    finally:
        gc.enable()


def test_problems_have_the_types_that_labthings_clients_compare():
    cancelled = problem_of(InvocationCancelledError("x"))
    busy = problem_of(BusyError("camera", "somebody"))

    assert cancelled.type == f"{LABTHINGS_ERRORS}.InvocationCancelledError"
    assert busy.type == f"{LABTHINGS_ERRORS}.GlobalLockBusyError"
    assert busy.status == 409
    assert problem_of(ZeroDivisionError("x")).type == f"{PYTHON_ERRORS}#ZeroDivisionError"
    assert problem_of(ValueRefusedError("x", "y")).status == 422


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cannot open /dev/serial/by-id/usb-x", "cannot open …/usb-x"),
        ("cannot open '/home/me/file.txt'", "cannot open '…/file.txt'"),
        (r"no C:\Users\me\driver.dll here", "no …/driver.dll here"),
        ("5 mm/s and a/b", "5 mm/s and a/b"),
        ("see http://example.org/a/b", "see http://example.org/a/b"),
        ("nothing here", "nothing here"),
    ],
)
def test_what_is_told_has_no_paths(text, said):
    assert without_paths(text) == said
