"""A thread of a Thing's own, for vendor libraries that insist on one."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

from things.errors import NotAvailableError

R = TypeVar("R")


class OwnThread:
    """Runs what it is given, one after the other, always in the same thread.

    The thread starts with the first call, so that a Thing which is only described has none.

    Args:
        name: The thread's name, and that of the Thing in messages.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._queue: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._lock = threading.Lock()

    def run(self, call: Callable[[], R]) -> R:
        """Run `call` in the thread and wait for it; in the thread itself, run it at once.

        The caller's context (its invocation) goes along. What it raises is raised here.

        Raises:
            NotAvailableError: The thread has been ended.
        """
        if threading.current_thread() is self._thread:
            return call()
        context = contextvars.copy_context()
        future: Future[R] = Future()
        with self._lock:  # nothing may come behind the end of the queue: nobody would answer
            if self._closed:
                raise NotAvailableError(self._name, "it has been closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
            self._queue.put((future, lambda: context.run(call)))
        try:
            return future.result()
        finally:
            # An error's traceback holds this frame; let it not hold the error in turn.
            del future

    @property
    def inside(self) -> bool:
        """Whether this very code runs in it."""
        return threading.current_thread() is self._thread

    def close(self) -> None:
        """End the thread after what is queued. Calls that come later are refused."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._queue.put(None)

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            future, call = job
            try:
                result = call()
            except BaseException as error:  # all of it belongs to the caller
                future.set_exception(error)
            else:
                future.set_result(result)
                del result
            del job, future, call
