"""Calls that take less time than it takes to hand them to a worker: those that wait go together."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Any, Final, TypeVar

from app.server.parts import in_executor

R = TypeVar("R")

MOST: Final = 8

_Outcome = tuple[Any, Exception | None]
_Waiting = tuple[Callable[[], Any], asyncio.Future[Any]]


class Gathered:
    """Hands calls to workers, several at a time where several wait. On one loop only.

    One call goes at once; what comes until it is done waits, and goes together.

    Args:
        workers: Where they are carried out.
    """

    def __init__(self, workers: Executor) -> None:
        self._workers = workers
        self._waiting: deque[_Waiting] = deque()
        self._carrier: asyncio.Task[None] | None = None

    async def call(self, call: Callable[[], R]) -> R:
        """Carry out a call in a worker.

        Raises:
            Exception: What it raises.
        """
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((call, answer))
        if self._carrier is None:
            self._carrier = asyncio.create_task(self._carry())
        return await answer

    async def _carry(self) -> None:
        some: list[_Waiting] = []
        try:
            while self._waiting:
                some = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
                _tell(some, await self._outcomes([call for call, _ in some]))
        finally:  # where it was cancelled, nobody waits for ever
            self._carrier = None
            for _, answer in (*some, *self._waiting):
                answer.cancel()
            self._waiting.clear()

    async def _outcomes(self, calls: Sequence[Callable[[], Any]]) -> Sequence[_Outcome]:
        try:
            return await in_executor(self._workers, lambda: [_outcome(call) for call in calls])
        except RuntimeError as error:  # the workers are gone
            return [(None, error)] * len(calls)


def _outcome(call: Callable[[], Any]) -> _Outcome:
    try:
        return call(), None
    except Exception as error:  # whoever asked is told
        return None, error


def _tell(some: Sequence[_Waiting], outcomes: Sequence[_Outcome]) -> None:
    for (_, answer), (result, error) in zip(some, outcomes, strict=True):
        if answer.done():
            continue  # nobody waits any more
        if error is None:
            answer.set_result(result)
        else:
            answer.set_exception(error)
