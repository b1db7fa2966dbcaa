"""An output that was put aside on the disk, read as if it were a file of its own."""

from __future__ import annotations

import asyncio
import os
import tracemalloc
import uuid
from pathlib import Path

import pytest
from starlette.types import Message

from app.output_cache import OutputCache
from app.spilled_bytes import SpilledBytes
from things.blobs import BlobBytes

CONTENT = os.urandom(3 * 2**20 + 17)


def spilled(folder: Path, content: bytes = CONTENT) -> SpilledBytes:
    cache = OutputCache(folder / "outputs")
    cache.open()
    run = uuid.uuid4()
    assert cache.put(run, (), "a.bin", BlobBytes(content, "application/octet-stream"))
    found = cache.get(run, ())
    assert isinstance(found, SpilledBytes)
    return found


def answered(data: SpilledBytes, **headers: str) -> tuple[int, bytes]:
    """Status and body of the answer that sends it."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        raise AssertionError("nothing more was asked")

    asked = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": asked}
    asyncio.run(data.response()(scope, receive, send))
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)


def test_it_is_read_piece_by_piece_and_from_anywhere(tmp_path: Path) -> None:
    data = spilled(tmp_path)
    assert (data.size, data.content) == (len(CONTENT), CONTENT)
    with data.open() as stream:
        assert stream.read(10) == CONTENT[:10]
        assert stream.seek(-5, os.SEEK_END) == len(CONTENT) - 5
        assert stream.read() == CONTENT[-5:]
        assert stream.read(1) == b""
        stream.seek(2**20)
        assert stream.read(3) == CONTENT[2**20 : 2**20 + 3]
        assert stream.tell() == 2**20 + 3
        stream.seek(len(CONTENT) + 100)
        assert stream.read() == b""
    data.save(tmp_path / "saved.bin")
    assert (tmp_path / "saved.bin").read_bytes() == CONTENT


@pytest.mark.parametrize("content", [b"", b"x"])
def test_little_is_read_as_well(tmp_path: Path, content: bytes) -> None:
    data = spilled(tmp_path, content)

    with data.open() as stream:
        assert stream.read() == content
    assert answered(data) == (200, content)


def test_an_answer_sends_it_whole_and_in_part(tmp_path: Path) -> None:
    data = spilled(tmp_path)

    assert answered(data) == (200, CONTENT)
    assert answered(data, range="bytes=5-14") == (206, CONTENT[5:15])


def test_to_open_and_to_save_it_takes_no_memory_for_all_of_it(tmp_path: Path) -> None:
    data = spilled(tmp_path, bytes(32 * 2**20))
    tracemalloc.start()
    try:
        with data.open() as stream:
            while stream.read(2**20):
                pass
        data.save(tmp_path / "saved.bin")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 8 * 2**20
