"""The peer of the archive's list: one held SQLite connection behind uvicorn, raw ASGI, no more.

    python sqlite_server.py DATABASE LIMIT

It reads the newest rows of the table `files` at every request and writes them as JSON.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from typing import Any

import uvicorn

COLUMNS = "id, number, name, extension, media_type, size, sha256, created_us, notes, meta"


def application(database: str, limit: int) -> Any:
    """An ASGI application over one connection."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    wanted = f"SELECT {COLUMNS} FROM files WHERE state = 'linked' ORDER BY number DESC LIMIT ?"

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        rows = connection.execute(wanted, (limit,)).fetchall()
        body = json.dumps({"files": [dict(row) for row in rows]}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return answer


if __name__ == "__main__":
    made = application(sys.argv[1], int(sys.argv[2]))
    uvicorn.run(made, port=int(sys.argv[3]), access_log=False, lifespan="off")
