"""Coroutines of slots are kept, their failures heard, and closing ends them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pytestqt.qtbot import QtBot

from ui.tasks import Tasks

if TYPE_CHECKING:
    from tests.ui.conftest import RunCoroutine


def test_a_failure_is_reported_with_what_was_tried(
    tasks: Tasks, reports: list[tuple[str, Exception]], qtbot: QtBot
) -> None:
    async def fail() -> None:
        raise ValueError("no answer")

    tasks.start(fail(), "Snap on Camera")

    qtbot.waitUntil(lambda: bool(reports))
    assert reports[0][0] == "Snap on Camera"
    assert str(reports[0][1]) == "no answer"
    assert len(tasks) == 0
    reports.clear()


def test_closing_cancels_and_waits(tasks: Tasks, run: RunCoroutine) -> None:
    ended: list[str] = []

    async def long() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("ended")

    tasks.start(long())
    run(asyncio.sleep(0))
    run(tasks.close())

    assert ended == ["ended"]
    assert len(tasks) == 0
    late = long()
    assert tasks.start(late) is None
