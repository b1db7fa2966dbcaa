"""Listens to a websocket of a Thing; prints how late each value came, in milliseconds, as JSON.

Run with the address of the websocket and how many values. The values are themselves the time at
which they were set, in microseconds, on the clock that all processes of a computer share.
"""

from __future__ import annotations

import json
import sys
import time

from websockets.sync.client import connect


def main(url: str, wanted: int) -> None:
    """Observe `told` and take the time of each value."""
    late_ms = []
    with connect(url, compression=None) as socket:
        observe = {"messageType": "addPropertyObservation", "data": {"told": True}}
        socket.send(json.dumps(observe))
        while len(late_ms) < wanted:
            message = json.loads(socket.recv(timeout=60))
            now_us = time.monotonic_ns() / 1000
            if message["messageType"] == "propertyStatus":
                late_ms.append((now_us - message["data"]["told"]) / 1000)
    print(json.dumps(late_ms))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
