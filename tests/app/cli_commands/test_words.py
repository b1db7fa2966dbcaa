"""What commands print of runs, reports, progress and events."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.actions.events import LedgerTroubled, RunAnnotated, StampChanged
from app.cli_commands.invoking import blobs_of, progress_line, save_blobs
from app.cli_commands.records import id_of, moment_of
from app.cli_commands.run_words import block_of, line_of
from app.cli_commands.stopping import said_of
from app.cli_commands.telling import UsageError
from app.cli_commands.watching import line_of as line_of_event
from app.client.blobs import RemoteBlob
from app.client.http import HttpLink
from app.handles import ProgressStep, Stamp, StopReport
from app.run_records import RecordedValue, RunState
from things.events import PropertyChanged, PropertyFailed, ThingState, ThingStateChanged

if TYPE_CHECKING:
    from pathlib import Path

    from tests.app.conftest import MakeRun


def test_a_run_is_one_line(make_run: MakeRun) -> None:
    run = make_run(note="good focus\nbad light")
    line = line_of(run)

    for words in ("error", "1.0 s", "camera.snap", str(run.id), "network 127.0.0.1", "good focus"):
        assert words in line
    assert "\n" not in line
    assert line_of(replace(run, elapsed_s=None, state=RunState.RUNNING)).count(" s ") == 0


def test_all_of_a_run_is_told(make_run: MakeRun) -> None:
    run = make_run(note="good\nfocus", parent=uuid.uuid4(), stuck=True)
    text = block_of(run)

    for words in (
        str(run.id),
        str(run.parent),
        "ran on after it was to stop",
        "Ada",
        "onion skin 7",
        "evening",
        '{"planes":11}',
        "ValueError: bang",
        "snap-0.png, image/png, 12 bytes, sha256 " + "ab" * 32,
        "mask.png",
        "    focus",
        "camera.exposure = 10.0 -> 20.0",
        "plane 3",
        "after 1.000 s",
    ):
        assert words in text


def test_a_value_that_stayed_is_told_once(make_run: MakeRun) -> None:
    value = {"stage": {"x": RecordedValue(1, datetime.now(UTC))}}

    assert "    stage.x = 1\n" in block_of(make_run(before=value, after=value))
    assert "values" not in block_of(make_run(before={}, after={}))


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (StopReport("stage", True, 0.0123), "stage: stopped in 12 ms"),
        (StopReport("stage", False, 2.0, "did not answer"), "stage: did not answer"),
        (StopReport("stage", True, 0.001, "bang"), "stage: stopped in 1 ms, but: bang"),
    ],
)
def test_a_thing_that_was_stopped_is_a_line(report: StopReport, words: str) -> None:
    assert said_of(report) == words


def test_progress_is_a_line_outermost_first() -> None:
    levels = [ProgressStep(3, 11, "planes", 0.2, 12.4), ProgressStep(1, None, "", 0.1, None)]

    assert progress_line(levels) == "planes 3 of 11, 12 s left / 1"
    assert progress_line([ProgressStep(3, None, "frames", 2.0, None, 1.5)]) == "frames 3, 1.5/s"
    assert progress_line([]) == ""


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("2h", 7200), (" 3 d ", 259200)])
def test_a_time_may_be_so_long_ago(text: str, seconds: int) -> None:
    before = datetime.now(UTC)
    moment = moment_of("--since", text)
    after = datetime.now(UTC)

    assert before <= moment + timedelta(seconds=seconds) <= after


def test_a_time_without_a_zone_is_of_this_computer() -> None:
    assert moment_of("--since", "2026-03-01 18:00") == datetime(2026, 3, 1, 18).astimezone()
    assert moment_of("--since", "2026-03-01T18:00Z") == datetime(2026, 3, 1, 18, tzinfo=UTC)
    assert moment_of("--since", "2026-03-01").tzinfo is not None


@pytest.mark.parametrize("text", ["yesterday", "", "3y", "999999w", "2026-13-01"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="--since"):
        moment_of("--since", text)
    with pytest.raises(UsageError):
        id_of(text)


def blob(name: str) -> RemoteBlob:
    link = {"href": f"/blob/{name}", "media_type": "image/png", "rel": "output"}
    made = RemoteBlob(HttpLink("http://127.0.0.1:1"), link)
    made.__dict__["content"] = name.encode()
    return made


def test_the_blobs_of_an_output_are_found_with_where_they_stand() -> None:
    output = {"image": blob("a"), "more": [1, {"deep": blob("b")}], "text": "x"}

    assert [end for end, _ in blobs_of(output)] == ["-image", "-more-1-deep"]
    assert [end for end, _ in blobs_of(blob("a"))] == [""]


def test_blobs_are_saved_within_the_folder_whatever_their_keys_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fake(self: RemoteBlob, target: Any) -> None:
        target.write_bytes(self.content)

    monkeypatch.setattr(RemoteBlob, "save", fake)
    output = {"../../evil": blob("a"), "b": blob("b")}

    files = save_blobs(output, tmp_path / "new", "snap")

    assert [file.name for file in files] == ["snap-.._.._evil.png", "snap-b.png"]
    assert {file.parent for file in files} == {tmp_path / "new"}
    assert save_blobs(blob("c"), tmp_path / "c.png", "snap") == [tmp_path / "c.png"]
    assert (tmp_path / "c.png").read_bytes() == b"c"
    assert save_blobs(blob("c"), tmp_path, "snap") == [tmp_path / "snap.png"]
    assert save_blobs({"x": 1}, tmp_path, "snap") == []


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (PropertyChanged(thing="camera", name="gain", value=2), "camera  gain = 2"),
        (PropertyFailed(thing="camera", name="gain", reason="gone"), "gain cannot be read: gone"),
        (
            ThingStateChanged(thing="camera", state=ThingState.FAILED, reason="no port"),
            "camera  is failed: no port",
        ),
        (StampChanged(thing="", stamp=Stamp("Ada")), "-  stamp: 'Ada', '', ''"),
        (LedgerTroubled(thing="", reason="the disk is full"), "-  ledger: the disk is full"),
        (LedgerTroubled(thing="", reason=""), "-  ledger: all is well again"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_an_event_is_a_line(event: Any, words: str) -> None:
    assert line_of_event(event).endswith(words)


def test_a_note_is_a_line_and_its_json_has_the_run(make_run: MakeRun) -> None:
    from app.cli_commands.watching import _line_of_json

    event = RunAnnotated(thing="camera", run=make_run(note="good"))

    assert "snap: note: 'good'" in line_of_event(event)
    assert json.loads(_line_of_json(event))["run"]["note"] == "good"
