"""What is written is read back as it was."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.actions.events import InvocationChanged, InvocationProgressed
from app.handles import (
    InvocationSnapshot,
    InvocationStatus,
    Origin,
    OriginKind,
    OutputBlob,
    Problem,
    ProgressStep,
)
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
    ],
)
def test_what_was_not_agreed_is_refused(name: str, data: object) -> None:
    with pytest.raises(WireError):
        event_from(name, data)
