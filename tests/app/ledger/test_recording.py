from __future__ import annotations

import gc
import hashlib
import threading
import uuid
import weakref
from dataclasses import replace

import numpy as np
import pytest

from app.errors import InvocationNotFoundError
from app.handles import InvocationStatus, Origin, OriginKind, Stamp
from app.run_records import RunQuery, RunState
from things.blobs import TextBlob

ME = Origin(OriginKind.SCRIPT, "a test")


def test_a_run_is_recorded_with_all_that_is_known_of_it(recorded):
    recorded.bench.set_stamp(Stamp("Ada", "onion skin", "evening"))
    invocation = recorded.run("double", number=21)
    found = recorded.record(invocation)

    assert (found.id, found.number, found.parent, found.root) == (
        invocation.id,
        1,
        None,
        invocation.id,
    )
    assert (found.thing, found.action, found.title) == ("probe", "double", "Twice the number")
    assert found.state is RunState.COMPLETED
    assert found.origin == ME
    assert found.stamp == Stamp("Ada", "onion skin", "evening")
    assert (found.input, found.output, found.error) == ({"number": 21}, 42, None)
    assert [(line.level, line.message) for line in found.log] == [("INFO", "Doubling 21.")]
    assert found.log[0].filename == "recorded_things.py"
    assert found.requested_at <= found.started_at <= found.ended_at
    assert found.requested_at.tzinfo is not None
    assert found.elapsed_s == pytest.approx(invocation.took_s)
    assert (found.stuck, found.note, found.blobs, found.input_blobs) == (False, "", (), ())


def test_the_click_returns_once_the_run_is_on_disk(recorded):
    invocation = recorded.start("wait")

    assert recorded.ledger.run(invocation.id).state in (RunState.PENDING, RunState.RUNNING)
    assert invocation.recorded.done()


def test_a_run_that_goes_on_is_running_in_the_ledger(recorded):
    invocation = recorded.start("wait")
    assert recorded.probe.began.wait(30)
    found = recorded.record(invocation)

    assert found.state is RunState.RUNNING
    assert found.started_at is not None
    assert (found.ended_at, found.elapsed_s, found.output) == (None, None, None)


def test_why_a_run_failed_is_recorded(recorded):
    found = recorded.record(recorded.run("fail"))

    assert found.state is RunState.ERROR
    assert found.error.title == "ValueError"
    assert found.error.detail == "the filament is gone"
    assert "the filament is gone" in found.log[-1].message


def test_a_cancelled_run_is_recorded_as_that(recorded):
    invocation = recorded.start("wait")
    assert recorded.probe.began.wait(30)
    invocation.cancel()
    assert invocation.wait_ended(30)

    assert recorded.record(invocation).state is RunState.CANCELLED


def test_runs_that_a_run_starts_are_recorded_as_its_own(recorded):
    root = recorded.run("climb", steps=3)
    assert recorded.record(root).state is RunState.COMPLETED
    children = recorded.ledger.find(RunQuery(parent=root.id)).runs

    assert [each.input for each in children] == [{"z": 3.0}, {"z": 2.0}, {"z": 1.0}]
    assert {(each.thing, each.parent, each.root) for each in children} == {
        ("stage", root.id, root.id)
    }


def test_last_known_values_of_a_thing_and_of_those_in_its_slots_are_recorded(recorded):
    recorded.bench.write("stage", "z", 7.5, ME)
    found = recorded.record(recorded.run("climb", steps=2))

    assert found.before["stage"]["z"].value == 7.5
    assert found.after["stage"]["z"].value == 2.0
    assert found.after["stage"]["z"].at > found.before["stage"]["z"].at
    assert found.before["probe"]["gain"] == found.after["probe"]["gain"]
    assert "stale" not in found.before["probe"]


def test_what_is_declared_so_is_read_anew_before_and_after(recorded):
    found = recorded.record(recorded.run("double"))

    assert found.before["probe"]["fresh"].value == 5.0
    assert found.after["probe"]["fresh"].value == 6.0
    assert recorded.probe.reads < 1000


def test_what_cannot_be_read_keeps_its_last_value(recorded):
    recorded.run("double")
    recorded.probe.broken = True
    found = recorded.record(recorded.run("double"))

    assert found.state is RunState.COMPLETED
    assert found.before["probe"]["fresh"].value == 6.0
    assert found.after["probe"]["fresh"].value == 6.0


def test_pixels_are_hashed_where_a_picture_was_not_encoded(recorded):
    invocation = recorded.run("picture")
    recorded.written()
    found = recorded.record(invocation)
    array = np.arange(12, dtype=np.uint8)
    expected = hashlib.sha256(b"|u1 (3, 4) " + array.tobytes()).hexdigest()

    assert found.output == {"media_type": "image/png"}
    (blob,) = found.blobs
    assert (blob.path, blob.media_type, blob.name) == ((), "image/png", "picture.png")
    assert (blob.shape, blob.size, blob.sha256, blob.pixels_sha256) == ((3, 4), None, "", expected)


def test_blobs_deep_in_an_output_are_hashed_where_they_stand(recorded):
    invocation = recorded.run("both")
    recorded.written()
    found = recorded.record(invocation)

    assert found.output == {
        "picture": {"media_type": "image/png"},
        "texts": [{"media_type": "text/plain"}, {"media_type": "text/plain"}],
    }
    hashes = {blob.path: blob.sha256 for blob in found.blobs}
    assert hashes == {
        ("picture",): "",
        ("texts", 0): hashlib.sha256(b"one").hexdigest(),
        ("texts", 1): hashlib.sha256(b"").hexdigest(),
    }


def test_blobs_in_an_input_are_hashed_too(recorded):
    probe = recorded.probe
    action = type(probe)._affordances["measure"]
    sheet = TextBlob.from_bytes(b"four")
    checked = action.validated_input({"sheet": sheet})
    invocation = recorded.bench.actions.invoke_action(action, probe, None, checked)
    assert invocation.wait_ended(30)
    recorded.written()
    found = recorded.record(invocation)

    assert found.input == {"sheet": {"media_type": "text/plain"}}
    (blob,) = found.input_blobs
    assert (blob.path, blob.size) == (("sheet",), 4)
    assert blob.sha256 == hashlib.sha256(b"four").hexdigest()


def test_the_ledger_keeps_no_blob_alive(recorded):
    invocation = recorded.run("picture")
    recorded.written()
    data = weakref.ref(invocation.result.data)
    invocation.retention_time = -1
    recorded.bench.actions.expire_invocations()
    del invocation
    recorded.bench.outputs.wait()  # what is forgotten is put aside on the disk
    gc.collect()

    assert data() is None
    assert recorded.ledger._writing._live == {}


@pytest.mark.parametrize("text", ["half \ud83d", "nothing \0 at all", "näher µ 5 \u2028", ""])
def test_whatever_text_comes_is_recorded_and_takes_no_other_run_along(recorded, text):
    odd, other = recorded.start("say", text=text), recorded.start("nothing")
    assert odd.wait_ended(30)
    assert other.wait_ended(30)

    found = recorded.record(odd)
    assert found.output == text.replace("\ud83d", "?")
    assert found.input == {"text": text.replace("\ud83d", "?")}
    assert recorded.record(other).state is RunState.COMPLETED


def test_an_output_that_is_far_too_long_is_left_out_and_said(recorded):
    found = recorded.record(recorded.run("huge", characters=5_000_000))

    assert found.state is RunState.COMPLETED
    assert found.output == {"left_out": "5000002 characters of JSON"}


def test_one_run_that_cannot_be_written_takes_no_other_along(recorded, monkeypatch):
    rows = recorded.ledger._writing._rows
    real = rows._whole
    monkeypatch.setattr(
        rows,
        "_whole",
        lambda entry, ending: (
            {**real(entry, ending), "title": None}
            if entry.action == "nothing"
            else real(entry, ending)
        ),
    )
    gate = threading.Event()
    recorded.ledger._database.writer.submit(lambda _: gate.wait(30))
    good = recorded.bench.start("probe", "double", {}, ME)
    bad = recorded.bench.start("probe", "nothing", {}, ME)
    gate.set()

    assert good.recorded.result(30) is None
    with pytest.raises(Exception, match=r"(?i)not.null"):
        bad.recorded.result(30)
    assert good.wait_ended(30)
    assert recorded.record(good).state is RunState.COMPLETED


def test_numbers_count_on_over_the_end_of_the_program(opens):
    first = opens()
    for _ in range(3):
        first.run("nothing")
    first.bench.close()
    second = opens()

    assert second.record(second.run("nothing")).number == 4


def test_a_run_that_is_stuck_is_recorded_as_stuck(recorded):
    invocation = recorded.start("ignore")
    assert recorded.probe.began.wait(30)
    recorded.ledger.stuck(invocation)
    assert recorded.record(invocation).stuck
    recorded.probe.go.set()
    assert invocation.wait_ended(30)

    found = recorded.record(invocation)
    assert (found.stuck, found.state) == (True, RunState.COMPLETED)


def test_a_hundred_runs_at_once_are_all_there(recorded):
    started = []
    lock = threading.Lock()

    def client():
        for _ in range(10):
            invocation = recorded.start("nothing")
            with lock:
                started.append(invocation)

    clients = [threading.Thread(target=client) for _ in range(10)]
    for each in clients:
        each.start()
    for each in clients:
        each.join(60)
    for invocation in started:
        assert invocation.wait_ended(30)
    recorded.written()

    found = recorded.ledger.find(RunQuery(limit=1000)).runs
    assert {each.id for each in found} == {each.id for each in started}
    assert len(found) == 100
    assert {each.state for each in found} == {RunState.COMPLETED}
    assert [each.number for each in found] == list(range(100, 0, -1))


def test_a_note_is_kept_and_found(recorded):
    invocation = recorded.run("double")
    recorded.written()
    noted = recorded.ledger.annotate(invocation.id, "Schöne Zelle")

    assert noted.note == "Schöne Zelle"
    assert replace(noted, note="") == replace(recorded.ledger.run(invocation.id), note="")
    assert [each.id for each in recorded.ledger.find(RunQuery(text="SCHÖNE")).runs] == [
        invocation.id
    ]
    with pytest.raises(InvocationNotFoundError):
        recorded.ledger.annotate(uuid.uuid4(), "nobody")


def test_a_note_written_while_it_runs_outlives_its_end(recorded):
    invocation = recorded.start("wait")
    recorded.ledger.annotate(invocation.id, "look at this")
    recorded.probe.go.set()
    assert invocation.wait_ended(30)

    found = recorded.record(invocation)
    assert (found.note, found.output) == ("look at this", "waited")


def test_nothing_is_recorded_without_a_folder_or_where_it_is_switched_off(opens):
    recorded = opens(record_runs=False)
    invocation = recorded.run("double")

    assert invocation.status is InvocationStatus.COMPLETED
    assert invocation.recorded is None
    assert recorded.bench.ledger is None
    assert recorded.bench.ledger_trouble == ""
