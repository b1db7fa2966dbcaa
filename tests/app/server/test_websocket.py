from __future__ import annotations

import json
import socket
import time
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from app.server.timed_protocol import TimedSocketProtocol


@pytest.fixture
def ws(served):
    with connect(served.url.replace("http", "ws") + "/probe/ws") as socket:
        yield socket


def say(ws: Any, kind: str, *names: str) -> None:
    ws.send(json.dumps({"messageType": kind, "data": dict.fromkeys(names, True)}))


def hear(ws: Any) -> Any:
    return json.loads(ws.recv(timeout=5))


def settle(ws: Any) -> None:
    """Wait until what was said before has been heard: errors come back in order."""
    ws.send("settle")
    assert hear(ws)["error"]["title"] == "Malformed"


def test_observed_values_come_one_by_one_and_in_order(served, ws):
    say(ws, "addPropertyObservation", "counter")
    settle(ws)
    for value in (3, 4, 5):
        served.http.put("/probe/counter", json=value)

    assert [hear(ws) for _ in range(3)] == [
        {"messageType": "propertyStatus", "data": {"counter": value}} for value in (3, 4, 5)
    ]


def test_removed_observations_are_silent(served, ws):
    say(ws, "addPropertyObservation", "counter", "label")
    say(ws, "removePropertyObservation", "counter")
    settle(ws)
    served.http.put("/probe/counter", json=3)
    served.http.put("/probe/label", json="x")

    assert hear(ws)["data"] == {"label": "x"}


def test_the_status_of_an_action_comes_with_its_id_and_only_when_it_changes(served, ws):
    say(ws, "addActionObservation", "wait")
    settle(ws)
    invocation = served.run("wait", {"seconds": 0.1})
    heard = [hear(ws) for _ in range(3)]

    assert [message["data"]["status"] for message in heard] == ["pending", "running", "completed"]
    assert {message["messageType"] for message in heard} == {"actionStatus"}
    assert all(
        message["data"] | {"status": ""}
        == {"action name": "wait", "status": "", "id": invocation["id"]}
        for message in heard
    )
    with pytest.raises(TimeoutError):
        ws.recv(timeout=0.2)


def test_what_another_thing_does_is_not_told(served, ws):
    say(ws, "addPropertyObservation", "counter")
    settle(ws)
    served.http.put("/other/counter", json=3)
    served.http.put("/probe/counter", json=4)

    assert hear(ws)["data"] == {"counter": 4}


@pytest.mark.parametrize(
    "message",
    ["", "{", "[]", "null", "5", '"text"', "{}", '{"messageType": 5}', '{"messageType": "x"}',
     '{"messageType": "addPropertyObservation"}', '{"messageType": [], "data": {}}',
     '{"messageType": "addPropertyObservation", "data": ["counter"]}', "NaN", "[" * 10_000],
)  # fmt: skip
def test_a_malformed_message_is_answered_and_the_socket_stays(served, ws, message):
    ws.send(message)
    error = hear(ws)
    say(ws, "addPropertyObservation", "counter")
    settle(ws)
    served.http.put("/probe/counter", json=9)

    assert error["messageType"] == "response"
    assert error["error"]["status"] == "400"
    assert set(error["error"]) == {"status", "type", "title", "detail"}
    assert hear(ws)["data"] == {"counter": 9}


@pytest.mark.parametrize(
    ("kind", "name", "operation", "status"),
    [
        ("addPropertyObservation", "nonsense", "observeproperty", "404"),
        ("addPropertyObservation", "zero", "observeproperty", "404"),
        ("addPropertyObservation", "gain", "observeproperty", "403"),
        ("addActionObservation", "counter", "observeaction", "404"),
    ],
)
def test_what_cannot_be_observed_is_said(ws, kind, name, operation, status):
    say(ws, kind, name)
    error = hear(ws)

    assert (error["operation"], error["name"]) == (operation, name)
    assert error["error"]["status"] == status


def test_there_is_a_socket_for_each_thing_and_nowhere_else(served):
    url = served.url.replace("http", "ws")
    for path in ("/probe/counter", "/nobody/ws", "/probe/", "/ws"):
        with pytest.raises(InvalidStatus) as refused, connect(url + path):
            pass
        assert refused.value.response.status_code in (403, 404), path


def test_a_foreign_page_is_refused_before_it_hears_anything(served):
    url = served.url.replace("http", "ws") + "/probe/ws"
    for origin in ("http://evil.example", "null", served.url.replace("http", "https")):
        with pytest.raises(InvalidStatus) as refused, connect(url, origin=origin):  # type: ignore[arg-type]  # a plain str is what a page sends
            pass
        assert refused.value.response.status_code == 403
    with connect(url, origin=served.url) as ws:
        settle(ws)


def test_the_socket_is_closed_with_a_word_when_the_server_stops(serving):
    served = serving()
    with connect(served.url.replace("http", "ws") + "/probe/ws") as ws:
        settle(ws)
        served.server.stop()
        with pytest.raises(ConnectionClosed) as closed:
            ws.recv(timeout=5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code in (1001, 1012)


def masked(text: str) -> bytes:
    """A short text frame as a client sends it, with a mask of zeros (RFC 6455, section 5.2)."""
    content = text.encode()
    assert len(content) < 126
    return bytes([0x81, 0x80 | len(content)]) + bytes(4) + content


def test_a_reader_that_stops_is_dropped_and_nobody_else_notices(serving, monkeypatch):
    monkeypatch.setattr(TimedSocketProtocol, "stalled_s", 0.3)
    served = serving()
    host, port = served.url.removeprefix("http://").split(":")
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect((host, int(port)))
    slow.sendall(
        f"GET /probe/ws HTTP/1.1\r\nhost: {host}:{port}\r\nupgrade: websocket\r\n"
        "connection: upgrade\r\nsec-websocket-version: 13\r\n"
        "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    assert slow.recv(1000).startswith(b"HTTP/1.1 101")
    observe = {"messageType": "addPropertyObservation", "data": {"label": True}}
    slow.sendall(masked(json.dumps(observe)))
    # From here on it reads nothing, while values come by the thousand.
    with connect(served.url.replace("http", "ws") + "/probe/ws") as quick:
        say(quick, "addPropertyObservation", "counter")
        settle(quick)
        deadline = time.monotonic() + 20
        number = 0
        while len(served.listeners()) > 1:
            assert time.monotonic() < deadline, "the reader that stopped was never dropped"
            for _ in range(500):
                number += 1
                served.probe.label = f"value {number}"
            waiting = max(len(listener._waiting) for listener in served.listeners())
            assert waiting <= 501
        served.http.put("/probe/counter", json=42)
        assert hear(quick)["data"] == {"counter": 42}
    with slow:
        slow.settimeout(5)
        received = bytearray()
        try:
            while piece := slow.recv(65536):
                received += piece
        except ConnectionResetError:
            received += b""  # it was dropped: that is what is to be seen
        assert len(received) < 2 * 2**20
