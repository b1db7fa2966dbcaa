"""Contents on their way into the archive: resumed, cut off, lying, too long, several at once."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.archive.store import ObjectStore
from app.server import upload_parts
from app.server.upload_parts import UploadParts

MIB = 2**20


def random_bytes(size: int = 3 * MIB) -> bytes:
    return np.random.default_rng(os.getpid() + time.monotonic_ns()).bytes(size)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def parts_of(keeping: Any) -> list[str]:
    """What lies there of uploads that are not complete."""
    folder = keeping.bench.opened_archive.folder / upload_parts.FOLDER
    return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []


def cut_off(keeping: Any, id: str, content: bytes, sent: int, query: str = "") -> None:
    """Promise a content, send some of it, and leave."""
    host, _, port = keeping.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(
            f"PUT /archive/{id}/content{query} HTTP/1.1\r\nHost: {host}:{port}\r\n"
            f"Content-Length: {len(content)}\r\n\r\n".encode()
        )
        connection.sendall(content[:sent])


def until(look: Any, what: str) -> Any:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if found := look():
            return found
        threading.Event().wait(0.02)
    pytest.fail(f"{what} never came")


def test_an_upload_that_was_cut_off_is_resumed_from_where_it_was(keeping):
    content = random_bytes()
    digest, id = sha256(content), keeping.draft()["id"]
    cut_off(keeping, id, content, 2 * MIB, f"?sha256={digest}")

    def offset() -> int:
        head = keeping.http.head(f"/archive/uploads/{digest}")
        return int(head.headers.get("upload-offset", 0))

    here = until(offset, "a part")
    assert keeping.http.get(f"/archive/{id}").json()["state"] == "draft"

    def resumed() -> Any:
        begin = offset()
        span = f"bytes {begin}-{len(content) - 1}/{len(content)}"
        answer = keeping.http.put(
            f"/archive/{id}/content",
            params={"sha256": digest},
            content=content[begin:],
            headers={"content-range": span},
        )
        return answer if answer.status_code != 409 else None  # the server sees the cut a bit later

    answer = until(resumed, "the end")
    assert 0 < here <= 2 * MIB
    assert answer.status_code == 201, answer.text
    assert keeping.http.get(f"/archive/{id}/content").content == content
    assert digest not in parts_of(keeping)


def test_an_upload_may_come_in_pieces(keeping):
    content = random_bytes(2 * MIB + 5)
    path = f"/archive/{keeping.draft()['id']}/content"
    answers = []
    for begin in range(0, len(content), MIB):
        piece = content[begin : begin + MIB]
        span = f"bytes {begin}-{begin + len(piece) - 1}/{len(content)}"
        answers.append(
            keeping.http.put(
                path,
                params={"sha256": sha256(content)},
                content=piece,
                headers={"content-range": span},
            )
        )

    assert [answer.status_code for answer in answers] == [202, 202, 201]
    assert [answer.headers.get("upload-offset") for answer in answers[:2]] == [
        str(MIB),
        str(2 * MIB),
    ]
    assert answers[-1].headers["etag"] == f'"{sha256(content)}"'


def test_a_content_that_is_here_need_not_be_sent_again(keeping):
    content = random_bytes(MIB)
    known, id = keeping.file(content), keeping.draft()["id"]
    here = keeping.http.get(f"/archive/uploads/{known['sha256']}").json()

    answer = keeping.http.put(
        f"/archive/{id}/content",
        params={"sha256": known["sha256"]},
        headers={"content-range": f"bytes */{len(content)}"},
    )

    assert here == {"offset": len(content), "complete": True}
    assert answer.status_code == 201
    assert keeping.http.get(f"/archive/{id}/content").content == content


def test_a_hash_that_nobody_has_cannot_be_claimed(keeping):
    id = keeping.draft()["id"]

    answer = keeping.http.put(
        f"/archive/{id}/content",
        params={"sha256": "ab" * 32},
        headers={"content-range": "bytes */1000"},
    )

    assert answer.status_code == 409
    assert answer.headers["upload-offset"] == "0"
    assert keeping.http.get(f"/archive/{id}").json()["state"] == "draft"
    assert keeping.http.head(f"/archive/uploads/{'ab' * 32}").status_code == 404


@pytest.mark.parametrize("how", ["query", "digest"])
def test_a_hash_that_lies_is_refused_and_nothing_is_kept(keeping, how):
    content = random_bytes(MIB)
    wrong = sha256(b"something else")
    id = keeping.draft()["id"]
    query = {"sha256": wrong.upper()} if how == "query" else {}
    headers = {}
    if how == "digest":
        encoded = base64.b64encode(bytes.fromhex(wrong)).decode()
        headers["repr-digest"] = f"sha-256=:{encoded}:"

    answer = keeping.http.put(
        f"/archive/{id}/content", params=query, content=content, headers=headers
    )

    assert answer.status_code == 422
    assert answer.json()["type"].endswith("#UploadHashError")
    assert sha256(content) in answer.json()["detail"]
    assert keeping.http.get(f"/archive/{id}").json()["state"] == "draft"
    assert parts_of(keeping) == []


def test_a_truncated_upload_leaves_the_file_as_it_was(keeping):
    file = keeping.file(b"as before")
    content = random_bytes(2 * MIB)

    cut_off(keeping, file["id"], content, MIB)

    until(lambda: parts_of(keeping) == [], "tidying up")
    assert keeping.http.get(f"/archive/{file['id']}").json() == file
    assert keeping.http.get(file["uri"]).content == b"as before"


def test_an_upload_that_stops_half_way_is_given_up(keeping, monkeypatch):
    from app.server import upload_routes

    monkeypatch.setattr(upload_routes, "CHUNK_WITHIN_S", 0.2)
    id = keeping.draft()["id"]
    host, _, port = keeping.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(
            f"PUT /archive/{id}/content HTTP/1.1\r\nHost: {host}:{port}\r\n"
            "Content-Length: 1000\r\n\r\nonly this".encode()
        )
        answer = connection.recv(65536)

    assert b" 408 " in answer
    assert keeping.http.get(f"/archive/{id}").json()["state"] == "draft"
    until(lambda: parts_of(keeping) == [], "tidying up")


def test_what_is_too_long_is_refused_before_it_comes_and_while_it_comes(keeping):
    path = f"/archive/{keeping.draft()['id']}/content"

    declared = keeping.http.put(path, content=bytes(9 * MIB))
    streamed = keeping.http.put(path, content=iter([bytes(MIB)] * 9))

    for answer in (declared, streamed):
        assert answer.status_code == 413
        assert answer.json()["type"].endswith("#UploadTooLargeError")
    assert parts_of(keeping) == []


def test_the_same_content_several_times_at_once_is_kept_once(keeping):
    content = random_bytes(4 * MIB)
    ids = [keeping.draft(f"copy {number}")["id"] for number in range(6)]

    def put(id: str) -> Any:
        return keeping.http.put(
            f"/archive/{id}/content", params={"sha256": sha256(content)}, content=content
        )

    with ThreadPoolExecutor(6) as together:
        answers = list(together.map(put, ids))

    assert [answer.status_code for answer in answers] == [201] * 6
    archive = keeping.bench.opened_archive
    kept = archive.store.path_of(sha256(content))
    assert {archive.path_of(uuid.UUID(id)) for id in ids} == {kept}
    assert all(keeping.http.get(f"/archive/{id}/content").content == content for id in ids)
    assert parts_of(keeping) == []


def test_two_contents_for_one_file_at_once_become_two_versions(keeping):
    id = keeping.draft()["id"]
    contents = [random_bytes(MIB) for _ in range(2)]

    def put(content: bytes) -> Any:
        return keeping.http.put(f"/archive/{id}/content", content=content)

    with ThreadPoolExecutor(2) as together:
        list(together.map(put, contents))

    versions = keeping.http.get(f"/archive/{id}/versions").json()
    assert sorted(each["sha256"] for each in versions) == sorted(map(sha256, contents))


@pytest.mark.parametrize(
    ("span", "status"),
    [
        ("bytes 5-9/10", 409),
        ("bytes 0-9/11", 400),
        ("bytes 5-4/5", 400),
        ("bytes 0-/5", 400),
        ("lines 0-4/5", 400),
        ("bytes 0-4/*", 400),
    ],
)
def test_a_range_that_does_not_fit_is_refused(keeping, span, status):
    id = keeping.draft()["id"]

    answer = keeping.http.put(
        f"/archive/{id}/content",
        params={"sha256": "cd" * 32},
        content=b"12345",
        headers={"content-range": span},
    )

    assert answer.status_code == status
    assert keeping.http.get(f"/archive/{id}").json()["state"] == "draft"


def test_a_part_that_could_not_be_gone_on_with_is_refused_at_once(keeping):
    path = f"/archive/{keeping.draft()['id']}/content"

    answer = keeping.http.put(path, content=b"12345", headers={"content-range": "bytes 0-4/10"})

    assert answer.status_code == 400
    assert "sha256" in answer.json()["detail"]
    assert parts_of(keeping) == []


def test_a_folder_that_is_gone_is_said(keeping):
    folder = keeping.bench.opened_archive.folder
    path = f"/archive/{keeping.draft()['id']}/content"
    away = folder.rename(folder.with_name("away"))
    try:
        answer = keeping.http.put(path, content=b"1")
    finally:
        away.rename(folder)

    assert answer.status_code == 503
    assert answer.json()["type"].endswith("#ArchiveFolderError")


def test_the_rest_of_an_upload_needs_its_hash(keeping):
    answer = keeping.http.put(
        f"/archive/{keeping.draft()['id']}/content",
        content=b"12345",
        headers={"content-range": "bytes 5-9/10"},
    )

    assert answer.status_code == 400
    assert "sha256" in answer.json()["detail"]


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "no media type"])
def test_a_form_or_no_media_type_is_refused(keeping, kind):
    path = f"/archive/{keeping.draft()['id']}/content"

    assert keeping.http.put(path, content=b"1", headers={"content-type": kind}).status_code == 415


def test_what_says_its_media_type_is_of_that_type(keeping):
    file = keeping.draft(extension="bin")
    path = f"/archive/{file['id']}/content"

    png = keeping.http.put(path, content=b"1", headers={"content-type": "image/png"}).json()
    unknown = keeping.http.put(
        path, content=b"2", headers={"content-type": "application/octet-stream"}
    ).json()

    assert (png["media_type"], unknown["media_type"]) == ("image/png", "image/png")


def test_nothing_is_put_where_there_is_no_file_or_one_in_the_trash(keeping):
    file = keeping.file()
    keeping.http.post(f"/archive/{file['id']}/trash")

    assert keeping.http.put(f"/archive/{file['id']}/content", content=b"1").status_code == 409
    unknown = "/archive/00000000-0000-4000-8000-000000000000/content"
    assert keeping.http.put(unknown, content=b"1").status_code == 404
    assert keeping.http.put("/archive/12/content", content=b"1").status_code == 422


def test_a_full_disk_is_said_before_anything_comes(keeping, monkeypatch):
    archive = keeping.bench.opened_archive
    monkeypatch.setattr(archive.store.disk, "free_bytes", lambda folder: 1000, raising=False)
    path = f"/archive/{keeping.draft()['id']}/content"

    answer = keeping.http.put(path, content=b"1")

    assert answer.status_code == 507
    assert answer.json()["type"].endswith("#ArchiveFullError")
    assert parts_of(keeping) == []


def test_a_page_of_another_site_can_put_nothing_here(keeping):
    path = f"/archive/{keeping.draft()['id']}/content"
    foreign = {"origin": "http://evil.example"}

    assert keeping.http.put(path, content=b"1", headers=foreign).status_code == 403
    assert keeping.http.post("/archive", json={"name": "a"}, headers=foreign).status_code == 403
    form = {"content-type": "text/plain"}
    assert keeping.http.post("/archive", content="{}", headers=form).status_code == 415


def test_an_empty_file_is_a_file(keeping):
    file = keeping.file(b"")

    assert (file["size"], file["sha256"]) == (0, sha256(b""))
    assert keeping.http.get(file["uri"]).content == b""
    part = keeping.http.get(file["uri"], headers={"range": "bytes=0-"})
    assert part.status_code == 416


def test_parts_that_nobody_goes_on_with_are_removed(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path)
    store.open()
    parts = UploadParts(tmp_path, store)
    old, new = "aa" * 32, "bb" * 32
    for digest in (old, new):
        part = parts.take(digest)
        part.write(b"some")
        part.close(keep=True)
    nameless = tmp_path / upload_parts.FOLDER / uuid.uuid4().hex
    nameless.write_bytes(b"left by a crash")
    long_ago = time.time() - upload_parts.KEEP_S - 60
    os.utime(tmp_path / upload_parts.FOLDER / old, (long_ago, long_ago))

    busy = parts.take(new)
    other = parts.take(new)

    assert (busy.size, busy.named) == (4, True)
    assert (other.size, other.named) == (0, False)
    assert parts.size_of(old) is None
    assert not nameless.exists()
    assert not parts.forget(new)
    other.close(keep=True)
    busy.close(keep=True)
    assert parts.forget(new)
    assert parts.size_of(new) is None
