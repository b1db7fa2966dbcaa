"""What the window's loop must survive; see docs/decisions/0004-event-loop.md.

PySide6 6.12.0 on Python 3.11 loses one reference to None at each `killTimer()`, and aborts after
some 8,000 timer events. Each test runs a loop in a process of its own: an abort would end pytest.
"""

from __future__ import annotations

import os
import subprocess
import sys

COUNTING = """
import asyncio, sys
import qasync
from PySide6.QtWidgets import QApplication

turns = int(sys.argv[1])
qt = QApplication([])
loop = qasync.QEventLoop(qt)

async def turn():
    for _ in range(turns):
        await asyncio.sleep(0)
        await asyncio.sleep(0.000001)

with loop:
    loop.run_until_complete(asyncio.sleep(0.01))
    before = sys.getrefcount(None)
    loop.run_until_complete(turn())
    lost = before - sys.getrefcount(None)
print("lost", lost)
"""


def lost_references(turns: int) -> int:
    done = subprocess.run(
        [sys.executable, "-c", COUNTING, str(turns)],
        capture_output=True,
        text=True,
        env=dict(os.environ),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


def test_no_reference_to_none_is_lost_over_5000_turns_of_the_loop() -> None:
    assert lost_references(2500) < 100


def test_20000_turns_of_the_loop_end_without_an_abort() -> None:
    assert lost_references(10_000) < 100
