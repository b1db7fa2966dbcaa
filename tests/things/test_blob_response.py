from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import numpy as np
import pytest

import things.blob_response
from things import Blob, PngBlob, TextBlob, blob_type

CONTENT = bytes(range(200)) * 5


@pytest.fixture(params=["memory", "file"])
def blob(request: pytest.FixtureRequest, tmp_path: Path) -> Blob:
    cls = blob_type("application/x-test")
    if request.param == "memory":
        return cls.from_bytes(CONTENT)
    (tmp_path / "data").write_bytes(CONTENT)
    return cls.from_file(tmp_path / "data")


def get(blob: Blob, method: str = "GET", **headers: str) -> httpx.Response:
    """Ask for it. An answer is an application of its own, so no server is needed."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=blob.response())
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return await client.request(method, "/", headers=named)

    return asyncio.run(ask())


def test_all_of_it_is_sent_with_its_type_length_and_tag(blob):
    answer = get(blob)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-type"] == "application/x-test"
    assert answer.headers["content-length"] == "1000"
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"].startswith('"')


def test_it_can_be_fetched_again_and_the_tag_stays(blob):
    assert get(blob).headers["etag"] == get(blob).headers["etag"]
    assert get(blob).content == CONTENT


def test_head_tells_the_same_and_sends_nothing(blob):
    answer = get(blob, "HEAD")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "1000"
    assert answer.headers["etag"] == get(blob).headers["etag"]


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=990-", 990, 999),
        ("bytes=990-5000", 990, 999),
        ("bytes=-10", 990, 999),
        ("bytes=0-", 0, 999),
    ],
)
def test_a_range_is_sent_alone(blob, asked, first, last):
    answer = get(blob, range=asked)
    assert answer.status_code == 206
    assert answer.headers["content-range"] == f"bytes {first}-{last}/1000"
    assert answer.headers["content-length"] == str(last - first + 1)
    assert answer.content == CONTENT[first : last + 1]
    assert answer.headers["content-type"] == "application/x-test"


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=5000-6000"])
def test_a_range_beyond_the_end_is_refused_with_the_size(blob, asked):
    answer = get(blob, range=asked)
    assert answer.status_code == 416
    assert answer.headers["content-range"] == "bytes */1000"


@pytest.mark.parametrize(
    "asked", ["lines=1-2", "bytes=", "bytes=-", "bytes=b-c", "bytes=9-2", f"bytes={'9' * 5000}-"]
)
def test_of_memory_a_range_that_is_none_is_ignored(asked):
    answer = get(TextBlob.from_bytes(CONTENT), range=asked)
    assert (answer.status_code, answer.content) == (200, CONTENT)


def test_a_suffix_longer_than_all_is_all_of_it(blob):
    answer = get(TextBlob.from_bytes(CONTENT), range="bytes=-5000")
    assert (answer.status_code, answer.content) == (206, CONTENT)


def test_who_has_it_already_is_told_so(blob):
    etag = get(blob).headers["etag"]
    for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        answer = get(blob, if_none_match=known)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["etag"] == etag
    assert get(blob, if_none_match='"other"').status_code == 200


def test_a_range_of_what_has_changed_is_all_of_it(blob):
    etag = get(blob).headers["etag"]
    assert get(blob, range="bytes=0-9", if_range=etag).status_code == 206
    changed = get(blob, range="bytes=0-9", if_range='"other"')
    assert (changed.status_code, changed.content) == (200, CONTENT)


def test_text_says_its_encoding(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"x")
    for blob in (TextBlob.from_bytes(b"x"), TextBlob.from_file(tmp_path / "a.txt")):
        assert get(blob).headers["content-type"] == "text/plain; charset=utf-8"


def test_nothing_at_all_can_be_sent_too():
    answer = get(TextBlob.from_bytes(b""))
    assert (answer.status_code, answer.content) == (200, b"")
    assert get(TextBlob.from_bytes(b""), range="bytes=0-").status_code == 416


def test_a_picture_is_sent_encoded():
    answer = get(PngBlob.from_array(np.zeros((2, 3), np.uint8)))
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


def test_the_tag_of_a_large_blob_is_computed_once(monkeypatch):
    calls: list[int] = []
    real = things.blob_response.etag_of

    def etag_of(content: bytes) -> str:
        calls.append(len(content))
        return real(content)

    monkeypatch.setattr(things.blob_response, "etag_of", etag_of)
    blob = TextBlob.from_bytes(CONTENT)
    for _ in range(3):
        get(blob, range="bytes=0-9")
    assert calls == [1000]
