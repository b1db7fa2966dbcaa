from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from app.server.gathered import MOST, Gathered

WITHIN_S = 30.0


class Counting(ThreadPoolExecutor):
    """Counts how often something is handed to it, and waits with the first until it is let go."""

    def __init__(self) -> None:
        super().__init__(1)
        self.handed = 0
        self.go = threading.Event()

    def submit(self, call: Any, /, *args: Any, **options: Any) -> Future[Any]:
        self.handed += 1
        if self.handed == 1:
            super().submit(self.go.wait, WITHIN_S)
        return super().submit(call, *args, **options)


@pytest.fixture
def workers() -> Iterator[Counting]:
    with Counting() as workers:
        yield workers
        workers.go.set()


def refuse() -> None:
    raise ValueError("no")


async def waiting(calls: list[asyncio.Task[Any]]) -> None:
    """Let all tasks come as far as they can."""
    for _ in range(5):
        await asyncio.sleep(0)
    assert not any(call.done() for call in calls)


def test_what_comes_meanwhile_goes_together_and_each_gets_its_own(workers: Counting) -> None:
    async def run() -> list[int]:
        gathered = Gathered(workers)
        calls = [asyncio.create_task(gathered.call(lambda: -1))]
        await waiting(calls)
        calls += [asyncio.create_task(gathered.call(partial(abs, n))) for n in range(2 * MOST)]
        await waiting(calls)
        workers.go.set()
        return await asyncio.wait_for(asyncio.gather(*calls), WITHIN_S)

    assert asyncio.run(run()) == [-1, *range(2 * MOST)]
    assert workers.handed == 3


def test_one_that_fails_or_leaves_takes_nothing_from_the_others(workers: Counting) -> None:
    async def run() -> list[Any]:
        gathered = Gathered(workers)
        kinds = (lambda: 0, refuse, lambda: 2, lambda: 3)
        calls = [asyncio.create_task(gathered.call(kind)) for kind in kinds]
        await waiting(calls)
        calls[2].cancel()
        workers.go.set()
        found = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), WITHIN_S)
        return [*found, await asyncio.wait_for(gathered.call(lambda: 4), WITHIN_S)]

    first, failed, left, other, later = asyncio.run(run())

    assert (first, other, later) == (0, 3, 4)
    assert isinstance(failed, ValueError)
    assert isinstance(left, asyncio.CancelledError)


def test_workers_that_are_gone_are_said(workers: Counting) -> None:
    workers.shutdown()

    async def run() -> None:
        await asyncio.wait_for(Gathered(workers).call(lambda: 1), WITHIN_S)

    with pytest.raises(RuntimeError, match="shutdown"):
        asyncio.run(run())


def test_nobody_waits_for_ever_when_the_loop_ends(workers: Counting) -> None:
    async def run() -> list[Any]:
        gathered = Gathered(workers)
        calls = [asyncio.create_task(gathered.call(lambda: 1)) for _ in range(MOST + 3)]
        await waiting(calls)
        carrier = gathered._carrier
        assert carrier is not None
        carrier.cancel()
        found = await asyncio.wait_for(asyncio.gather(*calls, return_exceptions=True), WITHIN_S)
        workers.go.set()
        return found

    assert all(isinstance(each, asyncio.CancelledError) for each in asyncio.run(run()))
