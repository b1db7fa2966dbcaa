"""Everything that can go wrong on the way, and over there, as the error it is."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager

import pytest

from app.client import (
    AnswerTimeoutError,
    BenchUnreachableError,
    BlobExpiredError,
    RemoteBlob,
    RemoteFailureError,
    UnexpectedAnswerError,
    connect,
)
from app.client.http import HttpLink, address
from app.client.problems import Subject, error_of, refusal_of
from app.errors import (
    ClosingError,
    InvocationNotFoundError,
    PortError,
    TooManyInvocationsError,
)
from app.handles import Problem
from app.problems import problem_of
from things.errors import (
    AffordanceNotFoundError,
    BusyError,
    DeadlockError,
    DefinitionError,
    DisconnectedError,
    InputRefusedError,
    InvocationCancelledError,
    NoBlobDataError,
    NotAvailableError,
    ReadOnlyError,
    SettingNotKeptError,
    SlotError,
    ThingError,
    ValueRefusedError,
)

SUBJECT = Subject("property", "camera", "exposure")


@contextmanager
def answering(*answers, hold=False):
    """A server that gives what it is told to, one connection after the other; never more."""
    listener = socket.create_server(("127.0.0.1", 0))
    kept = []

    def serve():
        for answer in answers:
            connection, _ = listener.accept()
            kept.append(connection)
            connection.recv(65536)
            connection.sendall(answer)
            if not hold:
                connection.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()
    for connection in kept:
        connection.close()


def answer(body, kind="application/json", status="200 OK", length=None):
    """An answer as it goes over the line."""
    return (
        f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n"
        f"content-length: {len(body) if length is None else length}\r\n\r\n"
    ).encode() + body


@pytest.mark.parametrize(
    "error",
    [
        ThingError("no light"),
        BusyError("camera", "Snap on camera, asked by window"),
        DeadlockError("a circle"),
        DisconnectedError("no answer on USB"),
        NotAvailableError("camera", "no such port"),
        AffordanceNotFoundError("camera", "exposure"),
        SettingNotKeptError("exposure", "No space left on device"),
        SlotError("nothing in it"),
        DefinitionError("wrong"),
        NoBlobDataError("no data"),
        TooManyInvocationsError(100),
        ClosingError(),
        InvocationNotFoundError("exposure"),
        PortError("none"),
        InvocationCancelledError("asked to stop"),
        ValueError("bang"),
        ZeroDivisionError("division by zero"),
        FileNotFoundError("no calibration"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_every_error_comes_back_as_it_was(error):
    back = error_of(problem_of(error), SUBJECT)

    assert type(back) is type(error)
    assert str(back) == str(error)
    assert {key: value for key, value in vars(back).items() if key != "details"} == {
        key: value for key, value in vars(error).items() if key != "details"
    }


@pytest.mark.parametrize("kind", [UnicodeDecodeError, SystemExit, KeyboardInterrupt, StopIteration])
def test_an_error_that_would_do_harm_here_is_only_told_of(kind):
    problem = Problem(
        kind.__name__, "told", f"https://docs.python.org/3/library/exceptions.html#{kind.__name__}"
    )

    back = error_of(problem, SUBJECT)

    assert isinstance(back, RemoteFailureError)
    assert str(back) == f"{kind.__name__}: told"


def test_an_error_of_a_driver_s_own_keeps_its_name_and_words(client):
    with pytest.raises(RemoteFailureError, match="ShutterStuckError: the shutter is stuck"):
        client["probe"].fail(how="own")


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("value", ValueError),
        ("key", KeyError),
        ("stop", RemoteFailureError),
        ("unicode", RemoteFailureError),
        ("exit", RemoteFailureError),
        ("thing", ThingError),
        ("gone", DisconnectedError),
        ("refused", ValueRefusedError),
        ("deadlock", DeadlockError),
        ("timeout", TimeoutError),
    ],
)
def test_whatever_an_action_raises_has_its_type(client, how, kind):
    with pytest.raises(kind) as caught:
        client["probe"].fail(how=how)

    assert type(caught.value) is kind


def test_a_thing_that_is_busy_says_who_holds_it(client, until):
    probe = client["probe"]
    run = probe.hold.start()
    until(lambda: run.status.value == "running")

    with pytest.raises(BusyError) as caught:
        probe.exposure = 20

    assert "on probe, asked by network" in caught.value.holder
    run.cancel()
    with pytest.raises(BusyError):
        probe.busy()


def test_a_device_that_is_gone_and_a_thing_that_did_not_start_are_told_apart(client):
    with pytest.raises(DisconnectedError, match="no answer on USB"):
        _ = client["probe"].absent
    with pytest.raises(NotAvailableError, match="fragile is not available"):
        client._http.get("/fragile/anything", Subject("property", "fragile", "anything"))


def test_faults_of_a_bench_that_is_not_ours_are_read_all_the_same():
    refused = refusal_of([{"msg": "too long"}, {"loc": ["body", "x"], "msg": "missing"}], SUBJECT)
    action = refusal_of([{"loc": ["body", "n"], "msg": "missing"}], Subject("action", "a", "run"))

    assert isinstance(refused, ValueRefusedError)
    assert refused.reason == "too long; x: missing"
    assert isinstance(action, InputRefusedError)
    assert action.reason == "n: missing"
    assert isinstance(refusal_of([], SUBJECT), ValueRefusedError)


@pytest.mark.parametrize(
    ("subject", "status", "kind"),
    [
        (Subject("blob"), 404, BlobExpiredError),
        (Subject("invocation", name="7"), 404, InvocationNotFoundError),
        (Subject("action", "camera", "snap"), 404, AffordanceNotFoundError),
        (SUBJECT, 405, ReadOnlyError),
        (Subject(), 404, RemoteFailureError),
        (SUBJECT, 500, RemoteFailureError),
    ],
)
def test_what_the_server_itself_refuses_is_told_by_its_status(subject, status, kind):
    assert type(error_of(Problem("Not found", "not there", status=status), subject)) is kind


def test_nobody_there_is_said_at_once():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    with pytest.raises(BenchUnreachableError, match="connection refused") as caught:
        connect(url)

    assert caught.value.url == url


def test_a_socket_that_accepts_and_never_answers_is_given_up():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        began = time.monotonic()

        with pytest.raises(AnswerTimeoutError, match=r"within 0\.2 s") as caught:
            connect(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout_s=0.2)

    assert isinstance(caught.value, TimeoutError)
    assert time.monotonic() - began < 20


def test_an_answer_that_drips_is_given_up_too():
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip():
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(answer(b"", length=1000))
            while not stop.wait(0.05):
                try:
                    connection.sendall(b" ")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        with pytest.raises(AnswerTimeoutError):
            connect(f"http://127.0.0.1:{listener.getsockname()[1]}", timeout_s=0.4)
    finally:
        stop.set()
        listener.close()
        thread.join()


def test_a_slow_device_has_its_time_and_no_more(served):
    with connect(served.url, timeout_s=0.7) as client, pytest.raises(AnswerTimeoutError):
        _ = client["probe"].slow
    with connect(served.url, timeout_s=5) as client:
        assert client["probe"].slow == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (answer(b"<html>Hello</html>", "text/html"), "JSON was expected, not text/html"),
        (answer(b"{", "application/json"), "no JSON"),
        (answer(b"[1]", "application/json"), "no list of Things"),
        (answer(b"<h1>Bad gateway</h1>", "text/html", "502 Bad Gateway"), "status 502"),
        (answer(b"", status="302 Found"), "status 302"),
    ],
)
def test_what_is_no_bench_is_said_to_be_none(given, words):
    with answering(given) as url, pytest.raises(UnexpectedAnswerError, match=words):
        connect(url)


def test_an_answer_that_breaks_off_is_asked_for_once_more():
    broken = answer(b'{"camera": ', length=100)

    with answering(broken, answer(b'{"camera": ""}')) as url, connect(url) as client:
        assert client.things == ("camera",)
    with answering(broken, broken) as url, pytest.raises(BenchUnreachableError):
        connect(url)


def test_a_write_is_never_sent_twice():
    things = answer(b'{"camera": ""}')
    description = answer(b'{"properties": {"exposure": {}}}')
    with answering(things, description, b"") as url, connect(url) as client:
        camera = client["camera"]
        with pytest.raises(BenchUnreachableError):
            camera.exposure = 3  # a second try would wait for a connection that nobody takes


def test_a_blob_that_has_expired_is_an_error_and_no_file(client, until, tmp_path):
    blob = client["probe"].short_lived()
    until(lambda: not client_has(blob), "the end of the blob")

    for fetch in (lambda: blob.content, lambda: blob.save(tmp_path / "x.png"), blob.open):
        with pytest.raises(BlobExpiredError, match="not kept any more"):
            fetch()

    assert list(tmp_path.iterdir()) == []


def client_has(blob):
    try:
        return blob.size
    except BlobExpiredError:
        return 0


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        (answer(b"<html>Log in first</html>", "text/html"), UnexpectedAnswerError),
        (answer(b"{}", "application/problem+json"), UnexpectedAnswerError),
        (answer(b"PNG...", "image/png", length=999), BenchUnreachableError),
        (answer(b'{"title": "x"}', "application/problem+json", "404 No"), BlobExpiredError),
        (answer(b"<html>", "text/html", "404 No"), UnexpectedAnswerError),
    ],
)
def test_an_error_page_is_never_taken_for_data(given, kind, tmp_path):
    old = tmp_path / "x.png"
    old.write_bytes(b"what was there before")
    with answering(given) as url:
        http = HttpLink(url)
        link = {"href": f"{url}/blob/1", "media_type": "image/png", "rel": "output"}
        with pytest.raises(kind):
            RemoteBlob(http, link).save(old)
        http.close()

    assert old.read_bytes() == b"what was there before"
    assert list(tmp_path.iterdir()) == [old]


def test_a_blob_of_elsewhere_is_not_fetched():
    blob = RemoteBlob(
        HttpLink("http://127.0.0.1:7170"),
        {"href": "http://192.0.2.1/blob/1", "media_type": "image/png", "rel": "output"},
    )

    with pytest.raises(UnexpectedAnswerError, match="not an address of"):
        _ = blob.content


def test_a_large_blob_is_not_held_in_memory_to_be_saved(client, tmp_path):
    blob = client["probe"].big(mib=8)

    blob.save(tmp_path / "big.txt")

    assert (tmp_path / "big.txt").stat().st_size == 8 * 2**20
    assert "content" not in vars(blob)
    with blob.open() as file:
        assert file.read(3) == b"xxx"


@pytest.mark.parametrize(
    ("url", "known"),
    [
        ("http://127.0.0.1:7170/", "http://127.0.0.1:7170"),
        (" http://LAB.example/bench/ ", "http://lab.example/bench"),
        ("https://[::1]:8000", "https://[::1]:8000"),
    ],
)
def test_an_address_has_one_form(url, known):
    assert address(url) == known


@pytest.mark.parametrize(
    "url",
    ["", "127.0.0.1:7170", "ftp://x", "http://", "http://a:b@c", "http://x:99999", "http://x/?y=1"],
)
def test_what_is_no_address_is_refused(url):
    with pytest.raises(ValueError, match="address"):
        address(url)


def test_a_closed_client_says_so(served):
    client = connect(served.url)
    client.close()

    with pytest.raises(BenchUnreachableError, match="has been closed"):
        _ = client["demo"]


def test_a_bench_below_a_prefix_is_used_like_any_other(serving, until):
    serving.server.stop()
    serving._settings["prefix"] = "/lab"
    serving.serve()

    with connect(serving.url) as client:
        values: list[object] = []
        client["demo"].subscribe("counter", values.append)
        client["demo"].counter = 5
        until(lambda: values == [5])
        assert len(client["demo"].snap().content) > 50
