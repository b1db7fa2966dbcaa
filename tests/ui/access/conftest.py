"""The window of a bench with every kind of value, for looking at all of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.bench_file import read_bench_file
from app.program import Program
from app.settings import read_settings
from things.events import ThingState
from ui.composition import Composition
from ui.panels.depth import Depth

PATIENCE_MS = 30_000

BENCH = """
title = "Everything"

[things.camera]
class = "things.simulated.camera:Camera"
group = "Microscope"
slots = { stage = "stage" }

[things.stage]
class = "things.simulated.stage:Stage"
group = "Microscope"

[things.everything]
class = "things.simulated.everything:Everything"

[things.absent]
class = "no_such_driver:Thing"
"""


class OpenWindow(Protocol):
    """Opens the window of that bench, with one run in its list."""

    def __call__(self, *, whole: bool = ...) -> Composition:
        """Open it.

        Args:
            whole: With every panel built and showing everything, which takes its time.
        """


@pytest.fixture
def open_window(
    qapp: QApplication, qtbot: QtBot, qloop: asyncio.AbstractEventLoop, tmp_path: Path
) -> Iterator[OpenWindow]:
    """Opens the window of that bench, with one run in its list."""
    made: list[Composition] = []

    def open_it(*, whole: bool = False) -> Composition:
        (tmp_path / "bench.toml").write_text(BENCH, encoding="utf-8")
        folders = {"data_folder": tmp_path / "data", "lock_folder": tmp_path / "locks"}
        settings = read_settings(port=0, dev=True, **folders)
        program = Program(read_bench_file(tmp_path / "bench.toml"), settings)
        composed = Composition(qapp, program)
        made.append(composed)
        composed.window.resize(1600, 1000)
        composed.window.show()
        composed.start()
        things = program.handle.things
        ready = ("camera", "stage", "everything")
        qtbot.waitUntil(
            lambda: (
                bool(program.handle.server.url)
                and all(things[name].state is ThingState.READY for name in ready)
                and things["absent"].state is ThingState.FAILED
            ),
            timeout=PATIENCE_MS,
        )
        panels = composed.panels
        qtbot.waitUntil(
            lambda: all(panels.panel(name).model.actions for name in ready), timeout=PATIENCE_MS
        )
        for name in ready if whole else ():
            panels.panel(name).set_depth(Depth.EVERYTHING)
            panels.panel(name).body.finish()
        snap = panels.panel("camera").action("snap").run_button
        snap.click()
        qtbot.waitUntil(
            lambda: any(each.status.ended for each in program.handle.invocations()),
            timeout=PATIENCE_MS,
        )
        qtbot.waitUntil(
            lambda: bool(composed.window.activity.list.row_widgets), timeout=PATIENCE_MS
        )
        return composed

    yield open_it
    for composed in made:
        closing = qloop.create_task(composed.close())
        qtbot.waitUntil(closing.done, timeout=PATIENCE_MS)
        closing.result()
        composed.window.hide()
        composed.window.deleteLater()
