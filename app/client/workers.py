"""Threads in which a bench elsewhere is asked, to be awaited on any loop.

Daemons, unlike those of `ThreadPoolExecutor`: a program that ends does not wait for an answer
that may take half a minute not to come.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from app.client.errors import BenchUnreachableError

T = TypeVar("T")

MOST_THREADS = 8

_Job = Callable[[], None]


class Workers:
    """A few threads for questions, one more with each of the first ones.

    Args:
        url: Of the bench, for words.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        self._closed = False

    async def run(self, call: Callable[[], T]) -> T:
        """Run what waits for the network.

        Raises:
            BenchUnreachableError: The connection has been closed.
        """
        future: Future[T] = Future()

        def job() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(call())
            except BaseException as error:
                future.set_exception(error)

        with self._lock:
            if self._closed:
                raise BenchUnreachableError(self._url, "the connection has been closed")
            if self._threads < MOST_THREADS:
                self._threads += 1
                name = f"remote-{self._threads}"
                threading.Thread(target=self._work, name=name, daemon=True).start()
            self._jobs.put(job)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Start nothing more; what is under way ends by itself, and nobody waits for it."""
        with self._lock:
            self._closed = True
            for _ in range(self._threads):
                self._jobs.put(None)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()
