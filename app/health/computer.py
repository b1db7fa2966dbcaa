"""Python, Qt, SQLite and the clock."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from app.database.sqlite import sqlite_choice
from app.health.finding import Finding, State
from things.events import now

_BAD_QT = "6.12.0"
_OPENS_WITHIN_S = 60.0
_LONGEST = 600
_SURELY_LATER = datetime(2025, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(hours=1)

_OPEN_A_WINDOW = """
from PySide6.QtWidgets import QApplication
print(QApplication([]).platformName())
"""


def look_at_python() -> Iterator[Finding]:
    """Which Python and which labwright."""
    try:
        ours = version("labwright")
    except PackageNotFoundError:
        ours = "not installed"
    said = f"{platform.python_version()} at {sys.executable}, labwright {ours}"
    state = State.WELL if sys.version_info >= (3, 11) else State.WRONG
    yield Finding("Python", state, said if state is State.WELL else f"{said}; 3.11 is needed")


def look_at_window() -> Iterator[Finding]:
    """Whether Qt opens a window, tried in a process of its own: what is missing ends it."""
    try:
        qt = version("PySide6-Essentials")
    except PackageNotFoundError:
        yield Finding("window", State.NOTE, "PySide6-Essentials is not installed; serve works")
        return
    if qt == _BAD_QT:
        yield Finding("window", State.WRONG, f"Qt {qt} aborts after some minutes: install another")
        return
    shown = sys.platform in ("win32", "darwin") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    )
    env = os.environ if shown else {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    try:
        done = subprocess.run(
            [sys.executable, "-c", _OPEN_A_WINDOW],
            env=env,
            capture_output=True,
            text=True,
            timeout=_OPENS_WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        yield Finding("window", State.WRONG, f"Qt {qt} did not open within {_OPENS_WITHIN_S:.0f} s")
        return
    if done.returncode != 0:
        why = " / ".join(filter(None, done.stderr.splitlines()))[:_LONGEST]
        yield Finding("window", State.WRONG, f"Qt {qt} cannot: {why or f'code {done.returncode}'}")
    elif not shown:
        yield Finding("window", State.NOTE, f"Qt {qt}; there is no display, serve works")
    else:
        yield Finding("window", State.WELL, f"Qt {qt} on {done.stdout.strip()}")


def look_at_sqlite() -> Iterator[Finding]:
    """Which SQLite, and which journal it may keep."""
    choice = sqlite_choice()
    state = State.WELL if choice.journal == "wal" else State.NOTE
    yield Finding("SQLite", state, choice.why)


def look_at_clock(folder: Path) -> Iterator[Finding]:
    """Whether the clock can be right: the newest record is not from the future.

    Args:
        folder: The bench's folder of data.
    """
    moment = now()
    newest = max((each.stat().st_mtime for each in folder.glob("labwright.db*")), default=0.0)
    written = datetime.fromtimestamp(newest, UTC)
    if moment < _SURELY_LATER:
        yield Finding("clock", State.WRONG, f"it says {moment:%Y-%m-%d %H:%M} UTC")
    elif written - moment > _AHEAD:
        said = f"it says {moment:%Y-%m-%d %H:%M} UTC, records are from {written:%Y-%m-%d %H:%M}"
        yield Finding("clock", State.WRONG, f"{said}: it was set back, or runs late")
    else:
        yield Finding("clock", State.WELL, f"{moment:%Y-%m-%d %H:%M} UTC")
