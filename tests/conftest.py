"""What all tests share: how hypothesis searches, and a qasync loop that runs under pytest-qt."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

# On a busy machine one slow example is no fault. In CI the same examples every time.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")

TASKS_END_WITHIN_S = 5.0


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[asyncio.AbstractEventLoop]:
    """A qasync loop that counts as running for the whole test.

    Slots may create tasks, and every `qtbot.wait...` turns it. At the end, what still runs is
    cancelled and waited for, so that no timer outlives the test.
    """
    import qasync  # only tests of the window need it

    loop: asyncio.AbstractEventLoop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    # Not `already_running=True`: stopping such a loop calls `QApplication.exit()`, after which no
    # nested Qt loop, and so no later `qtbot.wait...` of the session, turns any more.
    asyncio.events._set_running_loop(loop)
    yield loop
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    deadline = time.monotonic() + TASKS_END_WITHIN_S
    while any(not task.done() for task in tasks) and time.monotonic() < deadline:
        qapp.processEvents()
    asyncio.events._set_running_loop(None)
    loop.close()
    asyncio.set_event_loop(None)
    stuck = [task for task in tasks if not task.done()]
    assert not stuck, f"tasks that ignore being cancelled: {stuck}"


@pytest.fixture(scope="session", autouse=True)
def own_lock_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tests start the demo bench while somebody may be working with it."""
    folder = tmp_path_factory.mktemp("locks")
    os.environ["LABWRIGHT_LOCK_FOLDER"] = str(folder)
    return folder
