from __future__ import annotations

import itertools
import threading

import numpy as np
import pytest

from things import StreamChanged, Thing, frame_stream
from things.streams import FrameStream


class Camera(Thing):
    live = frame_stream(title="Live", group="View")
    """What the camera sees."""


def frame(value: int = 0) -> np.ndarray:
    return np.full((2, 3), value, np.uint8)


def test_a_reader_gets_each_frame_once():
    stream = FrameStream()
    reader = stream.open()
    assert reader.newest() is None
    stream.push(frame(7), pixel_size_um=0.5, full_scale=255)

    newest = reader.newest()
    assert newest is not None
    assert newest.array[0, 0] == 7
    assert (newest.number, newest.pixel_size_um, newest.full_scale) == (1, 0.5, 255)
    assert newest.at.tzinfo is not None
    assert reader.newest() is None


def test_a_slow_reader_gets_the_newest_and_knows_what_it_missed():
    stream = FrameStream()
    slow, quick = stream.open(), stream.open()
    for value in range(5):
        stream.push(frame(value))
        assert quick.newest() is not None
    newest = slow.newest()
    assert newest is not None
    assert (newest.number, newest.array[0, 0]) == (5, 4)
    assert (slow.skipped, quick.skipped) == (4, 0)


def test_frames_before_a_reader_came_are_not_skipped_frames():
    stream = FrameStream()
    stream.push(frame())
    reader = stream.open()
    assert reader.newest() is None
    stream.push(frame())
    newest = reader.newest()
    assert newest is not None
    assert (newest.number, reader.skipped) == (2, 0)


def test_a_reader_is_woken_once_until_it_looks():
    stream = FrameStream()
    woken: list[int] = []
    reader = stream.open(lambda: woken.append(1))
    for _ in range(3):
        stream.push(frame())
    assert len(woken) == 1
    reader.newest()
    stream.push(frame())
    assert len(woken) == 2


def test_pushing_never_waits_for_a_reader():
    """A reader that hangs in `wake` holds up its own push only; one that sleeps holds up none."""
    stream = FrameStream()
    stream.open()
    for _ in range(1000):
        stream.push(frame())


def test_a_reader_that_fails_does_not_stop_the_others(caplog):
    stream = FrameStream()

    def fail() -> None:
        raise ValueError("broken reader")

    stream.open(fail)
    good = stream.open()
    stream.push(frame())
    assert good.newest() is not None
    assert "broken reader" in caplog.text


def test_a_closed_reader_gets_nothing_more_even_from_a_push_under_way():
    stream = FrameStream()
    woken: list[int] = []
    reader = stream.open(lambda: woken.append(1))
    stream.push(frame())
    reader.close()
    reader.close()
    assert reader.newest() is None
    stream.push(frame())
    reader._offer(stream_frame())
    assert reader.newest() is None
    assert woken == [1]


def stream_frame():
    stream = FrameStream()
    reader = stream.open()
    stream.push(frame())
    return reader.newest()


def test_the_source_rests_until_somebody_reads():
    stream = FrameStream()
    assert not stream.watched
    assert not stream.wait_until_watched(0.01)
    threading.Timer(0.05, stream.open).start()
    assert stream.wait_until_watched(10)
    assert stream.watched


def test_only_the_first_and_the_last_reader_change_the_stream():
    changes: list[bool] = []
    stream = FrameStream(changes.append)
    one, other = stream.open(), stream.open()
    one.close()
    assert changes == [True]
    other.close()
    other.close()
    assert changes == [True, False]


def test_the_last_word_on_a_stream_is_true_however_readers_come_and_go():
    changes: list[bool] = []
    stream = FrameStream(changes.append)
    begin = threading.Barrier(4)

    def come_and_go() -> None:
        begin.wait()
        for _ in range(200):
            stream.open().close()

    threads = [threading.Thread(target=come_and_go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert changes[-1] is False
    assert all(one is not other for one, other in itertools.pairwise(changes))


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((2, 3), np.float32),
        np.zeros((2, 3), np.int16),
        np.zeros(3, np.uint8),
        np.zeros((2, 3, 4), np.uint8),
        np.zeros((1, 2, 3, 3), np.uint8),
    ],
)
def test_what_nobody_could_show_is_refused(array):
    with pytest.raises(ValueError, match="a frame cannot be of shape"):
        FrameStream().push(array)


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 3)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_grey_and_colour_of_8_and_16_bits_are_taken(shape, dtype):
    FrameStream().push(np.zeros(shape, dtype))


def test_a_stream_on_a_thing_is_one_for_each_thing_and_says_when_it_is_live(listen):
    camera, other = Camera(), Camera()
    assert camera.live is camera.live
    assert camera.live is not other.live

    events = listen(camera)
    reader = camera.live.open()
    reader.close()
    assert [(type(event), event.thing, event.name, event.live) for event in events] == [
        (StreamChanged, "camera", "live", True),
        (StreamChanged, "camera", "live", False),
    ]
    assert (Camera.live.title, Camera.live.description) == ("Live", "What the camera sees.")
