"""Clients that start an action as often as asked for; prints how long that took, answer by answer.

Run with the address of the action, how many clients and how many runs in all. Plain sockets: a
client library would take the processor that the server under measurement needs.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from urllib.parse import urlsplit


async def client(host: str, port: int, path: str, left: list[int], took_s: list[float]) -> None:
    """One client on one connection."""
    request = (
        f"POST {path} HTTP/1.1\r\nHost: {host}:{port}\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
    ).encode()
    reader, writer = await asyncio.open_connection(host, port)
    while left[0] > 0:
        left[0] -= 1
        began_s = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 201"):
            raise RuntimeError(head.decode(errors="replace"))
        length = next(
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length")
        )
        await reader.readexactly(length)
        took_s.append(time.perf_counter() - began_s)
    writer.close()


async def main(url: str, clients: int, runs: int) -> None:
    """Run them all; print runs a second and the median of an answer."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    left, took_s = [runs], list[float]()
    began_s = time.perf_counter()
    await asyncio.gather(*(client(host, port, parts.path, left, took_s) for _ in range(clients)))
    rate = runs / (time.perf_counter() - began_s)
    print(json.dumps([rate, statistics.median(took_s)]))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
