from __future__ import annotations

import asyncio
import itertools
import socket
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.server.addresses import host_and_port, origin_parts
from app.server.guards import Guard
from app.server.settings import ServerSettings

PORT = 7170
OURS = ("127.0.0.1", "localhost", "[::1]")
FOREIGN = ("evil.example", "192.168.1.5", "127.0.0.2", "[::2]", "0.0.0.0", "localhost.evil.example")


UPGRADE = (
    "upgrade: websocket\r\nconnection: upgrade\r\n"
    "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


def asked(
    headers: list[tuple[bytes, bytes]],
    *,
    kind: str = "http",
    method: str = "GET",
    allowed: tuple[str, ...] = (),
    host: str = "127.0.0.1",
) -> int:
    """The status a request ends with: 200 where the guard lets it through."""
    passed = []
    sent: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        passed.append(scope)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {
        "type": kind,
        "scheme": "ws" if kind == "websocket" else "http",
        "method": method,
        "path": "/camera/ws",
        "headers": headers,
        "server": ("127.0.0.1", PORT),
        "extensions": {"websocket.http.response": {}},
    }
    guard = Guard(app, ServerSettings(host=host, allowed_origins=allowed))
    asyncio.run(guard(scope, receive, send))
    if passed:
        assert sent == []
        return 200
    status: int = sent[0]["status"]
    return status


def with_host(host: bytes, **more: Any) -> int:
    return asked([(b"host", host)], **more)


def with_origin(origin: str, **more: Any) -> int:
    headers = [(b"host", b"127.0.0.1:7170"), (b"origin", origin.encode("latin-1"))]
    return asked(headers, **more)


@pytest.mark.parametrize("host", OURS)
@pytest.mark.parametrize("port", ["", ":7170"])
@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_the_own_names_pass_with_and_without_the_port(host, port, kind):
    assert with_host((host + port).encode(), kind=kind) == 200


@pytest.mark.parametrize(
    "host", ["LOCALHOST:7170", "LocalHost", "[0:0:0:0:0:0:0:1]:7170", "[0::1]", "[::0001]"]
)
def test_the_own_names_pass_however_they_are_spelled(host):
    assert with_host(host.encode()) == 200


def mutated_hosts() -> list[str]:
    """Ways to look like one of ours."""
    ports = ["", ":7170", ":80", ":7171", ":0", ":07170", ":+7170", ":71700", ":7170:7170", ":"]
    tricks = [
        "{0}.", "{0}..", ".{0}", "{0}.evil.example", "{0}@evil.example", "evil.example@{0}",
        "user:word@{0}", "{0}#evil.example", "{0}/evil", "{0}?x", "{0}\\evil.example",
        "{0}%00", "{0}%2eevil.example", " {0}", "{0} ", "{0}\t", "{0},evil.example",
        "{0} evil.example", "{0};evil", "x{0}", "{0}x", "-{0}", "{0}-", "{0}_", "http://{0}",
    ]  # fmt: skip
    others = [
        "evil.example", "", "*", "0", "127.1", "127.0.1", "0x7f.0.0.1", "0177.0.0.1", "2130706433",
        "127.0.0.01", "127.0.0.1.", "127.000.000.001", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]",
        "::1", "[::1", "::1]", "[[::1]]", "[::1%lo]", "[::1%25lo]", "[fe80::1]", "[::1].evil",
        "localhost.localdomain", "localhost6", "loca1host", "xn--localhost", "lоcalhost",
        "ｌocalhost",
        "127。0。0。1", "localhost\x00", "localhost\x00.evil", "127.0.0.1\r\nx: y", "null",
        "undefined",
    ]  # fmt: skip
    made = [trick.format(name) + port for name in OURS for trick in tricks for port in ports]
    made += [other + port for other in others for port in ports]
    made += [name + port for name in OURS for port in ports if port not in ("", ":7170")]
    made += [name + port for name in FOREIGN for port in ports]
    return sorted(set(made))


@pytest.mark.parametrize("kind", ["http", "websocket"])
def test_nothing_that_looks_like_one_of_ours_passes(kind):
    hosts = mutated_hosts()
    assert len(hosts) > 500

    for host in hosts:
        assert with_host(host.encode("utf-8"), kind=kind) in (400, 421), host


@given(st.text(string.printable, max_size=40))
@settings(max_examples=500, deadline=None)
def test_no_text_but_ours_is_one_of_ours(text):
    parts = host_and_port(text)
    if parts is not None and parts[0] in ("localhost", "127.0.0.1", "::1"):
        bare = text.lower().rsplit(":", 1)[0] if parts[1] is not None else text.lower()
        assert bare in ("localhost", "127.0.0.1") or bare.startswith("[")


def test_exactly_one_host_is_expected():
    ours = (b"host", b"127.0.0.1:7170")

    assert asked([]) == 400
    assert asked([ours, ours]) == 400
    assert asked([ours, (b"host", b"evil.example")]) == 400


def test_what_a_proxy_would_say_counts_for_nothing():
    forged = [
        (b"x-forwarded-host", b"127.0.0.1:7170"),
        (b"forwarded", b"host=127.0.0.1:7170"),
        (b"x-forwarded-for", b"127.0.0.1"),
    ]

    assert asked([(b"host", b"evil.example"), *forged]) == 421


@pytest.mark.parametrize("host", OURS)
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_a_page_of_our_own_may_ask(host, method):
    assert with_origin(f"http://{host}:7170", method=method) == 200


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE", "OPTIONS"])
def test_a_foreign_page_may_not_ask_in_any_way(kind, method):
    origins = [
        "null", "", "http://evil.example", "https://127.0.0.1:7170", "http://127.0.0.1",
        "http://127.0.0.1:7171", "http://localhost:3000", "http://localhost", "http://localhost.:7170",
        "http://127.0.0.1:7170.evil.example", "http://127.0.0.1:7170@evil.example",
        "http://evil.example#http://127.0.0.1:7170", "http://127.0.0.1:7170/",
        "HTTP://127.0.0.1:7170",
        "http://user@127.0.0.1:7170", "http:/127.0.0.1:7170", "http:127.0.0.1:7170",
        "//127.0.0.1:7170",
        "ws://127.0.0.1:7170", "file://", "chrome-extension://abc", "http://127.0.0.1:07170",
        "http://127.0.0.1:7170 ", " http://127.0.0.1:7170",
        "http://127.0.0.1:7170,http://evil.example",
        "http://127.0.0.1:7170 http://evil.example", "http://[::2]:7170", "http://[::1]:7171",
    ]  # fmt: skip
    for origin in origins:
        assert with_origin(origin, kind=kind, method=method) == 403, origin


def test_two_origins_are_none():
    headers = [
        (b"host", b"127.0.0.1:7170"),
        (b"origin", b"http://127.0.0.1:7170"),
        (b"origin", b"http://127.0.0.1:7170"),
    ]

    assert asked(headers, method="POST") == 403


def test_an_origin_from_the_settings_may_ask_and_no_other_like_it():
    listed = ("http://lab.example:3000",)

    assert with_origin(listed[0], allowed=listed, method="POST") == 200
    for other in ("http://lab.example", "https://lab.example:3000", "http://lab.example:3000/"):
        assert with_origin(other, allowed=listed, method="POST") == 403


@pytest.mark.parametrize(
    ("site", "mode", "target", "method", "status"),
    [
        ("cross-site", "no-cors", "empty", "POST", 403),
        ("same-site", "no-cors", "empty", "POST", 403),
        ("cross-site", "navigate", "document", "POST", 403),
        ("cross-site", "navigate", "iframe", "GET", 403),
        ("cross-site", "no-cors", "image", "GET", 403),
        ("cross-site", "navigate", "document", "GET", 200),
        ("same-origin", "cors", "empty", "POST", 200),
        ("none", "navigate", "document", "GET", 200),
    ],
)
def test_what_other_sites_make_a_browser_send_is_refused(site, mode, target, method, status):
    headers = [
        (b"host", b"127.0.0.1:7170"),
        (b"sec-fetch-site", site.encode()),
        (b"sec-fetch-mode", mode.encode()),
        (b"sec-fetch-dest", target.encode()),
    ]

    assert asked(headers, method=method) == status


@pytest.mark.parametrize(
    "origin", ["http://[::1]:7170", "https://a.example", "http://A.example:81"]
)
def test_origins_are_read_in_parts(origin):
    assert origin_parts(origin) is not None


def test_on_a_real_socket_no_header_says_that_others_may_read(served):
    answer = served.http.get("/probe/counter")

    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("path", "extra"),
    [
        ("/probe/counter", ""),
        ("/stop", ""),
        ("/events", ""),
        ("/probe/live", ""),
        ("/probe/ws", UPGRADE),
    ],
)
def test_on_a_real_socket_foreign_hosts_and_origins_are_refused(served, path, extra):
    host, port = served.url.removeprefix("http://").split(":")
    ours = f"{host}:{port}"
    for given_host, origin in itertools.chain(
        ((name, None) for name in ("evil.example", f"evil.example:{port}", "", f"{host}:1")),
        ((ours, name) for name in ("http://evil.example", "null", f"https://{ours}")),
    ):
        head = f"{'POST' if path == '/stop' else 'GET'} {path} HTTP/1.1\r\nhost: {given_host}\r\n"
        if origin is not None:
            head += f"origin: {origin}\r\n"
        with socket.create_connection((host, int(port)), timeout=5) as connection:
            connection.sendall((head + extra + "\r\n").encode())
            first = connection.recv(200).split(b"\r\n")[0]
        assert first.split()[1] in (b"400", b"403", b"421"), (given_host, origin, first)


APP = "http://lab.example:3000"


def test_a_web_app_of_a_listed_origin_may_ask_and_read(serving):
    served = serving(allowed_origins=(APP,))
    preflight = {
        "origin": APP,
        "access-control-request-method": "PUT",
        "access-control-request-headers": "content-type",
        "access-control-request-private-network": "true",
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "cors",
    }

    asked = served.http.options("/probe/counter", headers=preflight)
    put = served.http.put("/probe/counter", json=3, headers={"origin": APP})
    refused = served.http.put("/probe/counter", json="x", headers={"origin": APP})

    assert asked.status_code == 200
    assert "PUT" in asked.headers["access-control-allow-methods"]
    assert asked.headers["access-control-allow-private-network"] == "true"
    assert (put.status_code, refused.status_code) == (201, 422)
    for answer in (asked, put, refused):
        assert answer.headers["access-control-allow-origin"] == APP
        assert "origin" in answer.headers["vary"].lower()
        assert "access-control-allow-credentials" not in answer.headers


def test_a_web_app_of_the_same_origin_needs_no_permission_and_one_of_another_gets_none(serving):
    served = serving(allowed_origins=(APP,))

    own = served.http.put("/probe/counter", json=4, headers={"origin": served.url})
    other = served.http.put("/probe/counter", json=5, headers={"origin": "http://lab.example:3001"})
    asked = served.http.options(
        "/probe/counter",
        headers={"origin": "http://lab.example:3001", "access-control-request-method": "PUT"},
    )

    assert own.status_code == 201
    assert (other.status_code, asked.status_code) == (403, 403)
    for answer in (own, other, asked):
        assert "access-control-allow-origin" not in answer.headers
    assert served.http.get("/probe/counter").json() == 4
