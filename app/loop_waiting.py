"""Waiting on a loop for what other threads do: all that is done together is told together.

`asyncio.wrap_future` wakes the loop for each future by itself, and makes a dozen objects each time.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")


class LoopWaiting:
    """Lets coroutines of one loop wait for futures of other threads.

    Made anywhere; it belongs to the loop that waits first.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._done: deque[asyncio.Future[None]] = deque()
        self._called = False

    async def result(self, future: Future[T], timeout_s: float) -> T:
        """What came of it. A future that is given up goes on all the same.

        Args:
            future: Of another thread.
            timeout_s: How long to wait, in seconds.

        Raises:
            TimeoutError: It was not done in time.
            BaseException: What the future ended with.
        """
        if not future.done():
            loop = asyncio.get_running_loop()
            waiter: asyncio.Future[None] = loop.create_future()
            late = loop.call_later(timeout_s, _wake, waiter)
            future.add_done_callback(lambda _: self._tell(loop, waiter))
            try:
                await waiter
            finally:
                late.cancel()
            if not future.done():
                raise TimeoutError
        return future.result()

    def _tell(self, loop: asyncio.AbstractEventLoop, waiter: asyncio.Future[Any]) -> None:
        """Wake a waiter soon; in whichever thread finished the future."""
        with self._lock:
            self._done.append(waiter)
            if self._called:
                return
            self._called = True
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(self._wake_all)

    def _wake_all(self) -> None:
        with self._lock:
            done, self._done = self._done, deque()
            self._called = False
        for waiter in done:
            _wake(waiter)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
