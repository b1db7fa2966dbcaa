from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future

import pytest

from app.loop_waiting import LoopWaiting


def test_what_is_done_already_is_not_waited_for():
    done: Future[int] = Future()
    done.set_result(7)

    assert asyncio.run(LoopWaiting().result(done, 30)) == 7


def test_what_other_threads_finish_is_told_to_all_who_wait():
    waiting = LoopWaiting()
    futures: list[Future[int]] = [Future() for _ in range(100)]

    def finish() -> None:
        for number, future in enumerate(futures):
            future.set_result(number)

    async def wait() -> list[int]:
        finishing = threading.Thread(target=finish)
        asked = [asyncio.ensure_future(waiting.result(future, 30)) for future in futures]
        await asyncio.sleep(0)  # all of them wait now
        finishing.start()
        try:
            return await asyncio.gather(*asked)
        finally:
            finishing.join()

    assert asyncio.run(wait()) == list(range(100))


def test_what_a_future_failed_with_is_raised():
    failed: Future[None] = Future()
    failed.set_exception(ValueError("no"))

    with pytest.raises(ValueError, match="no"):
        asyncio.run(LoopWaiting().result(failed, 30))


def test_what_takes_too_long_is_given_up_and_may_end_later():
    slow: Future[int] = Future()

    async def wait() -> None:
        with pytest.raises(TimeoutError):
            await LoopWaiting().result(slow, 0.01)
        slow.set_result(1)
        await asyncio.sleep(0)

    asyncio.run(wait())
    assert slow.result() == 1


def test_who_is_cancelled_takes_nobody_along():
    waiting = LoopWaiting()
    first: Future[int] = Future()
    second: Future[int] = Future()

    async def wait() -> int:
        given_up = asyncio.ensure_future(waiting.result(first, 30))
        other = asyncio.ensure_future(waiting.result(second, 30))
        await asyncio.sleep(0)
        given_up.cancel()
        first.set_result(1)
        second.set_result(2)
        return await other

    assert asyncio.run(wait()) == 2


def test_after_its_loop_has_ended_nobody_is_told():
    waiting = LoopWaiting()
    late: Future[int] = Future()

    async def wait() -> None:
        asked = asyncio.ensure_future(waiting.result(late, 30))
        await asyncio.sleep(0)
        asked.cancel()

    asyncio.run(wait())
    late.set_result(1)  # its callback finds a closed loop, and says nothing
    assert late.done()
