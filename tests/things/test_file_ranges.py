"""A file answers to ranges as memory does."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from things import Blob

CONTENT = bytes(range(100))


def answered(blob: Blob, asked: str) -> tuple[int, bytes]:
    """Status and body of a GET with a Range header."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()  # the client stays
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "headers": [(b"range", asked.encode())]}
    asyncio.run(blob.response()(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], body


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-9", 206, CONTENT[:10]),
        ("bytes=90-", 206, CONTENT[90:]),
        ("bytes=-5", 206, CONTENT[-5:]),
        ("bytes=99999-", 416, b""),
        ("bytes=abc", 200, CONTENT),
        ("bytes=5-2", 200, CONTENT),
        ("lines=0-3", 200, CONTENT),
        ("bytes=0-1,4-5", 200, CONTENT),
    ],
)
def test_a_file_and_memory_answer_alike(
    tmp_path: Path, asked: str, status: int, body: bytes
) -> None:
    file = tmp_path / "blob.bin"
    file.write_bytes(CONTENT)

    assert answered(Blob.from_file(file), asked) == (status, body)
    assert answered(Blob.from_bytes(CONTENT), asked) == (status, body)
