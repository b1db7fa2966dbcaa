"""Coroutines started from slots: kept until they end, and heard when they fail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

Report = Callable[[str, Exception], None]
"""Told on the Qt thread what was tried and why it failed."""


class Tasks:
    """The window's own coroutines on the running loop.

    A task nobody holds may be collected half-way, and its exception is printed when nobody looks;
    here every task is held and every failure reported.
    """

    def __init__(self, report: Report) -> None:
        """Keep tasks.

        Args:
            report: Told of each failure.
        """
        self._report = report
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def start(self, coroutine: Coroutine[Any, Any, T], what: str = "") -> asyncio.Task[T] | None:
        """Start a coroutine from a slot.

        Args:
            coroutine: To run on the loop of the Qt thread.
            what: In words for the report, such as 'Snap on Camera'.

        Returns:
            The task, or None when the window is closing.
        """
        if self._closed:
            coroutine.close()
            return None
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(done, what))
        return task

    def __len__(self) -> int:
        """How many are running."""
        return len(self._tasks)

    async def close(self) -> None:
        """Cancel all and wait until they have ended; start no more."""
        self._closed = True
        mine = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        if mine:
            await asyncio.wait(mine)

    def _ended(self, task: asyncio.Task[Any], what: str) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, Exception):
            self._report(what, error)
