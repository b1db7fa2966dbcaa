"""A thread of a Thing's own, for vendor libraries that insist on one."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

R = TypeVar("R")


class OwnThread:
    """Runs what it is given, one after the other, always in the same thread.

    Args:
        name: The thread's name.
    """

    def __init__(self, name: str) -> None:
        self._queue: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def run(self, call: Callable[[], R]) -> R:
        """Run `call` in the thread and wait for it; in the thread itself, run it at once.

        The caller's context (its invocation) goes along. What it raises is raised here.
        """
        if threading.current_thread() is self._thread:
            return call()
        context = contextvars.copy_context()
        future: Future[R] = Future()
        self._queue.put((future, lambda: context.run(call)))
        return future.result()

    def close(self) -> None:
        """End the thread after what is queued."""
        self._queue.put(None)

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            future, call = job
            try:
                future.set_result(call())
            except BaseException as error:  # all of it belongs to the caller
                future.set_exception(error)
            del job, future, call
