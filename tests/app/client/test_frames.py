"""Raw frames by websocket: what the server does with readers, and what a reader does when cut."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect as open_socket

from app.client import RemoteBench
from app.frame_wire import NEXT, frame_from


def socket_of(serving):
    return "ws" + serving.url.removeprefix("http") + "/probe/live"


@pytest.fixture
def shining(served):
    """Pushes frames while the test runs."""
    probe = served.bench.thing("probe")
    end = threading.Event()

    def shine():
        while not end.wait(0.01):
            if probe.live.watched:
                probe.shine(frames=1)

    pushing = threading.Thread(target=shine)
    pushing.start()
    yield probe
    end.set()
    pushing.join()


def test_a_reader_gets_one_frame_for_each_it_asks_for(served, shining):
    with open_socket(socket_of(served), compression=None, max_size=None) as reader:
        reader.send(NEXT)
        first = frame_from(reader.recv(10, decode=False))
        with pytest.raises(TimeoutError):
            reader.recv(0.1)
        reader.send(NEXT)
        second = frame_from(reader.recv(10, decode=False))

    assert second.number > first.number


def test_a_reader_that_says_something_else_is_sent_away(served):
    for message in ("more", b"next"):
        with open_socket(socket_of(served)) as reader:
            reader.send(message)
            with pytest.raises(ConnectionClosed):
                reader.recv(10)
            assert reader.close_code == 1003


def test_a_reader_that_asks_without_end_is_sent_away(served):
    with open_socket(socket_of(served)) as reader:
        with suppress(ConnectionClosed):
            for _ in range(20):
                reader.send(NEXT)
        with pytest.raises(ConnectionClosed):
            reader.recv(10)
        assert reader.close_code == 1003


def test_a_page_of_elsewhere_gets_no_frames(served):
    with (
        pytest.raises(InvalidStatus),
        open_socket(socket_of(served), additional_headers={"origin": "http://evil.example"}),
    ):
        pytest.fail("it was let in")


def test_when_the_server_ends_readers_are_told_and_the_source_rests(serving):
    probe = serving.bench.thing("probe")
    with open_socket(socket_of(serving)) as reader:
        reader.send(NEXT)
        assert probe.live.wait_until_watched(10)
        serving.server.stop()
        with pytest.raises(ConnectionClosed):
            reader.recv(10)
        assert reader.close_code in (1001, 1012)  # going away, or starting anew
    assert not probe.live.watched
    serving.serve()


def test_a_reader_comes_back_after_the_server_and_counts_anew(serving, until):
    remote = RemoteBench(serving.url, pauses_s=(0.02, 0.1)).open()
    woken = threading.Event()
    source: Any = remote.things["probe"].open_stream("live", woken.set)
    source._pauses_s = (0.02, 0.1)
    try:
        serving.bench.thing("probe").shine(frames=1)
        assert woken.wait(10)
        assert source.newest().number == 1
        woken.clear()

        serving.stop()
        serving.start()
        serving.bench.thing("probe").shine(frames=1)

        assert woken.wait(10)
        assert source.newest().number == 1
        assert source.skipped == 0
    finally:
        source.close()
        assert source.join(5)
        remote.close()
