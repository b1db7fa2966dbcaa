"""A bench elsewhere behind the handles that the window knows."""

from __future__ import annotations

import asyncio
import io
import threading
import time

import numpy as np
import pytest
from PIL import Image

from app.actions.events import InvocationChanged, InvocationProgressed
from app.client import BenchUnreachableError, BlobExpiredError, RemoteBench
from app.client.uploads import without_files
from app.errors import InvocationNotFoundError
from app.handles import BenchHandle, InvocationStatus, ThingHandle
from things.errors import (
    AffordanceNotFoundError,
    InputRefusedError,
    NoBlobDataError,
    NotAvailableError,
    ValueRefusedError,
)
from things.events import (
    EventEmitted,
    PropertyChanged,
    PropertyFailed,
    StreamChanged,
    ThingState,
    ThingStateChanged,
)

run = asyncio.run


class Heard:
    """Everything a subscriber got, and a way to wait for more."""

    def __init__(self, bench):
        self.events = []
        self._fresh = threading.Event()
        self._mailbox = bench.subscribe(self._fresh.set)

    def until(self, fits):
        deadline = time.monotonic() + 15
        seen = 0
        while time.monotonic() < deadline:
            self._fresh.clear()
            self.events += self._mailbox.take()
            for event in self.events[seen:]:
                seen += 1
                if fits(event):
                    return event
            self._fresh.wait(0.2)
        pytest.fail(f"never came; heard {self.events}")

    def values(self, name):
        return [each.value for each in self.events if getattr(each, "name", "") == name]


@pytest.fixture
def heard(remote):
    return Heard(remote)


def is_end(invocation):
    return lambda event: (
        isinstance(event, InvocationChanged)
        and event.snapshot.id == invocation.id
        and event.snapshot.status.ended
    )


def follows_the_protocols(bench: RemoteBench) -> tuple[BenchHandle, ThingHandle]:
    """The type checker's proof that these are handles."""
    return bench, next(iter(bench.things.values()))


def test_it_has_the_things_of_the_bench_in_order_failed_ones_too(remote, served):
    assert list(remote.things) == ["demo", "probe", "fragile"]
    assert remote.title == "Test bench"
    assert remote.file is None
    assert remote.server.url == served.url
    assert remote.server.note == ""
    assert remote.disk_free_bytes() > 0
    fragile = remote.things["fragile"]
    assert fragile.state is ThingState.FAILED
    assert "no answer on USB" in fragile.reason
    demo = remote.things["demo"]
    assert (demo.name, demo.title, demo.state, demo.reason) == (
        "demo",
        "Everything",
        ThingState.READY,
        "",
    )


def test_descriptions_and_last_values_are_at_hand_without_asking(remote, served, until):
    demo = remote.things["demo"]

    assert demo.describe()["properties"]["exposure"]["unit"] == "ms"
    assert demo.last("broken") is None
    run(demo.write("label", "here"))
    until(lambda: demo.last("label").value == "here")
    local = served.bench.thing("demo")._core.readings["label"]
    assert demo.last("label").monotonic_s == pytest.approx(local.monotonic_s, abs=1.0)


def test_a_value_is_written_read_back_and_told(remote, heard):
    demo = remote.things["demo"]

    reading = run(demo.write("exposure", 33))

    assert reading.value == 33
    assert run(demo.read("exposure")).value == 33
    heard.until(lambda event: isinstance(event, PropertyChanged) and event.value == 33)
    assert demo.last("exposure").value == 33
    assert run(demo.reset("exposure")).value == 10


def test_a_refused_value_is_explained(remote):
    with pytest.raises(ValueRefusedError) as caught:
        run(remote.things["probe"].write("exposure", -1))

    assert caught.value.reason == "Input should be greater than 0"


def test_what_cannot_be_read_says_why(remote, heard):
    with pytest.raises(Exception, match="the sensor is unplugged"):
        run(remote.things["demo"].read("broken"))

    heard.until(lambda event: isinstance(event, PropertyFailed) and event.name == "broken")


def test_an_action_is_followed_from_its_start_to_its_end(remote, heard):
    demo = remote.things["demo"]

    started = run(demo.invoke("slow_count", {"n": 5, "dt": 0.06}))
    ended = heard.until(is_end(started)).snapshot

    assert started.title == demo.describe()["actions"]["slow_count"]["title"]
    assert ended.status is InvocationStatus.COMPLETED
    assert (ended.input, ended.output) == ({"n": 5, "dt": 0.06}, 5)
    assert str(ended.origin) == "network 127.0.0.1"
    mine = [
        event.snapshot
        for event in heard.events
        if isinstance(event, (InvocationChanged, InvocationProgressed))
        and event.snapshot.id == started.id
    ]
    assert [each.status.value for each in mine if each.status.ended or not each.progress][-1] == (
        "completed"
    )
    assert [each.version for each in mine] == sorted({each.version for each in mine})
    assert any(each.progress and each.progress[0].total == 5 for each in mine)
    assert {tuple(each.input.items()) for each in mine} == {(("n", 5), ("dt", 0.06))}
    assert run(remote.log(started.id))[0].message == "step 1 of 5"
    assert ended.id in [each.id for each in remote.invocations()]


def test_bad_input_starts_nothing(remote):
    with pytest.raises(InputRefusedError):
        run(remote.things["demo"].invoke("increment", {"by": "many"}))
    with pytest.raises(AffordanceNotFoundError):
        run(remote.things["demo"].invoke("warp"))


def test_an_invocation_is_cancelled_once(remote, heard):
    started = run(remote.things["probe"].invoke("hold"))

    assert run(remote.cancel(started.id))
    ended = heard.until(is_end(started)).snapshot

    assert ended.status is InvocationStatus.CANCELLED
    assert ended.error.title == "InvocationCancelledError"
    assert not run(remote.cancel(started.id))


def test_a_picture_comes_as_bytes_and_is_saved_to_a_file(remote, heard, tmp_path):
    started = run(remote.things["demo"].invoke("snap", {"width": 6, "height": 4}))
    ended = heard.until(is_end(started)).snapshot

    assert [(blob.path, blob.media_type, blob.shape) for blob in ended.blobs] == [
        ((), "image/png", (4, 6, 3))
    ]
    png = run(remote.picture(started.id, ()))
    assert Image.open(io.BytesIO(png)).size == (6, 4)
    run(remote.save(started.id, (), tmp_path / "snap.png"))
    assert (tmp_path / "snap.png").read_bytes() == png
    with pytest.raises(NoBlobDataError):
        run(remote.picture(started.id, ("image", 0)))


def test_a_file_that_an_operator_chose_is_brought_to_the_bench(remote, heard, tmp_path):
    file = tmp_path / "two words.png"
    Image.new("RGB", (9, 9)).save(file)
    link = {"href": file.as_uri(), "media_type": "image/png"}

    started = run(remote.things["demo"].invoke("measure_blob", {"image": link}))

    assert heard.until(is_end(started)).snapshot.output == file.stat().st_size


def test_an_input_from_elsewhere_never_names_a_file_of_this_computer():
    link = {"href": "file:///etc/hosts", "media_type": "text/plain", "rel": "output"}

    assert without_files({"images": [link], "n": 3}) == {"images": [{**link, "href": ""}], "n": 3}


def test_a_picture_that_has_expired_is_an_error(remote, heard):
    started = run(remote.things["probe"].invoke("short_lived"))
    heard.until(is_end(started))
    deadline = time.monotonic() + 10
    caught = None
    while caught is None and time.monotonic() < deadline:
        try:
            run(remote.picture(started.id, ()))
        except (BlobExpiredError, InvocationNotFoundError) as error:
            caught = error

    assert caught is not None


def test_stop_all_reports(remote, heard):
    started = run(remote.things["probe"].invoke("hold"))

    assert run(remote.stop_all()) == []

    assert heard.until(is_end(started)).snapshot.status is InvocationStatus.CANCELLED


def test_events_of_a_thing_and_streams_are_told(remote, heard):
    run(remote.things["probe"].invoke("warm_up"))
    assert heard.until(lambda event: isinstance(event, EventEmitted)).data == 71.5


def test_a_stream_gives_whole_frames_the_newest_only(remote, heard, until):
    probe = remote.things["probe"]
    woken = threading.Event()
    source = probe.open_stream("live", woken.set)
    try:
        heard.until(lambda event: isinstance(event, StreamChanged) and event.live)
        first_run = run(probe.invoke("shine", {"frames": 1}))
        assert woken.wait(10)
        first = source.newest()

        assert first.array.shape == (12, 16)
        assert first.array.dtype == np.uint16
        assert np.diff(first.array.ravel().astype(int)).tolist() == [1] * 191
        assert (first.pixel_size_um, first.full_scale) == (0.5, 4095.0)
        assert source.newest() is None
        heard.until(is_end(first_run))

        # The one that was asked for, and nothing of what passes while it waits to be taken.
        woken.clear()
        burst = run(probe.invoke("shine", {"frames": 20}))
        heard.until(is_end(burst))
        assert woken.wait(10)
        woken.clear()
        numbers = [source.newest().number]
        if numbers[0] < first.number + 20:
            assert woken.wait(10)
            numbers.append(source.newest().number)
        assert numbers[-1] == first.number + 20
        assert source.skipped == 20 - len(numbers)
    finally:
        source.close()
    assert source.join(5)
    heard.until(lambda event: isinstance(event, StreamChanged) and not event.live)


def test_a_stream_that_is_not_there_is_refused(remote):
    with pytest.raises(AffordanceNotFoundError):
        remote.things["demo"].open_stream("live", lambda: None)


def test_a_failed_thing_is_brought_back_and_described_anew(serving, monkeypatch):
    remote = RemoteBench(serving.url).open()
    heard = Heard(remote)
    fragile = remote.things["fragile"]
    try:
        with pytest.raises(NotAvailableError, match="no answer on USB"):
            run(fragile.reconnect())
        monkeypatch.setenv("FRAGILE_MAY_START", "yes")
        run(fragile.reconnect())
        heard.until(
            lambda event: isinstance(event, ThingStateChanged) and event.state is ThingState.READY
        )
        assert fragile.state is ThingState.READY
        assert fragile.describe()["title"] == "Fragile"
        run(fragile.reload())
    finally:
        remote.close()


def test_a_closed_handle_says_so(served):
    remote = RemoteBench(served.url).open()
    demo = remote.things["demo"]
    remote.close()

    with pytest.raises(BenchUnreachableError, match="has been closed"):
        run(demo.read("label"))
