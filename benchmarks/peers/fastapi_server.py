"""The peer: FastAPI with one `async def` route, uvicorn on a thread of its own."""

import threading

import uvicorn
from fastapi import FastAPI

app = FastAPI()


@app.get("/demo/counter")
async def counter() -> int:
    """One number."""
    return 7


config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="info", access_log=False)
thread = threading.Thread(target=uvicorn.Server(config).run)
thread.start()
thread.join()
