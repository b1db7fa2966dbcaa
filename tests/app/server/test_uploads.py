"""Files are brought over HTTP, become blobs, and go into actions."""

from __future__ import annotations

import asyncio
import hashlib
import resource
import socket
import tempfile
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.server import upload_routes
from app.server.answers import Refused
from app.server.uploads import Incoming, Uploads

MIB = 1024 * 1024
PNG = {"content-type": "image/png"}


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where uploads lie."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def in_pieces(size: int) -> Iterator[bytes]:
    for _ in range(0, size, 65536):
        yield b"a" * 65536


def empty_within(disk: Path, seconds: float = 10.0) -> bool:
    """Whether the disk gets empty; deleting is left to a worker."""
    waiting = threading.Event()
    for _ in range(int(seconds * 100)):
        if not any(disk.iterdir()):
            return True
        waiting.wait(0.01)
    return False


def test_what_is_brought_is_a_blob_that_can_be_fetched(served):
    content = served.http.get(served.run("snap")["output"]["href"]).content

    answer = served.http.post("/blobs", content=content, headers=PNG)

    assert answer.status_code == 201
    blob = answer.json()
    assert set(blob) == {"href", "media_type", "rel", "description"}
    assert (blob["media_type"], blob["rel"]) == ("image/png", "output")
    assert answer.headers["location"] == blob["href"]
    fetched = served.http.get(blob["href"])
    assert fetched.content == content
    assert fetched.headers["content-type"] == "image/png"
    part = served.http.get(blob["href"], headers={"range": "bytes=1-3"})
    assert (part.status_code, part.content) == (206, b"PNG")


def test_what_is_brought_goes_into_actions(served):
    blob = served.http.post("/blobs", content=b"12345", headers=PNG).json()

    assert served.run("measure", {"image": blob})["output"] == 5
    assert served.run("echo", {"image": {"href": blob["href"]}})["output"] == blob


def test_what_is_brought_as_another_kind_is_refused_by_the_action(served):
    text = {"content-type": "text/plain; charset=utf-8"}
    blob = served.http.post("/blobs", content=b"12345", headers=text).json()
    assert blob["media_type"] == "text/plain"

    refused = served.http.post("/probe/measure", json={"image": blob})

    assert refused.status_code == 422
    assert "image/png" in refused.json()["detail"][0]["msg"]


@pytest.mark.parametrize(
    "content_type",
    ["", "png", "image/", "/png", "image/*", "a/b/c", "image/png, text/html"],
)
def test_what_is_of_no_media_type_is_refused(served, content_type):
    answer = served.http.post("/blobs", content=b"x", headers={"content-type": content_type})

    assert answer.status_code == 415
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "more", [{"files": {"file": b"x"}}, {"data": {"file": "x"}}], ids=["multipart", "form"]
)
def test_a_form_is_refused_with_a_hint(served, more):
    answer = served.http.post("/blobs", **more)

    assert answer.status_code == 415
    assert "the file itself" in answer.json()["detail"]


def test_nothing_can_be_brought_too(served):
    blob = served.http.post("/blobs", content=b"", headers=PNG).json()

    assert served.http.get(blob["href"]).content == b""


def test_a_large_one_goes_to_disk_and_memory_stays_flat(served, disk):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    answer = served.http.post("/blobs", content=in_pieces(200 * MIB), headers=PNG)

    grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown_kib < 32 * 1024
    (folder,) = disk.iterdir()
    (file,) = folder.iterdir()
    assert file.stat().st_size == 200 * MIB
    digest = hashlib.sha256()
    with served.http.stream("GET", answer.json()["href"]) as stream:
        for piece in stream.iter_bytes(MIB):
            digest.update(piece)
    assert digest.digest() == hashlib.sha256(b"a" * 200 * MIB).digest()


def test_one_that_is_too_long_is_refused_however_it_comes_and_leaves_nothing(serving, disk):
    served = serving(max_upload_bytes=MIB)

    declared = served.http.post("/blobs", content=b"a" * (MIB + 1), headers=PNG)
    chunked = served.http.post("/blobs", content=in_pieces(3 * MIB), headers=PNG)

    assert (declared.status_code, chunked.status_code) == (413, 413)
    assert empty_within(disk)
    assert served.http.post("/blobs", content=b"a" * MIB, headers=PNG).status_code == 201


def test_beyond_the_room_there_is_the_next_is_refused_until_one_is_forgotten(serving, disk):
    served = serving(max_upload_bytes=MIB)
    held = [served.http.post("/blobs", content=in_pieces(MIB), headers=PNG) for _ in range(4)]
    assert {answer.status_code for answer in held} == {201}

    refused = served.http.post("/blobs", content=b"x", headers=PNG)

    assert refused.status_code == 507
    assert int(refused.headers["retry-after"]) > 0


def test_a_client_that_leaves_half_way_leaves_nothing(served, disk):
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(
            f"POST /blobs HTTP/1.1\r\nhost: {host}:{port}\r\ncontent-type: image/png\r\n"
            f"content-length: {10 * MIB}\r\n\r\n".encode()
        )
        connection.sendall(b"a" * 3 * MIB)
        while not any(disk.iterdir()):
            threading.Event().wait(0.01)

    assert empty_within(disk)


def test_a_client_that_sends_no_more_is_not_waited_for(served, disk, monkeypatch):
    monkeypatch.setattr(upload_routes, "CHUNK_WITHIN_S", 0.1)
    host, port = served.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(
            f"POST /blobs HTTP/1.1\r\nhost: {host}:{port}\r\ncontent-type: image/png\r\n"
            f"content-length: {MIB}\r\n\r\nab".encode()
        )
        answer = connection.recv(1000)

    assert b" 408 " in answer.split(b"\r\n")[0]
    assert empty_within(disk)


def test_a_full_disk_is_said_and_leaves_nothing(served, disk, monkeypatch):
    def full(_incoming: Incoming, _chunk: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Incoming, "write", full)

    answer = served.http.post("/blobs", content=b"x", headers=PNG)

    assert (answer.status_code, answer.json()["title"]) == (507, "Disk full")
    assert empty_within(disk)


def test_uploads_are_gone_once_the_server_has_stopped(serving, disk):
    served = serving()
    served.http.post("/blobs", content=b"x", headers=PNG).raise_for_status()

    served.server.stop()

    assert empty_within(disk)


def brought(disk: Path, content: bytes = b"x") -> Any:
    incoming = Incoming()
    incoming.write(content)
    return incoming.finish("image/png")


def test_an_unused_upload_is_forgotten_by_the_clock(disk):
    async def hold_one() -> None:
        uploads, forgotten = Uploads(room_bytes=1, keep_s=0.05), asyncio.Event()
        uploads.reserve(1)
        data = brought(disk)
        weakref.finalize(data, forgotten.set)
        uploads.hold(data, 1)
        del data
        assert any(disk.iterdir())
        with pytest.raises(Refused):
            uploads.reserve(1)
        async with asyncio.timeout(10):
            await forgotten.wait()
        uploads.reserve(1)

    asyncio.run(hold_one())

    assert empty_within(disk)


def test_one_that_somebody_uses_outlives_its_time(disk):
    async def use_one() -> None:
        uploads = Uploads(room_bytes=10, keep_s=0.01)
        data = brought(disk, b"content")
        uploads.reserve(7)
        uploads.hold(data, 7)
        await asyncio.sleep(0.05)
        assert data.content == b"content"

    asyncio.run(use_one())

    assert empty_within(disk)
