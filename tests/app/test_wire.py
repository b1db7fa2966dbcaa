"""What is written is read back as it was."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from app.actions.events import (
    InvocationChanged,
    InvocationProgressed,
    LedgerTroubled,
    RunAnnotated,
    StampChanged,
)
from app.handles import (
    InvocationSnapshot,
    InvocationStatus,
    Origin,
    OriginKind,
    OutputBlob,
    Problem,
    ProgressStep,
    Stamp,
)
from app.run_records import RunPage
from app.run_wire import page_from, page_json, run_from, run_json
from app.wire import WireError, event_from, event_json, invocation_from, invocation_json
from things.events import (
    Event,
    EventEmitted,
    PropertyChanged,
    PropertyFailed,
    StreamChanged,
    ThingState,
    ThingStateChanged,
)

if TYPE_CHECKING:
    from tests.app.conftest import MakeRun

SNAPSHOT = InvocationSnapshot(
    id=uuid.uuid4(),
    thing="camera",
    action="snap",
    title="Snap",
    status=InvocationStatus.RUNNING,
    origin=Origin(OriginKind.NETWORK, "127.0.0.1"),
    parent=uuid.uuid4(),
    requested_at=datetime.now(UTC),
    started_at=datetime.now(UTC),
    ended_at=None,
    elapsed_s=0.25,
    progress=(ProgressStep(3, 11, "planes", 0.2, 0.6), ProgressStep(1, None, "", 0.1, None)),
    waiting_for="",
    input={"planes": 11},
    output=[{"x": 1}],
    blobs=(OutputBlob(("images", 0), "image/png", "snap-images-0.png", None, (8, 8, 3)),),
    error=Problem("ValueError", "bang", "about:blank", 500),
    last_log="plane 3",
    cancel_requested=True,
    version=7,
)


@pytest.mark.parametrize(
    "event",
    [
        PropertyChanged(thing="camera", name="exposure", value={"x": [1.5, None]}, skipped=3),
        PropertyFailed(thing="camera", name="exposure", reason="unplugged"),
        ThingStateChanged(thing="camera", state=ThingState.FAILED, reason="no such port"),
        EventEmitted(thing="camera", name="overheated", data=71.5),
        StreamChanged(thing="camera", name="live", live=True),
        InvocationChanged(thing="camera", snapshot=SNAPSHOT, seq=12),
        StampChanged(thing="", stamp=Stamp("Ada", "onion", "evening")),
        LedgerTroubled(thing="", reason="the disk is full"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_every_event_comes_back_as_it_was(event: Event) -> None:
    name, data = event_json(event)

    assert event_from(name, json.loads(data)) == event


def test_progress_comes_back_without_input_and_output() -> None:
    name, data = event_json(InvocationProgressed(thing="camera", snapshot=SNAPSHOT))
    event = event_from(name, json.loads(data))

    assert isinstance(event, InvocationProgressed)
    assert event.snapshot == replace(SNAPSHOT, input={}, output=None, blobs=())


def test_an_invocation_comes_back_as_it_was() -> None:
    assert invocation_from(invocation_json(SNAPSHOT)) == SNAPSHOT


def test_an_invocation_has_the_names_of_labthings_for_its_times() -> None:
    assert {"timeRequested", "timeStarted", "timeCompleted"} <= invocation_json(SNAPSHOT).keys()


def test_what_is_no_number_in_json_is_null() -> None:
    _, data = event_json(
        PropertyChanged(thing="camera", name="gain", value=[float("nan"), float("inf")])
    )

    assert json.loads(data)["value"] == [None, None]


def test_an_event_of_a_newer_server_is_passed_over() -> None:
    assert event_from("moonRose", {"thing": "sky", "phase": 0.5}) is None


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("property", None),
        ("property", []),
        ("property", {"thing": "camera"}),
        ("stream", {"thing": "camera", "name": "live", "live": "perhaps"}),
        ("invocation", {"thing": "camera", "seq": 1}),
        ("progress", {"thing": "camera", "id": "7"}),
        ("stamp", {"thing": "", "stamp": {"operator": 7}}),
        ("ledger", {"thing": ""}),
        ("run", {"thing": "camera", "run": {"id": "7"}}),
        ("run", {"thing": "camera"}),
        ("fileKept", {"thing": "camera"}),
        ("fileChanged", {"thing": "camera", "file": {"id": "7"}}),
        ("fileRemoved", {"thing": "camera", "id": "7"}),
        ("archive", {"thing": ""}),
    ],
)
def test_what_was_not_agreed_is_refused(name: str, data: object) -> None:
    with pytest.raises(WireError):
        event_from(name, data)


def test_a_run_of_the_ledger_comes_back_as_it_was(make_run: MakeRun) -> None:
    run = make_run(note="good focus")
    name, data = event_json(RunAnnotated(thing="camera", run=run))
    event = event_from(name, json.loads(data))

    assert isinstance(event, RunAnnotated)
    assert event.run == run
    assert run_json(run)["href"] == f"/invocations/{run.id}"


def test_a_page_of_runs_comes_back_without_logs_and_values(make_run: MakeRun) -> None:
    runs = [make_run(2), make_run(1)]
    page = page_from(json.loads(json.dumps(page_json(RunPage(runs, "1", 2)))))

    assert page == RunPage([replace(run, log=(), before={}, after={}) for run in runs], "1", 2)
    assert "log" not in run_json(runs[0], whole=False)


@pytest.mark.parametrize(
    "data", [None, [], {"invocations": {}}, {"invocations": [], "next": 7}, {"invocations": [{}]}]
)
def test_a_page_that_is_none_is_refused(data: object) -> None:
    with pytest.raises(WireError):
        page_from(data)
    with pytest.raises(WireError):
        run_from(data)
