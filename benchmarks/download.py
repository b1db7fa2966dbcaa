"""Clients that download the same address at once; prints the seconds until all have all of it.

Run with the address, how many clients and how many bytes each must get. Bare sockets into one
buffer: the clients are to cost next to nothing.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from urllib.parse import urlsplit

PIECE_BYTES = 1 << 20


def client(url: str, got: list[int]) -> None:
    """Fetch it and count."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    buffer = bytearray(PIECE_BYTES)
    with socket.create_connection((host, port)) as wire:
        ask = f"GET {parts.path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
        wire.sendall(ask.encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += wire.recv(4096)
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode(errors="replace"))
        count = len(head.partition(b"\r\n\r\n")[2])
        while read := wire.recv_into(buffer):
            count += read
    got.append(count)


def main(url: str, clients: int, size: int) -> None:
    """Run them all and print the seconds."""
    got: list[int] = []
    began_s = time.perf_counter()
    threads = [threading.Thread(target=client, args=(url, got)) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if got != [size] * clients:
        raise RuntimeError(f"{got} bytes came instead of {size} for each of {clients} clients")
    print(time.perf_counter() - began_s)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
