"""200 clients that each ask five times a second; prints how many answers came, and how many not.

Run with the server's address and for how many seconds. Plain sockets: a client library would take
the processor that the server under measurement needs.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from urllib.parse import urlsplit

CLIENTS = 200
EVERY_S = 0.2


async def client(host: str, port: int, number: int, until_s: float, counts: list[int]) -> None:
    """One client on one connection."""
    await asyncio.sleep(EVERY_S * number / CLIENTS)
    request = (
        f"GET /busy_{number % 10}/level_{number % 100} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n"
    ).encode()
    reader, writer = await asyncio.open_connection(host, port)
    due_s = time.monotonic()
    while due_s < until_s:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        )
        await reader.readexactly(length)
        counts[0 if head.startswith(b"HTTP/1.1 200") else 1] += 1
        due_s = max(due_s + EVERY_S, time.monotonic())
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))
    writer.close()


async def main(url: str, seconds: float) -> None:
    """Run them all and print the counts."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    counts = [0, 0]
    until_s = time.monotonic() + seconds
    ended = await asyncio.gather(
        *(client(host, port, number, until_s, counts) for number in range(CLIENTS)),
        return_exceptions=True,
    )
    counts[1] += sum(isinstance(each, BaseException) for each in ended)
    print(json.dumps(counts))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
