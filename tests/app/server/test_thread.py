from __future__ import annotations

import errno
import socket
import threading

import httpx
import numpy as np
import pytest

from app.bench import Bench
from app.errors import PortError
from app.server import ports
from app.server.settings import ServerSettings
from app.server.thread import ServerThread
from app.server.timed_protocol import TimedProtocol
from things.streams import Frame, FrameReader


@pytest.fixture
def bench(serving):
    return serving().bench


def names() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


def test_once_started_it_answers_and_once_stopped_no_thread_is_left(bench):
    before = set(threading.enumerate())
    server = ServerThread(bench, ServerSettings(port=0))
    server.start()
    try:
        assert httpx.get(f"{server.url}/things/").status_code == 200
        assert server.info.url == server.url
        assert server.note == ""
    finally:
        server.stop()

    assert server.url == ""
    new = {thread.name for thread in set(threading.enumerate()) - before}
    assert {name for name in new if not name.startswith("worker")} == set()  # those are the bench's
    with pytest.raises(httpx.ConnectError):
        httpx.get("http://127.0.0.1:1/")


def test_open_streams_end_when_the_server_stops_and_leave_no_thread(serving):
    served = serving()
    before_streams = {thread for thread in threading.enumerate() if thread.name == "server"}
    opened = threading.Semaphore(0)
    ended = []

    def read(path: str) -> None:
        with httpx.stream("GET", served.url + path, timeout=20) as answer:
            opened.release()
            for _ in answer.iter_bytes():
                pass
            ended.append(path)  # an answer that is cut off is an error instead

    paths = ["/probe/live", "/events", "/probe/clock/observe", "/probe/overheated"] * 3
    readers = [threading.Thread(target=read, args=(path,)) for path in paths]
    for reader in readers:
        reader.start()
    for _ in paths:
        assert opened.acquire(timeout=20)

    served.server.stop()
    for reader in readers:
        reader.join(20)

    assert sorted(ended) == sorted(paths)
    assert not any(thread.is_alive() for thread in before_streams)
    assert not served.probe.live.watched


def test_a_client_that_reads_no_more_does_not_hold_up_the_end(serving, monkeypatch):
    taken = threading.Semaphore(0)

    def newest(reader: FrameReader) -> Frame | None:
        taken.release()
        return take(reader)

    take = FrameReader.newest
    monkeypatch.setattr(FrameReader, "newest", newest)
    served = serving()
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(f"GET /probe/live HTTP/1.1\r\nhost: {host}:{port}\r\n\r\n".encode())
        picture = np.random.default_rng(1).integers(0, 255, (600, 800), np.uint8)
        assert served.probe.live.wait_until_watched(20)
        served.probe.live.push(picture)
        while taken.acquire(timeout=1):  # until the server waits for the client
            served.probe.live.push(picture)

        served.server.stop()

    assert "server" not in names()


def test_stopping_twice_or_before_the_start_is_nothing(bench):
    server = ServerThread(bench, ServerSettings(port=0))
    server.stop()
    server.start()
    server.stop()
    server.stop()


def test_a_taken_port_gives_way_to_the_next_and_says_so(bench):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        server = ServerThread(bench, ServerSettings(port=port))
        server.start()
        try:
            used = int(server.url.rsplit(":", 1)[1])
            assert port < used <= port + 20
            assert server.note == f"port {port} was taken, {used} is used"
        finally:
            server.stop()


def test_no_port_at_all_is_an_error_that_says_which_were_tried(monkeypatch):
    def taken(*_: object) -> socket.socket:
        raise OSError(errno.EADDRINUSE, "taken")

    monkeypatch.setattr(ports, "_listening", taken)

    with pytest.raises(PortError, match="7170 to 7190"):
        ports.listening_sockets("127.0.0.1", 7170)


def test_a_port_that_needs_rights_is_said_and_another_one_used(monkeypatch):
    real = ports._listening

    def forbidden(address: str, port: int) -> socket.socket:
        if 0 < port < 1024:
            raise PermissionError(errno.EACCES, "not allowed")
        return real(address, port)

    monkeypatch.setattr(ports, "_listening", forbidden)
    sockets, note = ports.listening_sockets("127.0.0.1", 80)
    used = sockets[0].getsockname()[1]
    for each in sockets:
        each.close()

    assert used >= 1024
    assert note == f"port 80 may not be used without special rights, {used} is used"


def test_localhost_is_both_families_and_ipv4_alone_where_there_is_no_ipv6(monkeypatch):
    real = ports._listening

    def without_ipv6(address: str, port: int) -> socket.socket:
        if ":" in address:
            raise OSError(errno.EAFNOSUPPORT, "no IPv6")
        return real(address, port)

    monkeypatch.setattr(ports, "_listening", without_ipv6)
    sockets, note = ports.listening_sockets("localhost", 0)
    addresses = [each.getsockname()[0] for each in sockets]
    for each in sockets:
        each.close()

    assert (addresses, note) == (["127.0.0.1"], "")


def test_an_address_that_is_not_here_is_said():
    with pytest.raises(PortError, match=r"192\.0\.2\.1 cannot be listened on"):
        ports.listening_sockets("192.0.2.1", 7170)


def test_headers_that_never_end_are_not_waited_for(serving, monkeypatch):
    monkeypatch.setattr(TimedProtocol, "headers_within_s", 0.3)
    served = serving()
    host, port = served.url.removeprefix("http://").split(":")
    beginnings = [b"", b"G", b"GET / HTTP/1.1\r\nhost: a\r\nx: ", b"\r\n", b"GET /probe/counter"]
    slow = []
    for beginning in beginnings * 10:
        connection = socket.create_connection((host, int(port)), timeout=5)
        connection.sendall(beginning)
        slow.append(connection)

    for connection in slow:
        assert connection.recv(100) == b""  # closed by the server
        connection.close()


def test_between_two_requests_headers_have_a_time_too(serving, monkeypatch):
    monkeypatch.setattr(TimedProtocol, "headers_within_s", 0.3)
    served = serving()
    host, port = served.url.removeprefix("http://").split(":")
    request = f"GET /probe/counter HTTP/1.1\r\nhost: {host}:{port}\r\n\r\n".encode()
    for rest in (b"GET /probe", b"\r\n"):
        with socket.create_connection((host, int(port)), timeout=4) as connection:
            connection.sendall(request)
            assert connection.recv(1000).startswith(b"HTTP/1.1 200")
            connection.sendall(rest)
            assert connection.recv(100) == b""


def test_a_request_that_takes_its_time_is_not_cut_off(serving, monkeypatch):
    monkeypatch.setattr(TimedProtocol, "headers_within_s", 0.2)
    served = serving()
    served.probe.gate.clear()
    timer = threading.Timer(0.6, served.probe.gate.set)
    timer.start()

    assert served.http.get("/probe/gain").json() == 1.0
    timer.join()


def test_a_server_that_cannot_come_up_says_so(bench, monkeypatch):
    import app.server.running

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a fault in the factory")

    monkeypatch.setattr(app.server.running, "running_server", broken)
    server = ServerThread(bench, ServerSettings(port=0))

    with pytest.raises(RuntimeError, match="did not come up") as raised:
        server.start()

    assert isinstance(raised.value.__cause__, ZeroDivisionError)
    assert isinstance(bench, Bench)


def test_a_prefix_moves_everything_below_it(serving):
    served = serving(prefix="/lab")

    assert served.http.get("/things/").status_code == 404
    assert served.http.get("/lab/things/").json()["probe"] == f"{served.url}/lab/probe/"
    assert served.http.get("/lab/probe/counter").json() == 0
    invocation = served.http.post("/lab/probe/snap").json()
    assert invocation["href"].startswith(f"{served.url}/lab/action_invocations/")
    output = served.ended(invocation["href"])["output"]
    assert served.http.get(output["href"]).status_code == 200
    description = served.http.get("/lab/probe/").json()
    assert description["properties"]["counter"]["forms"][0]["href"] == "/lab/probe/counter"
