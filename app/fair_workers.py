"""Worker threads that one Thing cannot use up for all the others."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from app.driver_faults import contained

P = ParamSpec("P")
T = TypeVar("T")

PER_LANE = 2
"""How many calls of one Thing run at once; more wait for it, and for nobody else."""

THREADS = 64


class _Lane(Executor):
    """The calls of one Thing, in their order."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._lock = threading.Lock()
        self._waiting: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._running = 0

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run a call when it is its turn.

        Raises:
            RuntimeError: The workers are closed.
        """
        future: Future[T] = Future()
        with self._lock:
            self._waiting.append((future, lambda: fn(*args, **kwargs)))
            start = self._running < PER_LANE
            self._running += start
        if start:
            try:
                self._pool.submit(self._work)
            except RuntimeError:
                with self._lock:
                    self._running -= 1
                raise
        return future

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._running -= 1
                    return
                future, call = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                try:
                    with contained():
                        result = call()
                except BaseException as error:  # it belongs to who asked
                    future.set_exception(error)
                else:
                    future.set_result(result)
                    del result
            del future, call


class FairWorkers(Executor):
    """One pool, in which each Thing has a lane of its own.

    A driver that hangs holds up the calls of its own Thing. Threads are made as they are needed.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="worker")
        self._lanes: dict[str, _Lane] = {}
        self._lock = threading.Lock()

    def of(self, thing: str) -> Executor:
        """The lane of a Thing."""
        with self._lock:
            return self._lanes.setdefault(thing, _Lane(self._pool))

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run what belongs to no Thing.

        Raises:
            RuntimeError: The workers are closed.
        """

        def run() -> T:
            with contained():
                return fn(*args, **kwargs)

        return self._pool.submit(run)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more calls.

        Args:
            wait: Whether to wait for those that run.
            cancel_futures: Whether those that wait are cancelled.
        """
        if cancel_futures:
            with self._lock:
                lanes = tuple(self._lanes.values())
            for lane in lanes:
                with lane._lock:
                    waiting = tuple(lane._waiting)
                    lane._waiting.clear()
                for future, _ in waiting:
                    future.cancel()
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)
