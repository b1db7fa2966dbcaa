"""A client in a process of its own; run with the server's address, told by lines what to do.

stop        POST /stop; answers when it was asked, when it was answered, and with what
ask 10      asks for a value again and again for so many seconds; answers how many were
answered, and the longest that one took in seconds
"""

from __future__ import annotations

import http.client
import json
import sys
import time
from typing import Any
from urllib.parse import urlsplit


def stop(connection: http.client.HTTPConnection) -> dict[str, Any]:
    """Stop everything; times are on the monotonic clock, which all processes share."""
    asked_s = time.monotonic()
    connection.request("POST", "/stop")
    body = connection.getresponse().read()
    answered_s = time.monotonic()
    connection.close()
    return {
        "asked_s": asked_s,
        "answered_s": answered_s,
        "things": json.loads(body)["things"],
    }


def ask(connection: http.client.HTTPConnection, seconds: float) -> dict[str, Any]:
    """Read a value fifty times a second."""
    worst_s, count = 0.0, 0
    end_s = time.monotonic() + seconds
    while (began_s := time.monotonic()) < end_s:
        connection.request("GET", "/arm_0/position")
        connection.getresponse().read()
        worst_s = max(worst_s, time.monotonic() - began_s)
        count += 1
        time.sleep(0.02)
    return {"count": count, "worst_s": worst_s}


def main(url: str) -> None:
    """Do as told until there is nothing more to read."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    for line in sys.stdin:
        what, *about = line.split()
        done = stop(connection) if what == "stop" else ask(connection, float(about[0]))
        print(json.dumps(done), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
